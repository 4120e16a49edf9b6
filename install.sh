#!/bin/bash
# Builds the programs and puts them into a prefix, or takes them out again. Nothing is written outside of it, but for what the build leaves
# in this folder (bin/, obj/) and the package cache of dotnet.
set -euo pipefail
readonly called_in=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly usage="Usage: ./install.sh [PREFIX]               builds, and installs into PREFIX (default: ~/.local)
       ./install.sh --no-build [PREFIX]    installs what was built before, as somebody who may write there
       ./install.sh --uninstall [PREFIX]   takes all of it out again
MEESEEKS_NATIVE=no   builds no native programs;   MEESEEKS_NATIVE=DIR   takes those that were published into DIR"
readonly q_names="qsub qstat qjob qdel qmod qconf"     # each is "q" and the command that it implies
readonly programs="meeseeks-box meeseeks-client meeseeks-watch"
readonly stage=artifacts/install

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=${DOTNET_SYSTEM_GLOBALIZATION_INVARIANT:-1}   # the SDK refuses to start where libicu is missing

main() {
    local action=install
    case ${1-} in
        --uninstall | uninstall) action=uninstall; shift ;;
        --no-build) action=put; shift ;;
        -h | --help) echo "$usage"; exit 0 ;;
        -*) fail "there is no option '$1'"$'\n'"$usage" ;;
    esac
    [ $# -le 1 ] || fail "one PREFIX at a time"$'\n'"$usage"
    prefix=${1:-$HOME/.local}
    case $prefix in /*) ;; *) prefix=$called_in/$prefix ;; esac
    prefix=${prefix%/}
    home=$prefix/lib/meeseeks-box
    list=$home/installed-files     # all that we put there, a line each, from the prefix on
    "$action"
}

install() {
    command -v dotnet > /dev/null || fail "the .NET 10 SDK is missing: there is no program 'dotnet'; see https://dotnet.microsoft.com/download"
    build
    put
}

put() {
    [ -e "$stage/built" ] || fail "nothing is built yet: call it without --no-build, or build as another user first"
    umask 022     # for everybody to read, whoever installs
    mkdir -p "$prefix/lib"
    [ -w "$prefix/lib" ] || fail "$prefix/lib cannot be written to; choose another PREFIX, or run this as a user who may"

    [ ! -e "$home" ] || [ -e "$list" ] || fail "$home is there already and not ours; choose another PREFIX, or take it away"
    [ ! -e "$list" ] || take_out
    mkdir -p "$home"
    (cd "$stage/lib" && find . -type f -printf 'lib/meeseeks-box/%P\n') > "$list"
    cp -R "$stage/lib/." "$home/"

    local name
    for name in $programs; do link "bin/$name" "$home/$name"; done
    for name in $q_names; do
        if is_native; then link "bin/$name" "$home/meeseeks-client"; else link "bin/$name" "$home/q/$name"; fi
    done
    install_completions
    install_manual
    report
}

uninstall() {
    [ -e "$list" ] || fail "nothing of ours is in $prefix: there is no $list"
    take_out
    echo "taken out of $prefix"
    [ ! -e "$home" ] || echo "left there, because it is not ours: $(cd "$prefix" && find lib/meeseeks-box -type f | tr '\n' ' ')"
}

# Client and watcher as native programs where there is a C toolchain: they start in a tenth of the time.
build() {
    rm -rf "$stage"
    mkdir -p "$stage/lib"
    echo "building meeseeks-box …"
    publish meeseeks-box -p:PublishReadyToRun=true --self-contained false
    case ${MEESEEKS_NATIVE-} in
        no) build_tools -p:PublishAot=false --self-contained false ;;
        ?*) echo "taking meeseeks-client and meeseeks-watch from $MEESEEKS_NATIVE"
            cp "$(cd "$called_in" && realpath "$MEESEEKS_NATIVE")"/meeseeks-{client,watch} "$stage/lib/" \
                || fail "MEESEEKS_NATIVE names no folder with meeseeks-client and meeseeks-watch" ;;
        *)  if can_link; then
                build_tools
            else
                echo "No C toolchain was found (gcc or clang, and zlib's headers: gcc libc6-dev zlib1g-dev on Debian):"
                echo "meeseeks-client and meeseeks-watch will need the .NET runtime, and a tenth of a second to start."
                build_tools -p:PublishAot=false --self-contained false
            fi ;;
    esac
    is_native || write_q_scripts
    mkdir -p "$stage/lib/plugins"
    publish_to "$stage/plumbus" plugins/Plumbus
    cp "$stage/plumbus/Plumbus.dll" "$stage/lib/plugins/"
    mkdir -p "$stage/lib/share/man"
    cp -R packaging/completions "$stage/lib/share/"
    for name in $programs; do cp "docs/man/$name.1" "$stage/lib/share/man/"; done
    # Symbols and documentation are for those who build.
    find "$stage/lib" \( -name '*.pdb' -o -name '*.dbg' -o -name '*.xml' \) -delete
    touch "$stage/built"
}

build_tools() {
    local name
    for name in meeseeks-client meeseeks-watch; do
        echo "building $name …"
        publish "$name" "$@"
    done
}

# A native program has no library beside it.
is_native() { [ ! -e "$stage/lib/meeseeks-client.dll" ]; }

publish() {
    local name=$1
    shift
    publish_to "$stage/lib" "src/$name" --use-current-runtime "$@"
}

publish_to() {
    local output=$1 project=$2
    shift 2
    # Lock files of its own: those that are checked in know nothing of the processor that this one builds for.
    dotnet publish "$project" --configuration Release --output "$output" -p:NuGetLockFilePath=obj/install.lock.json \
        --nologo --verbosity quiet "$@" > "$stage.log" 2>&1 || {
        cat "$stage.log" >&2
        fail "$project could not be built; what dotnet says stands above"
    }
}

# Only a native program sees the name that it was called by.
write_q_scripts() {
    local name
    mkdir -p "$stage/lib/q"
    for name in $q_names; do
        printf '#!/bin/sh\nexec "$(dirname "$(readlink -f "$0")")/../meeseeks-client" %s "$@"\n' "${name#q}" > "$stage/lib/q/$name"
        chmod +x "$stage/lib/q/$name"
    done
}

# Tries what the native build will do: compile and link something with zlib.
can_link() {
    local compiler
    mkdir -p "$stage"
    for compiler in clang gcc; do
        command -v "$compiler" > /dev/null \
            && echo 'int main(void) { return 0; }' | "$compiler" -x c - -lz -o "$stage/probe" 2> /dev/null && return 0
    done
    return 1
}

install_completions() {
    local from=$home/share/completions name
    link share/zsh/site-functions/_meeseeks-client "$from/_meeseeks-client"
    for name in meeseeks-client $q_names; do
        link "share/bash-completion/completions/$name" "$from/meeseeks-client.bash"
        link "share/fish/vendor_completions.d/$name.fish" "$from/meeseeks-client.fish"
    done
}

install_manual() {
    local name
    for name in $programs; do link "share/man/man1/$name.1" "$home/share/man/$name.1"; done
    for name in $q_names; do link "share/man/man1/$name.1" "$home/share/man/meeseeks-client.1"; done
}

# A link from the prefix into our folder. What somebody else has put there is left alone.
link() {
    local at=$prefix/$1 to=$2
    if [ -e "$at" ] || [ -L "$at" ]; then
        echo "$at is there already and not ours: left as it is" >&2
        return
    fi
    mkdir -p "$(dirname "$at")"
    ln -s "$(realpath --no-symlinks --relative-to="$(dirname "$at")" "$to")" "$at"
    echo "$1" >> "$list"
}

# Takes out what the list tells: our files, and links if they are still ours. Plugins that somebody has added stay.
take_out() {
    local name
    while IFS= read -r name; do
        case $name in
            lib/meeseeks-box/*) ;;
            *) [[ $(readlink "$prefix/$name") == */lib/meeseeks-box/* ]] || continue ;;
        esac
        rm -f "$prefix/$name"
        (cd "$prefix" && rmdir -p --ignore-fail-on-non-empty "$(dirname "$name")" 2> /dev/null) || true
    done < <(cat "$list")
    rm "$list"
    (cd "$prefix" && rmdir -p --ignore-fail-on-non-empty lib/meeseeks-box)
}

report() {
    local kind="native programs"
    is_native || kind="with the .NET runtime"
    echo
    echo "Installed into $prefix:"
    echo "  lib/meeseeks-box   the programs ($(du -sh "$home" | cut -f1); client and watcher: $kind), plugins/ for your plugins"
    echo "  bin                $programs $q_names"
    echo "  share              man pages; completions for bash, zsh, fish"
    case :$PATH: in
        *":$prefix/bin:"*) ;;
        *) echo; echo "$prefix/bin is not in your PATH yet:"; echo "  export PATH=$prefix/bin:\$PATH" ;;
    esac
    cat << END

Try next:
  meeseeks-box pools.p1.slots=2 &     a node with one pool
  qsub wait=1 p1 echo hello           a job, and what it prints
  qstat                               all there is; meeseeks-client top shows it live
  man meeseeks-client
zsh finds the completion after: fpath=($prefix/share/zsh/site-functions \$fpath); compinit
A box that runs already goes on with the old program until it is started anew.
END
}

fail() {
    echo "install.sh: $1" >&2
    exit 1
}

main "$@"
