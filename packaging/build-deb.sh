#!/bin/bash
# Builds a Debian package with all programs, for the architecture of this host.
#
# It includes the runtime of .NET (some 100 MB installed, 30 MB as a file). Debian has no package of it, so a dependency would need a
# third-party package source on every node. Nor should another program on the host change the runtime of a node. The price: fixes of the
# runtime come with the next build of this package.
set -euo pipefail
readonly called_in=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly usage="Usage: packaging/build-deb.sh [OUTPUT]   OUTPUT: a file, or a folder (default: artifacts)
DEBFULLNAME and DEBEMAIL, if set, are the maintainer of the package."
readonly stage=artifacts/deb
source packaging/programs.sh

main() {
    case ${1-} in
        -h | --help) echo "$usage"; exit 0 ;;
        -*) fail "there is no option '$1'"$'\n'"$usage" ;;
    esac
    [ $# -le 1 ] || fail "one OUTPUT at a time"$'\n'"$usage"
    local tool
    for tool in dpkg-deb dpkg-shlibdeps; do
        command -v "$tool" > /dev/null || fail "there is no program '$tool'; install the package dpkg-dev"
    done

    build_programs -p:BoxWithRuntime=true
    is_native meeseeks-client && is_native meeseeks-watch && is_native $runner || fail "a package needs native programs: install gcc and zlib1g-dev"
    version=$(dotnet msbuild src/meeseeks-box -getProperty:Version)
    architecture=$(dpkg --print-architecture)
    maintainer="${DEBFULLNAME:-The meeseeks-box authors} <${DEBEMAIL:-meeseeks-box@example.org}>"
    # No file is newer than the sources, so that the same sources produce the same package.
    export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2> /dev/null || date +%s)}
    root=$stage/root
    put_programs
    put_shared_files
    put_service
    put_documents
    put_control

    local output=${1:-$PWD/artifacts}
    case $output in /*) ;; *) output=$called_in/$output ;; esac
    [ ! -d "$output" ] || output=$output/meeseeks-box_${version}_$architecture.deb
    find "$root" -newermt "@$SOURCE_DATE_EPOCH" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
    dpkg-deb --root-owner-group -Zxz --build "$root" "$output"
}

put_programs() {
    local home=$root/usr/lib/meeseeks-box name
    mkdir -p "$home" "$root/usr/bin"
    cp -R "$stage/lib/." "$home/"
    rm -r "$home/share"
    # Traces for LTTng need a library that may not be installed.
    rm "$home/libcoreclrtraceptprovider.so"
    find "$home" -type f -exec chmod 644 {} +
    chmod 755 "$home/createdump" "$home/$runner"
    for name in $programs; do
        chmod 755 "$home/$name"
        ln -s "../lib/meeseeks-box/$name" "$root/usr/bin/$name"
    done
    strip --strip-unneeded "$home/meeseeks-client" "$home/meeseeks-watch" "$home/$runner"
    for name in $q_names; do ln -s meeseeks-client "$root/usr/bin/$name"; done
}

# The first path of a file gets the file itself, the others get a link to it.
put_shared_files() {
    local -A placed
    local at from target
    while read -r at from; do
        case $from in man/*) at=$at.gz ;; esac
        target=$root/usr/share/$at
        mkdir -p "$(dirname "$target")"
        if [ -n "${placed[$from]-}" ]; then
            ln -s "$(realpath --no-symlinks --relative-to="$(dirname "$target")" "${placed[$from]}")" "$target"
            continue
        fi
        case $from in
            man/*) compress < "$stage/lib/share/$from" > "$target" ;;
            *) cp "$stage/lib/share/$from" "$target" ;;
        esac
        placed[$from]=$target
    done < <(shared_files zsh/vendor-completions)
}

put_service() {
    mkdir -p "$root/usr/lib/systemd/system" "$root/etc/meeseeks/watch"
    cp packaging/systemd/*.service "$root/usr/lib/systemd/system/"
    cp packaging/debian/box.cfg "$root/etc/meeseeks/"
}

put_documents() {
    local documents=$root/usr/share/doc/meeseeks-box overrides=$root/usr/share/lintian/overrides notices
    notices=$(dirname "$(readlink -f "$(command -v dotnet)")")/ThirdPartyNotices.txt
    [ -e "$notices" ] || fail "$notices is missing, and the runtime must not be distributed without it"
    mkdir -p "$documents" "$overrides"
    cp packaging/debian/copyright "$documents/"
    mkdir "$documents/docs" "$documents/examples"
    cp README.md "$documents/"
    cp docs/*.md "$documents/docs/"
    cp -R examples/*.cfg examples/tls "$documents/examples/"
    rm "$documents/examples/tls/.gitignore"
    compress < "$notices" > "$documents/ThirdPartyNotices.txt.gz"
    compress < CHANGELOG.md > "$documents/CHANGELOG.md.gz"
    compress > "$documents/changelog.gz" << END
meeseeks-box ($version) unstable; urgency=medium

  * See CHANGELOG.md.gz beside this file.

 -- $maintainer  $(date --utc --rfc-email --date="@$SOURCE_DATE_EPOCH")
END
    cp packaging/debian/lintian-overrides "$overrides/meeseeks-box"
}

put_control() {
    local control=$root/DEBIAN name
    mkdir -p "$control" "$stage/debian"
    for name in postinst prerm postrm; do install -m 755 "packaging/debian/$name" "$control/$name"; done
    echo /etc/meeseeks/box.cfg > "$control/conffiles"
    sed -e "s|@VERSION@|$version|" -e "s|@ARCHITECTURE@|$architecture|" -e "s|@MAINTAINER@|$maintainer|" \
        -e "s|@LIBRARIES@|$(libraries)|" -e "s|@SIZE@|$(du -sk --apparent-size "$root" | cut -f1)|" \
        packaging/debian/control > "$control/control"
    (cd "$root" && find . -type f ! -path './DEBIAN/*' -printf '%P\0' | sort -z | xargs -0 md5sum) > "$control/md5sums"
}

# Prints the packages of the libraries that the programs are linked with. The control file has those that the runtime loads by name.
libraries() {
    echo "Source: meeseeks-box" > "$stage/debian/control"
    (cd "$stage" && find root/usr/lib/meeseeks-box -type f \( -name '*.so' -o -perm /111 \) -print0 \
        | xargs -0 dpkg-shlibdeps -O -lroot/usr/lib/meeseeks-box 2> shlibdeps.log) | sed 's/^shlibs:Depends=//' \
        || { cat "$stage/shlibdeps.log" >&2; fail "dpkg-shlibdeps does not know the libraries that the programs need"; }
}

compress() { gzip -9 --no-name; }

main "$@"
