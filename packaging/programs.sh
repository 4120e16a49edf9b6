# shellcheck shell=bash
# The programs, how to build them for an installation, and the files beside them. install.sh and packaging/build-deb.sh source this in
# the root of the repository. Before that they set $stage, the folder to build in.

readonly programs="meeseeks-box meeseeks-client meeseeks-watch"
readonly runner=meeseeks-runner                        # what a box starts; nobody else does
readonly q_names="qsub qstat qjob qdel qmod qconf"     # each is "q" and the command that it implies

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
# Without libicu the SDK starts only in this mode.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=${DOTNET_SYSTEM_GLOBALIZATION_INVARIANT:-1}

# yes: client and watcher are native programs, which start in a tenth of the time. client: only the client is. no: neither is.
MEESEEKS_NATIVE=${MEESEEKS_NATIVE:-yes}

# Builds everything into $stage/lib: the programs, plugins/, and share/ with the files of shared_files.
# Arguments: options for dotnet publish; -p:BoxWithRuntime=true includes the runtime.
build_programs() {
    command -v dotnet > /dev/null \
        || fail "the .NET 10 SDK is missing: there is no program 'dotnet'; see https://dotnet.microsoft.com/download"
    case $MEESEEKS_NATIVE in
        yes | client | no) ;;
        *) fail "MEESEEKS_NATIVE is '$MEESEEKS_NATIVE'; it must be yes, client or no" ;;
    esac
    rm -rf "$stage"
    mkdir -p "$stage/lib/plugins" "$stage/lib/share/man"
    local name native=$MEESEEKS_NATIVE
    if [ "$native" != no ] && ! can_link; then
        echo "No C toolchain was found (gcc or clang, and zlib's headers: gcc libc6-dev zlib1g-dev on Debian):"
        echo "meeseeks-client and meeseeks-watch will need the .NET runtime, and start more slowly."
        native=no
    fi
    echo "building $programs; this takes some minutes …"
    publish "-p:NativePrograms=$native" "$@"
    # Programs that need the runtime share their libraries.
    for name in $programs $runner; do cp -R "$stage/$name/." "$stage/lib/"; done
    is_native meeseeks-client || write_q_scripts
    cp "$stage/Plumbus/Plumbus.dll" "$stage/lib/plugins/"
    cp -R packaging/completions "$stage/lib/share/"
    for name in $programs; do cp "docs/man/$name.1" "$stage/lib/share/man/"; done
    # Symbols and XML documentation are for developers only.
    find "$stage/lib" \( -name '*.pdb' -o -name '*.dbg' -o -name '*.xml' \) -delete
    touch "$stage/built"
}

# True for a native program, which has no library beside it.
is_native() { [ ! -e "$stage/lib/$1.dll" ]; }

# Prints a line for each completion and man page: its path below share/, and the file of lib/share/.
# Argument: the folder of completions for zsh.
shared_files() {
    local zsh=$1 name
    echo "$zsh/_meeseeks-client completions/_meeseeks-client"
    for name in meeseeks-client $q_names; do
        echo "bash-completion/completions/$name completions/meeseeks-client.bash"
        echo "fish/vendor_completions.d/$name.fish completions/meeseeks-client.fish"
    done
    echo "$zsh/_meeseeks-watch completions/_meeseeks-watch"
    echo "bash-completion/completions/meeseeks-watch completions/meeseeks-watch.bash"
    echo "fish/vendor_completions.d/meeseeks-watch.fish completions/meeseeks-watch.fish"
    for name in $programs; do echo "man/man1/$name.1 man/$name.1"; done
    for name in $q_names; do echo "man/man1/$name.1 man/meeseeks-client.1"; done
}

# Builds each program, and the sample plugin, into a folder of its name in $stage.
publish() {
    # Four at a time, because the native compiler often uses one core only.
    dotnet publish packaging/programs.slnf --configuration Release --nologo --verbosity quiet -maxCpuCount:4 \
        "-p:StageFolder=$PWD/$stage" "$@" > "$stage.log" 2>&1 || {
        cat "$stage.log" >&2
        fail "the programs could not be built; the output of dotnet is above"
    }
}

# Scripts for the q names, because only a native program receives the name that it was called by.
write_q_scripts() {
    local name
    mkdir -p "$stage/lib/q"
    for name in $q_names; do
        printf '#!/bin/sh\nexec "$(dirname "$(readlink -f "$0")")/../meeseeks-client" %s "$@"\n' "${name#q}" > "$stage/lib/q/$name"
        chmod +x "$stage/lib/q/$name"
    done
}

# Tests the toolchain of a native build: compiles and links a program with zlib.
can_link() {
    local compiler
    for compiler in clang gcc; do
        command -v "$compiler" > /dev/null \
            && echo 'int main(void) { return 0; }' | "$compiler" -x c - -lz -o "$stage/probe" 2> /dev/null && return 0
    done
    return 1
}

fail() {
    echo "${0##*/}: $1" >&2
    exit 1
}
