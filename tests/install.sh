#!/bin/bash
# Installs into a folder of its own, looks at each file and link, runs a box, jobs and a watcher from what was installed, and takes it all out
# again. Exit status 0: all of that held.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

readonly patience=30 # seconds that anything may take
readonly programs="meeseeks-box meeseeks-client meeseeks-watch" q_names="qsub qstat qjob qdel qmod qconf"
scratch=$(mktemp -d) || exit 1
readonly scratch prefix=$scratch/prefix
box='' held=0 broken=0

main() {
    trap leave EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP

    it_installs
    all_is_in_its_place
    manual_pages_can_be_read
    completions_load
    start_box
    jobs_run
    a_plugin_of_ours_is_found
    a_watched_file_is_processed
    stop_box
    it_installs_over_itself
    it_goes_without_a_trace
    printf '%d checks held, %d did not\n' "$held" "$broken"
    [ "$broken" -eq 0 ]
}

it_installs() {
    holds "it says what it needs when there is nothing to install" fails ./install.sh --uninstall "$prefix"
    holds "it knows no other options" fails ./install.sh --nosuch "$prefix"
    ./install.sh "$prefix" > "$scratch/install.log" 2>&1 || { cat "$scratch/install.log"; stop "install.sh failed"; }
    holds "it says where all is" grep -q "Installed into $prefix" "$scratch/install.log"
    holds "the working copy is as clean as it was" same "$(git status --porcelain 2> /dev/null)" "$status_before"
}

all_is_in_its_place() {
    local name
    for name in $programs; do
        holds "$name is in lib" test -x "$prefix/lib/meeseeks-box/$name"
        holds "$name is in bin" leads_to "bin/$name" "$name"
        holds "$name tells its version" prints '^[0-9]+\.[0-9]+\.[0-9]+$' "$prefix/bin/$name" --version
        holds "$name has its manual" leads_to "share/man/man1/$name.1" "share/man/$name.1"
    done
    for name in $q_names; do
        holds "$name is a program" test -x "$prefix/bin/$name"
        holds "$name helps with its own command" prints "^Usage: meeseeks-client ${name#q} |^Usage: meeseeks-client [a-z|]*${name#q}" "$prefix/bin/$name" --help
        holds "$name tells its version" prints '^[0-9]+\.[0-9]+\.[0-9]+$' "$prefix/bin/$name" --version
        holds "$name has the manual of the client" leads_to "share/man/man1/$name.1" share/man/meeseeks-client.1
    done
    for name in meeseeks-client $q_names; do
        holds "bash completes $name" leads_to "share/bash-completion/completions/$name" share/completions/meeseeks-client.bash
        holds "fish completes $name" leads_to "share/fish/vendor_completions.d/$name.fish" share/completions/meeseeks-client.fish
    done
    holds "bash completes the watcher" leads_to share/bash-completion/completions/meeseeks-watch share/completions/meeseeks-watch.bash
    holds "fish completes the watcher" leads_to share/fish/vendor_completions.d/meeseeks-watch.fish share/completions/meeseeks-watch.fish
    for name in client watch; do
        holds "zsh completes meeseeks-$name" leads_to "share/zsh/site-functions/_meeseeks-$name" "share/completions/_meeseeks-$name"
    done
    holds "the box has a folder for plugins" test -f "$prefix/lib/meeseeks-box/plugins/Plumbus.dll"
    holds "nothing is there that only developers need" same "$(find "$prefix" -name '*.pdb' -o -name '*.dbg')" ""
    holds "everybody can read it" same "$(find "$prefix" -not -type l -not -perm -a+r)" ""
    holds "the box has its runner" test -x "$prefix/lib/meeseeks-box/meeseeks-runner"
    holds "the box is compiled beforehand" ready_to_run "$prefix/lib/meeseeks-box/meeseeks-box.dll"
}

manual_pages_can_be_read() {
    local name page
    for name in $programs; do
        page=$prefix/share/man/man1/$name.1
        if command -v mandoc > /dev/null; then
            holds "the manual of $name has no fault" mandoc -T lint -W warning "$page"
            holds "the manual of $name can be read" prints "^ *$name" sh -c "mandoc -T ascii '$page' | sed 's/.\x08//g'"
        elif command -v groff > /dev/null; then
            holds "the manual of $name has no fault" same "$(groff -w all -mandoc -Tutf8 -z "$page" 2>&1)" ""
            holds "the manual of $name can be read" prints "^ *$name" groff -mandoc -Tascii -P-cbou "$page"
        else
            stop "neither mandoc nor groff is here, to read the manual with"
        fi
    done
}

completions_load() {
    local completions=$prefix/share/bash-completion/completions
    holds "bash loads the completion" bash -n "$completions/qsub"
    holds "bash loads the completion of the watcher" bash -n "$completions/meeseeks-watch"
    local name
    for name in client watch; do
        ! command -v zsh > /dev/null || holds "zsh loads the completion" zsh -n "$prefix/share/zsh/site-functions/_meeseeks-$name"
        ! command -v fish > /dev/null || holds "fish loads the completion" fish --no-execute "$prefix/share/fish/vendor_completions.d/meeseeks-$name.fish"
    done
    holds "bash completes commands" same "$(completed "meeseeks-client rel")" "release"
    holds "bash completes commands of the watcher" same "$(completed "meeseeks-watch sta")" "status"
    holds "bash completes settings of the watcher" same "$(completed "meeseeks-watch status o.cfg json=")" "1"
    echo '{"watch": {"incoming": {"path": "/tmp", "glob": "*.dat", "jobs": {"pool": "p1", "args": ["true"]}}}}' > "$scratch/watch.cfg"
    holds "bash completes watches" same "$(completed "meeseeks-watch status $scratch/watch.cfg in")" "incoming"
}

# What bash makes of a line, when somebody presses TAB at its end.
completed() {
    local program=meeseeks-client
    [[ $1 != meeseeks-watch* ]] || program=meeseeks-watch
    PATH=$prefix/bin:$PATH bash -c '
        cd /var/empty 2> /dev/null || cd /
        source "$1"
        COMP_LINE=$2 COMP_POINT=${#2}
        "$3" 2> /dev/null
        echo "${COMPREPLY[*]}"' bash "$prefix/share/bash-completion/completions/$program" "$1" "_${program/-/_}"
}

start_box() {
    mkdir "$scratch/run" "$scratch/in"
    "$prefix/bin/meeseeks-box" examples/node1.cfg listen.address=127.0.0.1 listen.port=0 pools.made.plugin=Plumbus.Workshop > "$scratch/box.log" 2>&1 &
    box=$!
    until_holds grep -q 'listening on' "$scratch/box.log" || { cat "$scratch/box.log"; stop "the box did not start"; }
    port=$(sed -n 's/.*listening on .*:\([0-9]*\)$/\1/p' "$scratch/box.log" | head -n 1)
    export MEESEEKS_CONF="address=127.0.0.1 port=$port"
}

jobs_run() {
    local id
    id=$("$prefix/bin/qsub" quiet=1 id=first tag=night p1 echo hello)
    holds "qsub prints the id" same "$id" first
    holds "wait tells of the end" "$prefix/bin/meeseeks-client" wait first
    holds "out prints what it printed" same "$("$prefix/bin/meeseeks-client" out first)" hello
    holds "sub wait=1 is like the program itself" same "$("$prefix/bin/qsub" wait=1 p2 sh -c 'echo "$0"; exit 7' word; echo "$?")" $'word\n7'
    holds "qstat shows nodes, pools and jobs" same "$("$prefix/bin/qstat" tag=night | sed '1s/\tonline\t.*/\tonline/')" \
        $'node1\tonline\n\tpool made@node1\t0 jobs\n\tpool p1@node1\t1 jobs\t2 free\n\t\tfirst\t[night]\t\tdone\t(0)\techo hello\n\tpool p2@node1\t0 jobs'
    holds "qjob prints it" prints '"state": "done"' "$prefix/bin/qjob" first
    holds "qmod changes it" prints '"late"' "$prefix/bin/qmod" first tag=late
    "$prefix/bin/qsub" quiet=1 id=second p1 sleep 1000 > /dev/null
    holds "qdel kills" prints '"killed"' "$prefix/bin/qdel" second
    holds "qconf shows the configuration" prints '"name": "node1"' "$prefix/bin/qconf"
    holds "bash completes pools" same "$(completed "qsub p")" "p1 p2"
    holds "bash completes ids" same "$(completed "qdel fi")" "first"
}

a_plugin_of_ours_is_found() {
    holds "the plugin runs" prints '"state": "done"' sh -c "'$prefix/bin/qsub' wait=1 id=plumbus config.step_seconds=0 made standard; '$prefix/bin/qjob' plumbus"
}

a_watched_file_is_processed() {
    echo data > "$scratch/in/a.dat"
    holds "the watcher looks once" "$prefix/bin/meeseeks-watch" client.address=127.0.0.1 "client.port=$port" once=1 \
        "watch.in={\"path\":\"$scratch/in\",\"glob\":\"*.dat\",\"jobs\":[{\"pool\":\"p1\",\"args\":[\"cp\",\"%(file)s\",\"$scratch/run/copy\"]}]}"
    holds "the job has run" test -f "$scratch/run/copy"
    holds "the file is marked" test -f "$scratch/in/._in_0_a.dat.done"
}

stop_box() {
    kill "$box"
    local status=0
    wait "$box" || status=$?
    holds "the box stops in good order" same "$status" 0
    box=''
}

it_installs_over_itself() {
    echo mine > "$prefix/lib/meeseeks-box/plugins/Mine.dll"
    echo mine > "$prefix/bin/other"
    rm "$prefix/bin/qmod"
    echo mine > "$prefix/bin/qmod"
    holds "it installs what was built before" ./install.sh --no-build "$prefix"
    holds "the programs are there once more" prints '^[0-9.]+$' "$prefix/bin/meeseeks-client" --version
    holds "a program of another with the same name is left alone" same "$(cat "$prefix/bin/qmod")" mine
    holds "a plugin of the user's is left alone" test -f "$prefix/lib/meeseeks-box/plugins/Mine.dll"
}

it_goes_without_a_trace() {
    holds "it is taken out" ./install.sh --uninstall "$prefix"
    holds "what is not ours stays, and nothing else" same "$(cd "$prefix" && find . -not -type d | sort)" $'./bin/other\n./bin/qmod\n./lib/meeseeks-box/plugins/Mine.dll'
    rm -r "$prefix"
    ./install.sh --no-build "$prefix" > "$scratch/install.log" 2>&1 || { cat "$scratch/install.log"; stop "install.sh --no-build failed"; }
    holds "it is taken out again" ./install.sh uninstall "$prefix"
    holds "nothing is left" same "$(find "$prefix")" "$prefix"
}

# ---- Means ------------------------------------------------------------------------------------------------------------

holds() {
    local what=$1 output
    shift
    if output=$("$@" 2>&1); then
        held=$((held + 1))
    else
        broken=$((broken + 1))
        printf 'NOT SO: %s\n  %s\n%s\n' "$what" "$*" "${output:+$(sed 's/^/  | /' <<< "$output")}"
    fi
}

same() { [ "$1" = "$2" ] || { printf 'is      %q\nwanted  %q\n' "$1" "$2"; return 1; }; }

fails() { ! "$@" > /dev/null 2>&1; }

prints() {
    local pattern=$1 output
    shift
    output=$("$@" 2>&1)
    grep -Eq -- "$pattern" <<< "$output" || { printf '%s\n' "$output"; return 1; }
}

# A link in the prefix, by a relative path, to a file of ours.
leads_to() {
    local at=$prefix/$1
    [ -L "$at" ] && [[ $(readlink "$at") != /* ]] && [ "$(readlink -f "$at")" = "$(readlink -f "$prefix/lib/meeseeks-box/$2")" ] && [ -r "$at" ]
}

# The compiler puts what it makes into a folder of that name.
ready_to_run() { cmp "$1" src/meeseeks-box/obj/Release/net10.0/*/R2R/meeseeks-box.dll; }

until_holds() {
    local end=$((SECONDS + patience))
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.05
    done
}

stop() {
    echo "NOT SO: $1"
    exit 1
}

leave() {
    local status=$?
    [ -z "$box" ] || { kill "$box" 2> /dev/null; wait "$box"; }
    [ "$status" -eq 0 ] || [ ! -s "$scratch/box.log" ] || sed 's/^/box: /' "$scratch/box.log"
    rm -rf "$scratch"
    exit "$status"
}

status_before=$(git status --porcelain 2> /dev/null)
readonly status_before
main
