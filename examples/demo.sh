#!/bin/bash
# Demonstrates meeseeks-box in half a minute: builds it, starts the example cluster (eleven boxes), runs jobs, kills a head, checks every
# result and stops the cluster. Needs the .NET 10 SDK and nothing else. Exit status 0: every check passed.
set -uo pipefail
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=${DOTNET_SYSTEM_GLOBALIZATION_INVARIANT:-1} # the SDK does not start without libicu otherwise
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

readonly timeout=30 # seconds for each step
readonly program=src/meeseeks-box/bin/Release/net10.0/meeseeks-box.dll
readonly a_nodes='nodeA1 nodeA2 nodeA3' b_nodes='nodeB1 nodeB2 nodeB3' heads='headA1 headA2 headB1 headB2'
scratch=$(mktemp -d) || exit 1
readonly scratch
declare -A pids=() ports=() # of the boxes, by name
answer= broken=0

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
    start_cluster
    a_first_job
    jobs_are_spread
    a_job_that_fails_runs_again
    a_kill_ends_all_processes
    a_head_fails
    invalid_requests_receive_errors
    stop_cluster
    if [ "$broken" -gt 0 ]; then
        say "${red}$broken of the checks above failed.${plain} The logs of the boxes:"
        cat "$scratch"/*.log
        exit 1
    fi

    say "${green}All checks passed, and no process is left.${plain}"
    say "README.md describes how to start a box and how to send requests to it."
}

# ---- The scenes -------------------------------------------------------------------------------------------------------

a_first_job() {
    title "A first job"
    say "A request is a line of JSON, and so is its answer. This job for the pool q1 goes to the master, which has no pools of its own:"
    show '{"submit": {"id": "hello", "pool": "q1", "args": ["sh", "-c", "echo hello from $MEESEEKS_NODE"]}}'
    say "The master chose $(field node). The job was sent there through a head, and started at once. The master has its result:"
    await_end hello
    show '{"query": "hello"}'
    local printed
    printed=$(field stdout_data | base64 -d)
    say "It is $(field state), with exit status $(field rc), and its output is: ${bold}$printed${plain}"
    check "the job is done and its output came up" [ "$(field state) $(field rc) $printed" = "done 0 hello from $(field node)" ]
}

jobs_are_spread() {
    title "Twelve jobs, nine slots"
    say "The pool q1 is on three nodes, with 4, 2 and 3 slots (a fourth, nodeB3, is draining)." \
        "One line submits twelve jobs of two seconds:"
    local i lines=() most
    for i in {1..12}; do
        lines+=('{"submit": {"id": "s'"$i"'", "pool": "q1", "tags": ["spread"], "args": ["sleep", "2"]}}')
    done
    show "[${lines[0]}, …]" "[$(IFS=,; echo "${lines[*]}")]"
    await "the twelve jobs" all_done spread 12
    ask '{"get": {"tag": "spread"}}'
    most=$(most_at_once)
    local node where='' sum=0 used=0
    for node in $a_nodes $b_nodes; do
        ask '{"ls": {"tag": "spread", "state": "done", "node": "'"$node"'"}}'
        i=$(count_ids)
        [ "$i" -gt 0 ] && where="$where, $i on $node" && sum=$((sum + i)) used=$((used + 1))
    done
    say "All are done: ${where#, }. By their times of start and end, $most of the nine slots were in use at once;" \
        "the others waited at the master, in order, for a free slot."
    check "spread over three nodes, never more at once than there are slots" [ "$sum $used $((most <= 9))" = "12 3 1" ]
}

a_job_that_fails_runs_again() {
    title "A job that fails runs again"
    say "This job fails twice and succeeds at its third run. \"retries\": 5 permits that:"
    show '{"submit": {"id": "stubborn", "pool": "q3", "retries": 5, "cwd": "'"$scratch"'", '\
'"args": ["sh", "-c", "echo >> tries; test $(wc -l < tries) -eq 3"]}}'
    await_end stubborn
    say "It is $(field state): started $(field start_count) times on $(field node)," \
        "failed $(field fail_count) times, with a second between the runs."
    check "two failures, then success" [ "$(field state) $(field start_count) $(field fail_count)" = "done 3 2" ]
}

a_kill_ends_all_processes() {
    title "A kill ends all processes of a job"
    say "This job never ends, and starts another process in a session of its own:"
    local pid child
    show '{"submit": {"id": "endless", "pool": "q3", "node": "nodeB2", "cwd": "'"$scratch"'", '\
'"args": ["sh", "-c", "setsid sleep 1000 & echo $! > child; wait"]}}'
    await "the process that the job starts" [ -s "$scratch/child" ]
    await "the report that the job runs" is running endless
    pid=$(field pid) child=$(< "$scratch/child")
    say "It is $(field state) on $(field node), with pid $pid and its child $child. This kills it:"
    show '{"kill": "endless"}'
    await_end endless
    say "It is $(field state), rc $(field rc): ended by signal 9. Of $pid and $child, $(alive "$pid" "$child") are left."
    check "the job is killed with all its processes, two links away" [ "$(field state) $(alive "$pid" "$child")" = "killed 0" ]
}

a_head_fails() {
    title "A head fails"
    say "Each group of nodes has two heads. Twenty jobs for q2 append their names to a file, and headA1 is killed with kill -9 meanwhile:"
    local i lines=()
    for i in {1..20}; do
        lines+=('{"submit": {"id": "h'"$i"'", "pool": "q2", "tags": ["heads"], "cwd": "'"$scratch"'", '\
'"args": ["sh", "-c", "echo $MEESEEKS_JOB_ID >> ran; sleep 0.4"]}}')
    done
    show "[${lines[0]}, …]" "[$(IFS=,; echo "${lines[*]}")]"
    await "the first of the jobs" [ -s "$scratch/ran" ]
    kill -KILL "${pids[headA1]}"
    { wait "${pids[headA1]}"; } 2> /dev/null
    unset 'pids[headA1]'
    say "headA1 is gone. The log of the master: $dim$(await_line "$scratch/master.log" 'WARNING.*headA1')$plain"
    await "the twenty jobs" all_done heads 20
    say "The jobs continued through headA2: the file has $(wc -l < "$scratch/ran") lines of $(sort -u "$scratch/ran" | wc -l) jobs."
    check "every job is done and ran exactly once" [ "$(wc -l < "$scratch/ran") $(sort -u "$scratch/ran" | wc -l)" = "20 20" ]
}

invalid_requests_receive_errors() {
    title "Invalid requests receive errors"
    show '{"submit": {"pool": "q1", "args": "'
    say "The line is incomplete, and the error names the position. The connection stays open:"
    check "the error has the code bad_json" [ "$(field code)" = bad_json ]
    show '{"submit": {"id": "typo", "pool": "q1", "args": ["ehco", "hello"]}}'
    await_end typo
    say "The program does not exist. The job is $(field state), and its error is: $(field error | cut -c 1-70)…"
    check "a job that cannot start has an error and was not started" [ "$(field state) $(field start_count)" = "failed 0" ]
}

# ---- The boxes --------------------------------------------------------------------------------------------------------

build() {
    local tool missing=() sdk='install the .NET 10 SDK from https://dotnet.microsoft.com/download'
    for tool in base64 cut grep head paste sed setsid sort wc; do
        command -v "$tool" > /dev/null || missing+=("$tool")
    done
    [ "${#missing[@]}" -eq 0 ] || fail "cannot run the demo: missing ${missing[*]}; install coreutils, grep, sed and util-linux"
    [ -d /proc/self ] || fail "cannot run the demo: there is no /proc here; run it on Linux"

    title "Building meeseeks-box"
    command -v dotnet > /dev/null || fail "cannot build: no dotnet in PATH; $sdk"
    dotnet --version > "$scratch/build.log" 2>&1 || fail "cannot build: this dotnet has no SDK of version 10; $sdk"
    # Without build servers, which would stay behind for minutes.
    dotnet build src/meeseeks-box --configuration Release -p:RunAnalyzers=false --nologo --verbosity quiet \
        --disable-build-servers > "$scratch/build.log" 2>&1 &&
        say "Built: $program" && return
    grep -q 'error NU1301' "$scratch/build.log" &&
        fail "cannot restore packages: $(package_sources) not reachable; check the network, or use 'dotnet nuget add source'"
    fail "cannot build src/meeseeks-box: dotnet reported this:" "$scratch/build.log"
}

# The hosts that the build could not reach.
package_sources() {
    local hosts
    hosts=$(sed -n "s|.*error NU1301.*https\{0,1\}://\([^/' ]*\).*|\1|p" "$scratch/build.log" | sort -u)
    echo "${hosts:-the package source}" | paste -sd ' ' -
}

start_cluster() {
    title "Starting a cluster"
    sed -n 's|^//\( \{4,\}.*\)|  \1|p' examples/master.cfg
    say "Eleven boxes with the configurations of examples/." \
        "They use free ports, so that the demo also works beside other boxes:"
    # shellcheck disable=SC2086 # The names are words.
    start '' $a_nodes $b_nodes
    start "$a_nodes" headA1 headA2
    start "$b_nodes" headB1 headB2
    start "$heads" master
    say "$dim\$ meeseeks-box examples/nodeA1.cfg listen.port=0$plain"
    say "$dim\$ meeseeks-box examples/headA1.cfg listen.port=0 nodes.nodeA1.port=${ports[nodeA1]} …$plain   and so on"
    exec 3<> "/dev/tcp/127.0.0.1/${ports[master]}" ||
        fail "The master does not answer on port ${ports[master]}. Its log:" "$scratch/master.log"
    await "the six nodes" all_pools
    say "All listen, the master on port ${ports[master]}." \
        "All further requests use one connection to it. It has the free slots of the whole tree:"
    show '{"pools": {}}'
    check "the master has the pools of all six nodes" all_pools
}

# Starts boxes, all at once, linked with those below them: start "BELOW..." NAME...
start() {
    local below=$1 name node words
    shift
    for name in "$@"; do
        words=()
        for node in $below; do
            words+=("nodes.$node.address=127.0.0.1" "nodes.$node.port=${ports[$node]}")
        done
        : > "$scratch/$name.log" # now, because the shell of the box opens it a moment later
        # In a session of its own, so that a Ctrl-C reaches this script alone, which then stops the boxes in good order.
        setsid dotnet "$program" "examples/$name.cfg" listen.address=127.0.0.1 listen.port=0 "${words[@]}" > "$scratch/$name.log" 2>&1 &
        pids[$name]=$!
    done
    for name in "$@"; do
        await "$name" grep -q 'listening on' "$scratch/$name.log"
        ports[$name]=$(sed -n 's/.*listening on .*:\([0-9]*\)$/\1/p' "$scratch/$name.log" | head -n 1)
    done
}

all_pools() {
    local node
    ask '{"pools": {}}'
    for node in $a_nodes $b_nodes; do
        [[ $answer == *"\"$node\""* ]] || return 1
    done
}

stop_cluster() {
    title "Stopping"
    local name status bad=0
    kill -TERM "${pids[@]}"
    for name in "${!pids[@]}"; do
        status=0
        wait "${pids[$name]}" || status=$?
        [ "$status" -eq 0 ] || bad=$((bad + 1))
    done
    say "SIGTERM stops all ${#pids[@]}: each ends its jobs, saves its state, and exits with status 0."
    check "every box stopped in order" [ "$bad" -eq 0 ]
    pids=()
}

# However the demo ends, the boxes end with it, and a box ends its jobs.
leave() {
    local status=$? waited
    trap '' INT TERM HUP
    if [ "${#pids[@]}" -gt 0 ]; then
        kill -TERM "${pids[@]}" 2> /dev/null
        for ((waited = 0; waited < 100; waited++)); do
            [ "$(alive "${pids[@]}")" -gt 0 ] || break
            sleep 0.1
        done
        kill -KILL "${pids[@]}" 2> /dev/null
        { wait "${pids[@]}"; } 2> /dev/null
    fi
    rm -rf "$scratch"
    exit "$status"
}

# ---- Requests --------------------------------------------------------------------------------------------------------

# Sends a line, and keeps the line that comes back in $answer.
ask() {
    printf '%s\n' "$1" >&3 && IFS= read -r -t "$timeout" answer <&3 && return
    kill -0 "${pids[master]}" 2> /dev/null && fail "The master did not answer within $timeout s. Its log:" "$scratch/master.log"
    fail "The master has ended. Its log:" "$scratch/master.log"
}

# Sends and shows a line. A second argument is the line to send in place of the one to show.
show() {
    say "  ${dim}>${plain} $1"
    ask "${2:-$1}"
    if [ "${#answer}" -gt 160 ]; then
        say "  ${dim}< ${answer:0:157}…${plain}"
    else
        say "  ${dim}< $answer${plain}"
    fi
}

# An attribute of the only job in the answer, without quotes. This is enough JSON for the demo.
field() {
    local pattern="\"$1\":(\"(([^\"\\]|\\\\.)*)\"|[^,}]*)"
    [[ $answer =~ $pattern ]] || return 0
    case ${BASH_REMATCH[1]} in
        '"'*) printf '%s' "${BASH_REMATCH[2]}" ;;
        *) printf '%s' "${BASH_REMATCH[1]}" ;;
    esac
}

# How many of the jobs in the answer ran at the same time: their starts and ends in order, an end before a start of the same moment.
most_at_once() {
    local moment change running=0 most=0
    while read -r moment change; do
        running=$((running + change))
        [ "$running" -le "$most" ] || most=$running
    done < <({
        grep -o '"start_ts":[0-9.]*' <<< "$answer" | sed 's/.*:\(.*\)/\1 1/'
        grep -o '"end_ts":[0-9.]*' <<< "$answer" | sed 's/.*:\(.*\)/\1 -1/'
    } | LC_ALL=C sort -k 1,1n -k 2,2n)
    echo "$most"
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

# is STATE ID
is() {
    ask "{\"query\": \"$2\"}"
    [ "$(field state)" = "$1" ]
}

# all_done TAG COUNT
all_done() {
    ask "{\"ls\": {\"tag\": \"$1\", \"state\": \"done\"}}"
    [ "$(count_ids)" -eq "$2" ]
}

await_end() {
    await "job $1" ended "$1"
}

await() {
    local what=$1 begin=$SECONDS
    shift
    until "$@"; do
        [ $((SECONDS - begin)) -le "$timeout" ] || fail "No $what within $timeout s. The logs of the boxes:" "$scratch"/*.log
        sleep 0.05
    done
}

# The first line of a file that holds a text, as soon as there is one.
await_line() {
    await "$2 in $1" grep -q "$2" "$1"
    grep -m 1 "$2" "$1"
}

alive() {
    local pid count=0
    for pid in "$@"; do
        # An ended process is listed until its parent, often a slow init, has waited for it.
        grep -qs '^State:[[:space:]]*[^[:space:]ZX]' "/proc/$pid/status" && count=$((count + 1))
    done
    echo "$count"
}

# ---- Output -----------------------------------------------------------------------------------------------------------

title() { printf '\n%s%s%s\n' "$bold" "$1" "$plain"; }

say() { printf '%s\n' "$*"; }

# Checks a result: check "words" command...
check() {
    local words=$1
    shift
    if "$@"; then
        say "${green}✓ $words${plain}"
    else
        say "${red}✗ $words${plain}"
        say "  the last answer: $answer"
        broken=$((broken + 1))
    fi
}

fail() {
    say "${red}$1${plain}" >&2
    shift
    [ $# -gt 0 ] && cat "$@" >&2
    exit 1
}

main
