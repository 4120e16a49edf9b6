#!/bin/bash
# Shows what meeseeks-box does, in half a minute: builds it, starts a node, gives it real jobs, tells what became of them, stops it.
# Needs the .NET 10 SDK and nothing else. Exit status 0: all went as promised.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

readonly patience=30 # seconds that anything may take before the demo gives up on it
readonly program=src/meeseeks-box/bin/Debug/net10.0/meeseeks-box.dll
scratch=$(mktemp -d) || exit 1
readonly scratch log=$scratch/box.log
box= port= answer= broken=0

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$'\e[1m' dim=$'\e[2m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'
else
    bold='' dim='' green='' red='' plain=''
fi

main() {
    trap leave EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP

    build
    start_box
    a_first_job
    jobs_share_slots
    a_job_that_fails_is_tried_again
    a_kill_reaches_the_whole_family
    mistakes_are_answered
    stop_box
    if [ "$broken" -gt 0 ]; then
        say "${red}$broken of the promises above were not kept.${plain} The box said:"
        cat "$log"
        exit 1
    fi

    say "${green}All went as promised, and nothing is left running.${plain}"
    say "Now start one yourself, and talk to it with nc: README.md tells how."
}

# ---- The scenes -------------------------------------------------------------------------------------------------------

a_first_job() {
    title "A first job"
    say "A request is a line of JSON, and so is its answer. Here is a job for the pool p1:"
    show '{"submit": {"id": "hello", "pool": "p1", "args": ["echo", "hello, world"]}}'
    say "The node took it and started it at once. Let us ask what became of it:"
    await_end hello
    show '{"query": "hello"}'
    say "It is $(field state), with exit status $(field rc), and it printed: ${bold}$(field stdout_data | base64 -d)${plain}"
    promise "the job is done and its output came back" [ "$(field state) $(field rc) $(field stdout_data | base64 -d)" = "done 0 hello, world" ]
}

jobs_share_slots() {
    title "Four jobs, two slots"
    say "The pool p1 has two slots. Four jobs of a second each come in on one line:"
    local spec lines=() running most=0 begin=$SECONDS
    for spec in a b c d; do
        lines+=("{\"submit\": {\"id\": \"$spec\", \"pool\": \"p1\", \"tags\": [\"four\"], \"args\": [\"sleep\", \"1\"]}}")
    done
    show "[${lines[0]}, …]" "[$(IFS=,; echo "${lines[*]}")]"
    while :; do
        ask '{"ls": {"tag": "four", "state": "running"}}'
        running=$(count_ids)
        [ "$running" -gt "$most" ] && most=$running
        ask '{"ls": {"tag": "four", "state": "done"}}'
        [ "$(count_ids)" -eq 4 ] && break
        [ $((SECONDS - begin)) -gt "$patience" ] && break
        sleep 0.05
    done
    say "All four are done. At most $most ran at the same time; the others waited in the order in which they had come."
    promise "two at a time, never more" [ "$most" -eq 2 ]
}

a_job_that_fails_is_tried_again() {
    title "A job that fails is tried again"
    say "This one fails twice and works at its third try. With \"retries\": 5 nobody has to look after it:"
    show "{\"submit\": {\"id\": \"stubborn\", \"pool\": \"p1\", \"retries\": 5, \"cwd\": \"$scratch\", \"args\": [\"sh\", \"-c\", \"echo >> tries; test \$(wc -l < tries) -eq 3\"]}}"
    await_end stubborn
    say "It is $(field state): started $(field start_count) times, failed $(field fail_count) times, with a second between the tries."
    promise "two failures, then success" [ "$(field state) $(field start_count) $(field fail_count)" = "done 3 2" ]
}

a_kill_reaches_the_whole_family() {
    title "A kill reaches the whole family"
    say "A job that never ends, and that has started another process in a session of its own:"
    local pid child
    show "{\"submit\": {\"id\": \"endless\", \"pool\": \"p2\", \"cwd\": \"$scratch\", \"args\": [\"sh\", \"-c\", \"setsid sleep 1000 & echo \$! > child; wait\"]}}"
    await "the process that the job starts" [ -s "$scratch/child" ]
    ask '{"query": "endless"}'
    pid=$(field pid) child=$(< "$scratch/child")
    say "It is $(field state), with pid $pid and its child $child. Enough of it:"
    show '{"kill": "endless"}'
    await_end endless
    say "It is $(field state), rc $(field rc): ended by signal 9. Of $pid and $child, $(alive "$pid" "$child") are left."
    promise "killed, with all that it had started" [ "$(field state) $(alive "$pid" "$child")" = "killed 0" ]
}

mistakes_are_answered() {
    title "Mistakes are answered in plain words"
    show '{"submit": {"pool": "p1", "args": "'
    say "The line ends in the middle, and the node says where. The connection stays open for a better one:"
    promise "bad JSON is told apart, and the connection stays" [ "$(field code)" = bad_json ]
    show '{"submit": {"id": "typo", "pool": "p1", "args": ["ehco", "hello"]}}'
    await_end typo
    say "No job runs from this. It has $(field state), because of: $(field error | cut -c 1-70)…"
    promise "a job that cannot start says why" [ "$(field state) $(field start_count)" = "failed 0" ]
}

# ---- The box ----------------------------------------------------------------------------------------------------------

build() {
    title "Building meeseeks-box"
    command -v dotnet > /dev/null || fail "There is no dotnet on the PATH: please install the .NET 10 SDK, https://dotnet.microsoft.com/download"
    # Without build servers, which would stay behind for minutes.
    dotnet build src/meeseeks-box --nologo --verbosity quiet --disable-build-servers > "$scratch/build.log" 2>&1 ||
        fail "It does not build:" "$scratch/build.log"
    say "Built: $program"
}

start_box() {
    title "Starting a node"
    : > "$log" # now, because the shell of the node opens it a moment later
    # Port 0 takes a free one, so that the demo also works where a box is running already.
    # In a session of its own, so that a Ctrl-C reaches this script alone, which then stops the node in good order.
    setsid dotnet "$program" examples/node1.cfg listen.port=0 > "$log" 2>&1 &
    box=$!
    await "the node" grep -q 'listening on' "$log"
    port=$(sed -n 's/.*listening on .*:\([0-9]*\)$/\1/p' "$log" | head -n 1)
    local address
    address=$(sed -n 's/.*listening on \(.*\):[0-9]*$/\1/p' "$log" | head -n 1 | tr -d '[]')
    exec 3<> "/dev/tcp/$address/$port" || fail "The node does not answer on $address port $port. Its log:" "$log"
    say "$dim\$ meeseeks-box examples/node1.cfg listen.port=0$plain"
    say "It listens on port $port. All that follows goes over one connection to it."
}

stop_box() {
    title "Stopping"
    kill -TERM "$box"
    local status=0
    wait "$box" || status=$?
    box=
    say "SIGTERM asks it to stop: it ends what runs, saves what it has to, and leaves with exit status $status."
    promise "an orderly stop" [ "$status" -eq 0 ]
}

# Whatever way the demo ends, the node ends with it, and a node ends its jobs.
leave() {
    local status=$? waited
    trap '' INT TERM HUP
    if [ -n "$box" ]; then
        kill -TERM "$box" 2> /dev/null
        for ((waited = 0; waited < 100; waited++)); do
            kill -0 "$box" 2> /dev/null || break
            sleep 0.1
        done
        kill -KILL "$box" 2> /dev/null
        wait "$box" 2> /dev/null
    fi
    rm -rf "$scratch"
    exit "$status"
}

# ---- Talking to it ----------------------------------------------------------------------------------------------------

# Sends a line, and keeps the line that comes back in $answer.
ask() {
    printf '%s\n' "$1" >&3 && IFS= read -r -t "$patience" answer <&3 && return
    kill -0 "$box" 2> /dev/null && fail "The node did not answer within $patience s. Its log:" "$log"
    fail "The node has ended. Its log:" "$log"
}

# The same for all to see; a second argument is what is really sent, where that would be long to read.
show() {
    say "  ${dim}>${plain} $1"
    ask "${2:-$1}"
    if [ "${#answer}" -gt 160 ]; then
        say "  ${dim}< ${answer:0:157}…${plain}"
    else
        say "  ${dim}< $answer${plain}"
    fi
}

# An attribute of the one job in the answer, without its quotes. Enough JSON for what this demo asks for.
field() {
    local pattern="\"$1\":(\"(([^\"\\]|\\\\.)*)\"|[^,}]*)"
    [[ $answer =~ $pattern ]] || return 0
    case ${BASH_REMATCH[1]} in
        '"'*) printf '%s' "${BASH_REMATCH[2]}" ;;
        *) printf '%s' "${BASH_REMATCH[1]}" ;;
    esac
}

# How many ids an answer to ls holds.
count_ids() {
    local ids=${answer#*:[}
    ids=${ids%%]*}
    grep -o '"[^"]*"' <<< "$ids" | wc -l
}

ended() {
    ask "{\"query\": \"$1\"}"
    [ "$(field active)" = false ] && [[ $(field state) =~ ^(done|failed|killed)$ ]]
}

await_end() {
    await "job $1" ended "$1"
}

await() {
    local what=$1 begin=$SECONDS
    shift
    until "$@"; do
        [ -z "$box" ] || kill -0 "$box" 2> /dev/null || fail "The node has ended. Its log:" "$log"
        [ $((SECONDS - begin)) -le "$patience" ] || fail "Waited $patience s in vain for $what. The log of the node:" "$log"
        sleep 0.05
    done
}

alive() {
    local pid count=0
    for pid in "$@"; do
        # One that has ended may stand in the list of processes until its parent, often a lazy init, has taken note.
        grep -qs '^State:[[:space:]]*[^[:space:]ZX]' "/proc/$pid/status" && count=$((count + 1))
    done
    echo "$count"
}

# ---- Telling ----------------------------------------------------------------------------------------------------------

title() { printf '\n%s%s%s\n' "$bold" "$1" "$plain"; }

say() { printf '%s\n' "$*"; }

# Checks what was said to happen: promise "words" command...
promise() {
    local words=$1
    shift
    if "$@"; then
        say "${green}✓ $words${plain}"
    else
        say "${red}✗ $words${plain}"
        say "  the last answer was: $answer"
        broken=$((broken + 1))
    fi
}

fail() {
    say "${red}$1${plain}" >&2
    [ $# -gt 1 ] && cat "$2" >&2
    exit 1
}

main
