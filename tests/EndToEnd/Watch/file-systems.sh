#!/bin/bash
# Runs the tests of watched folders on other file systems, and prints a line for each: passed, failed, skipped.
#   tests/EndToEnd/Watch/file-systems.sh [KIND]...       # root; kinds: see "all" below, and sshfs
# A kind is skipped, with the reason, where its mount is not possible. On Debian, all need: bindfs xfsprogs btrfs-progs. On sshfs (sshfs
# openssh-sftp-server), tests of hard links, old times and modes fail, because it does not keep them. The tests make their folders in
# TMPDIR. The logs are in artifacts/file-systems.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."

readonly all="here tmpfs ext4 xfs btrfs overlay bind bindfs"
readonly size=1G
work=$(mktemp -d /tmp/meeseeks-fs-XXXXXX)
chmod 755 "$work"
readonly work logs=$PWD/artifacts/file-systems
mounted=()

# Unmounts what is mounted, the last one first. A program may still end.
leave() {
    local place count
    for ((place = ${#mounted[@]} - 1; place >= 0; place--)); do
        for ((count = 0; count < 50; count++)); do
            umount "${mounted[place]}" 2> /dev/null && break
            sleep 0.1
        done
        mountpoint -q "${mounted[place]}" && umount -l "${mounted[place]}"
    done
    mounted=()
}

cleanup() {
    leave
    rm -rf --one-file-system "$work"
}
trap cleanup EXIT

# Mounts with the words of mount(8), the folder last; prints nothing on success, else the reason.
try_mount() {
    local folder=${!#}
    mkdir -p "$folder"
    mount "$@" 2>&1 && mounted+=("$folder")
}

needs() {
    command -v "$1" > /dev/null || { echo "there is no program $1 (package $2)" && return 1; }
}

on_loop() {
    truncate -s "$size" "$work/$1.img"
    needs "mkfs.$1" "$2" && "mkfs.$1" -q "$work/$1.img" && try_mount -o loop "$work/$1.img" "$work/$1"
}

# Makes the folder $work/KIND in a file system of that kind. It prints why it cannot.
enter() {
    mkdir -p "$work/$1"
    case $1 in
        here) ;;
        tmpfs) try_mount -t tmpfs none "$work/tmpfs" ;;
        ext4) on_loop ext4 e2fsprogs ;;
        xfs) on_loop xfs xfsprogs ;;
        btrfs) on_loop btrfs btrfs-progs ;;
        overlay)
            # The layers of an overlay must not be in an overlay themselves.
            try_mount -t tmpfs none "$work/layers" && mkdir "$work/layers"/{lower,upper,work} \
                && try_mount -t overlay -o "lowerdir=$work/layers/lower,upperdir=$work/layers/upper,workdir=$work/layers/work" none "$work/overlay"
            ;;
        bind) mkdir -p "$work/source" && try_mount --bind "$work/source" "$work/bind" ;;
        bindfs)
            needs bindfs bindfs && mkdir -p "$work/below" && bindfs "$work/below" "$work/bindfs" && mounted+=("$work/bindfs")
            ;;
        sshfs)
            # The protocol needs no server of ssh, but the program at its other end.
            needs sshfs sshfs && needs /usr/lib/openssh/sftp-server openssh-sftp-server || return
            printf '#!/bin/sh\nexec /usr/lib/openssh/sftp-server\n' > "$work/ssh" && chmod +x "$work/ssh" && mkdir -p "$work/remote"
            sshfs -o "ssh_command=$work/ssh" "host:$work/remote" "$work/sshfs" && mounted+=("$work/sshfs")
            ;;
        *) echo "no such kind: $1; the kinds are $all sshfs" && return 2 ;;
    esac
}

# Runs a test program with the rest of the words; adds its figures to passed, failed and skipped.
run() {
    local name=$1 total errors bad none
    shift
    TMPDIR=$work/$kind timeout 1800 "tests/$name/bin/Release/net10.0/${name##*/}${suffix[$name]}" -noColor "$@" > "$logs/$kind-${name##*/}.log" 2>&1
    read -r total errors bad none < <(
        sed -nE 's/.*Total: ([0-9]+), Errors: ([0-9]+), Failed: ([0-9]+), Skipped: ([0-9]+).*/\1 \2 \3 \4/p' "$logs/$kind-${name##*/}.log" | tail -n 1)
    [ -n "${total:-}" ] || { failed=$((failed + 1)) && echo "$kind: $name did not end; see $logs" >&2 && return; }
    failed=$((failed + bad + errors)) skipped=$((skipped + none)) passed=$((passed + total - bad - none))
}

[ "$(id -u)" = 0 ] || { echo "${0##*/}: only root can mount file systems" >&2 && exit 2; }
mkdir -p "$logs"
declare -A suffix=([MeeseeksBox.FileWatch.Tests]="" [EndToEnd]=.Tests)
dotnet build tests/EndToEnd --configuration Release --verbosity quiet --nologo || exit 1
dotnet build tests/MeeseeksBox.FileWatch.Tests --configuration Release --verbosity quiet --nologo || exit 1
status=0
read -r -a kinds <<< "${*:-$all}"
for kind in "${kinds[@]}"; do
    enter "$kind" > "$logs/$kind.log" 2>&1
    case $? in
        0) ;;
        *) echo "$kind: skipped: $(tr '\n' ' ' < "$logs/$kind.log")" && leave && continue ;;
    esac
    passed=0 failed=0 skipped=0
    run MeeseeksBox.FileWatch.Tests -namespace MeeseeksBox.FileWatch.Tests.Folders
    run EndToEnd -namespace MeeseeksBox.EndToEnd.Watch
    echo "$kind ($(stat -f -c %T "$work/$kind")): $passed passed, $failed failed, $skipped skipped"
    [ "$failed" = 0 ] || status=1
    leave
done
exit $status
