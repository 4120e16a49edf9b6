#!/bin/bash
# Kills meeseeks-watch at random moments while files come, in every second round one or both of two watchers, and checks that each job
# ran exactly once on the whole file:
#   tests/EndToEnd/Watch/kill-rounds.sh [ROUNDS] [FILES] [KILLS-IN-A-ROUND] [SEED]
# The seed gives the ways of the files, the victims and the moments, as far as the system repeats them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."

export MEESEEKS_WATCH_ROUNDS=${1:-50} MEESEEKS_WATCH_FILES=${2:-1000} MEESEEKS_WATCH_KILLS=${3:-10}
[ $# -lt 4 ] || export MEESEEKS_WATCH_SEED=$4
dotnet build tests/EndToEnd --configuration Release --verbosity quiet --nologo
tests/EndToEnd/bin/Release/net10.0/EndToEnd.Tests -noColor -diagnostics -class '*WatchCrashTests'
