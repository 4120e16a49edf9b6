#!/bin/bash
# Builds the Debian package, and installs, uses, upgrades and purges it in a small system of its own, made of files of this one: nothing is installed here.
# Needs Debian or one of its children, and root; systemd need not run. lintian and systemd-analyze have their say where they are there.
set -euo pipefail
readonly called_in=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly usage="Usage: packaging/check-deb.sh [PACKAGE]   PACKAGE: look at this one, and build none"
readonly base_packages="adduser base-files base-passwd bash coreutils dash debconf diffutils dpkg findutils grep init-system-helpers libpam-runtime login passwd perl-base sed tar"

main() {
    case ${1-} in
        -h | --help) echo "$usage"; exit 0 ;;
        -*) fail "there is no option '$1'"$'\n'"$usage" ;;
    esac
    [ "$(id -u)" -eq 0 ] || fail "this has to be run by root: it installs a package, into a folder of its own"
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
    step "lintian has nothing against it" ask_lintian
    step "systemd understands the units" verify_units
    step "a job runs" run_job
    step "an upgrade keeps the configuration and the state" upgrade
    step "a purge leaves nothing" purge
    echo "good: $(dpkg-deb --field "$package" Package Version Architecture | tr '\n' ' ')"
}

# What a Debian has before anything is installed, as far as packages and their scripts need it.
make_system() {
    local -a packages
    # shellcheck disable=SC2086
    mapfile -t packages < <(apt-cache depends --installed --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
        $base_packages $(dpkg-deb --field "$package" Depends | tr ',|' '\n\n' | sed 's/(.*)//') | grep '^[a-z0-9]' | sort -u)
    mkdir -p "$root/var/lib/dpkg" "$root/dev" "$root/proc" "$root/tmp"
    # Of alternatives, only some are installed.
    { dpkg -L "${packages[@]%%:*}" 2> /dev/null || true; } | sort -u > "$folder/all-files"
    # /bin and others are links to folders in /usr, which have to be there before what is below.
    local name
    for name in bin sbin lib lib64; do
        mkdir -p "$root$(readlink -f "/$name")"
        [ ! -L "/$name" ] || cp -a "/$name" "$root/"
    done
    while IFS= read -r name; do [ ! -e "$name" ] || echo "$name"; done < "$folder/all-files" > "$folder/files"
    tar --create --directory / --no-recursion --files-from "$folder/files" --file - 2> /dev/null | tar --extract --directory "$root" --keep-directory-symlink --file -
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
    dpkg_there --install "$package" && grep -q '^// ours' "$root/etc/meeseeks/box.cfg" && [ -s "$root/var/lib/meeseeks/state.json" ] && is_enabled
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

# systemd looks whether the programs are there, so the units are shown to it with the paths that they have here.
verify_units() {
    command -v systemd-analyze > /dev/null || { echo "(there is no systemd-analyze here)"; return; }
    local unit shown
    for unit in "$root"/usr/lib/systemd/system/meeseeks-*.service; do
        shown=$folder/$(basename "${unit/@/@check}")
        sed "s|/usr/bin/meeseeks|$root&|g" "$unit" > "$shown"
        systemd-analyze verify --man=no "$shown" > "$folder/verify" 2>&1 || { cat "$folder/verify"; return 1; }
        # A key that it does not know is only a warning.
        ! grep "$shown" "$folder/verify" || return 1
    done
}

# As the unit does it: by its user, with the folders that systemd would make, and without a runtime of this host.
run_job() {
    local user group port said status=0
    user=$(awk -F: '$1 == "meeseeks" { print $3 }' "$root/etc/passwd")
    group=$(awk -F: '$1 == "meeseeks" { print $4 }' "$root/etc/passwd")
    install -d -m 700 -o "$user" -g "$group" "$root/var/lib/meeseeks" "$root/var/lib/meeseeks/jobs"
    (cd "$root/var/lib/meeseeks/jobs" && exec env -i PATH=/usr/bin:/bin DOTNET_ROOT=/nonexistent setpriv --reuid "$user" --regid "$group" --clear-groups \
        "$root/usr/bin/meeseeks-box" "$root/etc/meeseeks/box.cfg" listen.port=0 "state.file=$root/var/lib/meeseeks/state.json") 2> "$folder/box.log" &
    box=$!
    local end=$((SECONDS + 60))
    until port=$(sed -n 's/.*listening on 127\.0\.0\.1:\([0-9]*\)$/\1/p' "$folder/box.log") && [ -n "$port" ]; do
        [ $SECONDS -lt $end ] && kill -0 "$box" 2> /dev/null || { cat "$folder/box.log"; return 1; }
        sleep 0.1
    done
    said=$(MEESEEKS_CONF="port=$port" "$root/usr/bin/qsub" wait=1 p1 sh -c 'echo "hello from user $(id -u) in $PWD"') || status=$?
    kill -TERM "$box"
    wait "$box" || status=$?
    box=
    [ "$status" -eq 0 ] && [ "$said" = "hello from user $user in $root/var/lib/meeseeks/jobs" ] || { echo "exit status $status; it said: $said"; cat "$folder/box.log"; return 1; }
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
        fail "no: $what; what was said stands above"
    fi
}

clean() {
    [ -z "${box-}" ] || kill -KILL "$box" 2> /dev/null || true
    rm -rf "$folder"
}

fail() {
    echo "check-deb.sh: $1" >&2
    exit 1
}

main "$@"
