#!/bin/bash
# Builds the Debian package, and installs, uses, upgrades and purges it in a small system in a folder, made of files of this host.
# Nothing is installed on the host. Needs Debian or a derivative, and root, but no running systemd. Uses lintian and systemd-analyze if
# they are installed.
set -euo pipefail
readonly called_in=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly usage="Usage: packaging/check-deb.sh [PACKAGE]   PACKAGE: check this one instead of building one"
readonly base_packages="adduser base-files base-passwd bash coreutils dash debconf diffutils dpkg findutils grep \
init-system-helpers libpam-runtime login passwd perl-base sed tar"

main() {
    case ${1-} in
        -h | --help) echo "$usage"; exit 0 ;;
        -*) fail "there is no option '$1'"$'\n'"$usage" ;;
    esac
    [ "$(id -u)" -eq 0 ] || fail "it needs root rights to install a package into a temporary folder; run it as root"
    folder=$(mktemp -d)
    trap clean EXIT
    chmod 755 "$folder"
    root=$folder/root
    package=${1-}
    if [ -z "$package" ]; then
        packaging/build-deb.sh "$folder/package.deb"
        package=$folder/package.deb
    fi
    case $package in /*) ;; *) package=$called_in/$package ;; esac

    make_system
    step "the package is installed" install_package
    step "lintian reports no problems" ask_lintian
    step "systemd understands the units" verify_units
    step "a job runs" run_job
    step "an upgrade keeps the configuration and the state" upgrade
    step "an upgrade ends no job that runs" upgrade_with_jobs
    step "a purge leaves nothing" purge
    echo "good: $(dpkg-deb --field "$package" Package Version Architecture | tr '\n' ' ')"
}

# Creates a minimal Debian, with all that packages and their scripts need.
make_system() {
    local -a packages
    # shellcheck disable=SC2086
    mapfile -t packages < <(apt-cache depends --installed --recurse --no-recommends --no-suggests --no-conflicts --no-breaks \
        --no-replaces --no-enhances \
        $base_packages $(dpkg-deb --field "$package" Depends | tr ',|' '\n\n' | sed 's/(.*)//') | grep '^[a-z0-9]' | sort -u)
    mkdir -p "$root/var/lib/dpkg" "$root/dev" "$root/proc" "$root/tmp"
    # Of alternatives, only some are installed.
    { dpkg -L "${packages[@]%%:*}" 2> /dev/null || true; } | sort -u > "$folder/all-files"
    # /bin and others are links to folders in /usr, which must exist before the files below them.
    local name
    for name in bin sbin lib lib64; do
        mkdir -p "$root$(readlink -f "/$name")"
        [ ! -L "/$name" ] || cp -a "/$name" "$root/"
    done
    while IFS= read -r name; do [ ! -e "$name" ] || echo "$name"; done < "$folder/all-files" > "$folder/files"
    tar --create --directory / --no-recursion --files-from "$folder/files" --file - 2> /dev/null \
        | tar --extract --directory "$root" --keep-directory-symlink --file -
    mkdir -p "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates" "$root/etc"
    cp /var/lib/dpkg/status "$root/var/lib/dpkg/"
    cp -a /etc/passwd /etc/group /etc/shadow /etc/nsswitch.conf /etc/login.defs "$root/etc/"
    cp -a /etc/pam.d "$root/etc/"
    ldconfig -r "$root"
    mknod -m 666 "$root/dev/null" c 1 3
}

install_package() { dpkg_there --install "$package" && is_enabled && grep -q '^meeseeks:' "$root/etc/passwd"; }

upgrade() {
    echo "// ours" >> "$root/etc/meeseeks/box.cfg"
    dpkg_there --install "$package" && grep -q '^// ours' "$root/etc/meeseeks/box.cfg" \
        && [ -s "$root/var/lib/meeseeks/state.json" ] && is_enabled
}

purge() {
    dpkg_there --purge meeseeks-box || return 1
    local left
    left=$(find "$root" -iname '*meeseeks*' ! -path "$root/var/log/*")
    [ -z "$left" ] || { echo "left: $left"; return 1; }
}

ask_lintian() {
    command -v lintian > /dev/null || { echo "(there is no lintian here)"; return; }
    lintian --allow-root --fail-on error,warning "$package"
}

# systemd checks that the programs exist, so the paths in the units are replaced by those in the small system.
verify_units() {
    command -v systemd-analyze > /dev/null || { echo "(there is no systemd-analyze here)"; return; }
    local unit shown
    for unit in "$root"/usr/lib/systemd/system/meeseeks-*.service; do
        shown=$folder/$(basename "${unit/@/@check}")
        sed "s|/usr/bin/meeseeks|$root&|g" "$unit" > "$shown"
        systemd-analyze verify --man=no "$shown" > "$folder/verify" 2>&1 || { cat "$folder/verify"; return 1; }
        # An unknown key is only a warning of systemd. One is known since version 254, and may be missing.
        ! grep "$shown" "$folder/verify" | grep -v "Unknown key.*'DelegateSubgroup'" || return 1
    done
}

run_job() {
    local said status=0
    start_box || return 1
    said=$(client sub wait=1 p1 sh -c 'echo "hello from user $(id -u) in $PWD"') || status=$?
    stop_box || status=$?
    [ "$status" -eq 0 ] && [ "$said" = "hello from user $user in $root/var/lib/meeseeks/jobs" ] \
        || { echo "exit status $status; output: $said"; cat "$folder/box.log"; return 1; }
}

# The steps that systemd does for an upgrade: the new files, SIGTERM to the box alone (KillMode=process), and a start.
upgrade_with_jobs() {
    local before after status=0
    start_box || return 1
    client sub quiet=1 id=early p1 sh -c 'echo before; sleep 2; echo after' > "$folder/early" || return 1
    client sub quiet=1 id=late p1 sh -c 'echo before; until [ -e go ]; do sleep 0.1; done; rm go; echo after; exit 7' > "$folder/late" || return 1
    until_runs early && until_runs late || return 1
    before=$(pid_of late)
    dpkg_there --install "$package" || return 1
    stop_box || return 1
    # One of the jobs ends while there is no box.
    sleep 3
    start_box || return 1
    after=$(pid_of late)
    [ -n "$before" ] && [ "$before" = "$after" ] || { echo "pid $before before, '$after' after"; cat "$folder/box.log"; return 1; }
    [ "$(client sub wait=1 p1 echo new)" = new ] || status=1
    touch "$root/var/lib/meeseeks/jobs/go"
    client wait early late > /dev/null 2>&1 || true
    [ "$(client out early)" = $'before\nafter' ] && [ "$(client out late)" = $'before\nafter' ] || status=1
    client job early late > "$folder/jobs"
    [ "$(grep -c '"start_count": 1' "$folder/jobs")" -eq 2 ] && grep -q '"rc": 0' "$folder/jobs" && grep -q '"rc": 7' "$folder/jobs" || status=1
    stop_box || status=1
    [ "$status" -eq 0 ] || { cat "$folder/jobs" "$folder/box.log"; return 1; }
}

until_runs() {
    local end=$((SECONDS + 30))
    until [ -n "$(pid_of "$1")" ]; do
        [ $SECONDS -lt $end ] || { echo "job $1 does not start"; return 1; }
        sleep 0.1
    done
}

pid_of() { client job "$1" | sed -n 's/.*"pid": \([0-9]*\).*/\1/p'; }

client() { MEESEEKS_CONF="port=$port" "$root/usr/bin/meeseeks-client" "$@"; }

# Starts the box like the unit: as its user, with the folders that systemd would create, and without a runtime of this host.
start_box() {
    local group end=$((SECONDS + 60))
    user=$(awk -F: '$1 == "meeseeks" { print $3 }' "$root/etc/passwd")
    group=$(awk -F: '$1 == "meeseeks" { print $4 }' "$root/etc/passwd")
    install -d -m 700 -o "$user" -g "$group" "$root/var/lib/meeseeks" "$root/var/lib/meeseeks/jobs"
    # That of the former box has the line that is waited for.
    : > "$folder/box.log"
    (cd "$root/var/lib/meeseeks/jobs" && exec env -i PATH=/usr/bin:/bin DOTNET_ROOT=/nonexistent \
        setpriv --reuid "$user" --regid "$group" --clear-groups \
        "$root/usr/bin/meeseeks-box" "$root/etc/meeseeks/box.cfg" listen.port=0 "state.file=$root/var/lib/meeseeks/state.json") \
        2> "$folder/box.log" &
    box=$!
    until port=$(sed -n 's/.*listening on 127\.0\.0\.1:\([0-9]*\)$/\1/p' "$folder/box.log") && [ -n "$port" ]; do
        [ $SECONDS -lt $end ] && kill -0 "$box" 2> /dev/null || { cat "$folder/box.log"; return 1; }
        sleep 0.1
    done
}

stop_box() {
    local status=0
    kill -TERM "$box"
    wait "$box" || status=$?
    box=
    return "$status"
}

is_enabled() { [ -L "$root/etc/systemd/system/multi-user.target.wants/meeseeks-box.service" ]; }

dpkg_there() { PATH=/usr/sbin:/usr/bin:/sbin:/bin dpkg --root="$root" --force-confold "$@"; }

step() {
    local what=$1
    shift
    if "$@" > "$folder/step" 2>&1; then
        echo "$what$(grep '^(there is no' "$folder/step" | sed 's/^/ /')"
    else
        cat "$folder/step" >&2
        fail "failed: $what; the output is above"
    fi
}

clean() {
    [ -z "${box-}" ] || kill -KILL "$box" 2> /dev/null || true
    # Runner and jobs outlive a box.
    [ -z "${root-}" ] || pkill -TERM -f "^$root/usr/lib/meeseeks-box/meeseeks-runner " || true
    rm -rf "$folder"
}

fail() {
    echo "check-deb.sh: $1" >&2
    exit 1
}

main "$@"
