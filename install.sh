#!/bin/bash
# Builds the programs and puts them into a prefix, or takes them out again. Nothing is written outside of it, but for what the build leaves
# in this folder (bin/, obj/) and the package cache of dotnet.
set -euo pipefail
readonly called_in=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly usage="Usage: ./install.sh [PREFIX]               builds, and installs into PREFIX (default: ~/.local)
       ./install.sh --no-build [PREFIX]    installs what was built before, as somebody who may write there
       ./install.sh --uninstall [PREFIX]   takes all of it out again
MEESEEKS_NATIVE=no builds no native programs, MEESEEKS_NATIVE=client only the client."
readonly stage=artifacts/install
source packaging/programs.sh

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
    build_programs
    put
}

put() {
    [ -e "$stage/built" ] || fail "nothing is built yet: call it without --no-build first"
    umask 022     # for everybody to use, whoever installs
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
        if is_native meeseeks-client; then link "bin/$name" "$home/meeseeks-client"; else link "bin/$name" "$home/q/$name"; fi
    done
    local at from
    while read -r at from; do link "share/$at" "$home/share/$from"; done < <(shared_files zsh/site-functions)
    report
}

uninstall() {
    [ -e "$list" ] || fail "nothing of ours is in $prefix: there is no $list"
    take_out
    echo "taken out of $prefix"
    [ ! -e "$home" ] || echo "left there, because it is not ours: $(cd "$prefix" && find lib/meeseeks-box -type f | tr '\n' ' ')"
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
    local name natives=()
    for name in $programs; do ! is_native "$name" || natives+=("${name#meeseeks-}"); done
    echo
    echo "Installed into $prefix:"
    echo "  lib/meeseeks-box   the programs ($(du -sh "$home" | cut -f1); native: ${natives[*]:-none}), plugins/ for your plugins"
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
A box that runs already goes on with the old program until it is started again.
END
}

main "$@"
