#!/bin/bash
# Demonstrates meeseeks-watch: builds it, starts a node and the watches of watch.cfg, adds files, and checks the results.
# Needs only the .NET 10 SDK. Exit status 0: all checks passed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

readonly patience=30 # seconds, the limit of each wait
scratch=$(mktemp -d) || exit 1
readonly scratch in=$scratch/in
box= watch= broken=0

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$'\e[1m' dim=$'\e[2m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'
else
    bold='' dim='' green='' red='' plain=''
fi

main() {
    trap leave EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP

    mkdir "$in"
    build
    start_box
    a_dry_run
    start_watch
    a_standing_job
    a_file_comes_and_moves_down_its_list
    a_set_waits_until_it_is_complete
    a_file_that_changes_is_processed_again
    on_every_node
    the_watcher_dies_and_nothing_runs_twice
    if [ "$broken" -gt 0 ]; then
        say "${red}$broken of the checks above failed.${plain} The log of the watcher:"
        cat "$scratch/watch.log"
        exit 1
    fi

    say ""
    say "${green}All checks passed.${plain} docs/WATCH.md has every option."
}

# ---- The scenes -------------------------------------------------------------------------------------------------------

a_dry_run() {
    title "A dry run"
    drop 20260101.dat "first"
    drop stray.tmp ""
    say "The folder has two files. dry_run=1 lists what would be submitted, and why the rest would not:"
    watcher dry_run=1 | grep -E '^(files|heartbeat):' | indent
    rm "$in/stray.tmp"
}

a_standing_job() {
    title "Standing jobs are kept running"
    await "the heartbeat" has watch 'job heartbeat.0.0.*submitted'
    promise "the watch without a glob has started its job" has watch 'job heartbeat.0.0.*submitted'
}

a_file_comes_and_moves_down_its_list() {
    title "A new file runs its job, and newer files move it down the list"
    await "the result of 20260101.dat" [ -e "$in/._files_0_20260101.dat.done" ]
    say "The result of each job is in a hidden file beside its file:"
    indent < "$in/._files_0_20260101.dat.done" | head -n 12
    drop 20260102.dat "second"
    drop 20260103.dat "third"
    say "With two newer files, the first one is now third in the list, and the third job runs on it:"
    await "20260101.dat.gz" [ -e "$in/._files_2_20260101.dat.done" ]
    list
    promise "the first job has run on the newest file, and the last job on the oldest" \
        [ -e "$in/._files_0_20260103.dat.done" ] && promise "the oldest file is packed" [ -e "$in/20260101.dat.gz" ]
}

a_set_waits_until_it_is_complete() {
    title "A set of files waits until it is complete"
    drop 20260101.00.foo "foo"
    drop 20260101.00.bar "bar"
    say "Two of three files exist, and nothing runs. The third file completes the set:"
    drop 20260101.00.baz "baz"
    await "the result of the set" [ -e "$in/._sets_0_20260101.00.foo.done" ]
    promise "the job had all three files" [ "$(tr '\n' ' ' < "$scratch/20260101.00.all")" = "foo bar baz " ]
}

a_file_that_changes_is_processed_again() {
    title "A file that changes is processed again"
    drop main.conf "colour = red"
    await "the first version" grep -qs red "$in/main.conf.seen"
    echo "colour = green" > "$in/main.conf"
    await "the second version" grep -qs green "$in/main.conf.seen"
    promise "the job has copied the second version" grep -qs green "$in/main.conf.seen"
}

on_every_node() {
    title "A job on every node"
    drop version2.deploy ""
    await "the result" [ -e "$in/._everywhere_0_version2.deploy.done" ]
    promise "the job ran on node1" grep -q '"node": "node1"' "$in/._everywhere_0_version2.deploy.done"
}

the_watcher_dies_and_nothing_runs_twice() {
    title "The watcher is killed, and nothing runs twice"
    kill -KILL "$watch"
    wait "$watch" 2> /dev/null
    drop 20260104.dat "fourth"
    say "The watcher was killed, and a file appeared before its restart:"
    start_watch
    await "the result of 20260104.dat" [ -e "$in/._files_0_20260104.dat.done" ]
    await "the heartbeat" has watch 'job heartbeat.0.0.* exists already'
    promise "the watcher has resumed the standing job and not started it twice" \
        [ "$(grep -c 'job heartbeat' "$scratch/box.log")" -eq 0 ]
}

# ---- The programs -----------------------------------------------------------------------------------------------------

build() {
    title "Building"
    command -v dotnet > /dev/null ||
        fail "dotnet not found on the PATH: install the .NET 10 SDK, https://dotnet.microsoft.com/download"
    local project
    for project in src/meeseeks-box src/meeseeks-watch; do
        # Without build servers, which would run on for minutes.
        dotnet build "$project" --nologo --verbosity quiet --disable-build-servers > "$scratch/build.log" 2>&1 ||
            fail "The build of $project failed:" "$scratch/build.log"
    done
    say "Built: meeseeks-box and meeseeks-watch"
}

start_box() {
    : > "$scratch/box.log"
    # Port 0 selects a free one. In a session of its own, so that Ctrl-C reaches only this script.
    setsid dotnet src/meeseeks-box/bin/Debug/net10.0/meeseeks-box.dll examples/node1.cfg listen.port=0 > "$scratch/box.log" 2>&1 &
    box=$!
    await "the node" grep -q 'listening on' "$scratch/box.log"
    port=$(sed -n 's/.*listening on .*:\([0-9]*\)$/\1/p' "$scratch/box.log" | head -n 1)
    say "A node listens on port $port."
}

watcher() {
    dotnet src/meeseeks-watch/bin/Debug/net10.0/meeseeks-watch.dll examples/watch.cfg \
        "client.port=$port" client.address=127.0.0.1 "template.null.path=$in" "template.null.root=$scratch" "$@"
}

start_watch() {
    : > "$scratch/watch.log" # now, because the shell of the watcher creates it later
    setsid dotnet src/meeseeks-watch/bin/Debug/net10.0/meeseeks-watch.dll examples/watch.cfg \
        "client.port=$port" client.address=127.0.0.1 "template.null.path=$in" "template.null.root=$scratch" > "$scratch/watch.log" 2>&1 &
    watch=$!
    await "the watches" has watch 'watches '
    say "$dim\$ meeseeks-watch examples/watch.cfg$plain"
}

# However the demo ends, it stops the programs, and they end their jobs.
leave() {
    local status=$? pid
    trap '' INT TERM HUP
    for pid in $watch $box; do
        kill -TERM "$pid" 2> /dev/null && wait "$pid" 2> /dev/null
    done
    rm -rf "$scratch"
    exit "$status"
}

# ---- Output -----------------------------------------------------------------------------------------------------------

# Adds a file like a proper sender: written elsewhere, and renamed into place.
drop() {
    printf '%s\n' "$2" > "$scratch/dropped" && mv "$scratch/dropped" "$in/$1" && say "  ${dim}+ $1${plain}"
}

has() { grep -q "$2" "$scratch/$1.log"; }

list() { (cd "$in" && ls -A) | indent; }

indent() { sed "s/^/  $dim/; s/\$/$plain/"; }

await() {
    local what=$1 begin=$SECONDS
    shift
    until "$@"; do
        [ $((SECONDS - begin)) -le "$patience" ] ||
            fail "Waited $patience s in vain for $what. The log of the watcher:" "$scratch/watch.log"
        sleep 0.05
    done
}

title() { printf '\n%s%s%s\n' "$bold" "$1" "$plain"; }

say() { printf '%s\n' "$*"; }

# Checks a result: promise "words" command...
promise() {
    local words=$1
    shift
    if "$@"; then
        say "${green}✓ $words${plain}"
    else
        say "${red}✗ $words${plain}"
        broken=$((broken + 1))
    fi
}

fail() {
    say "${red}$1${plain}" >&2
    [ $# -gt 1 ] && cat "$2" >&2
    exit 1
}

main
