#!/bin/bash
# Kills meeseeks-watch at random moments while files arrive, and checks that each job ran exactly once:
#   tests/EndToEnd/Watch/kill-rounds.sh [ROUNDS] [FILES] [SEED]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."

export MEESEEKS_WATCH_ROUNDS=${1:-200} MEESEEKS_WATCH_FILES=${2:-500}
[ $# -lt 3 ] || export MEESEEKS_WATCH_SEED=$3
dotnet build tests/EndToEnd --verbosity quiet --nologo
tests/EndToEnd/bin/Debug/net10.0/EndToEnd.Tests -class '*WatchCrashTests'
