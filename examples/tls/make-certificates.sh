#!/bin/bash
# Makes an authority of your own and a certificate for each node, into ./certificates:
#   make-certificates.sh head node
# All nodes trust ca.pem. NAME.pem is the certificate of a node with its private key. ca.key signs certificates: keep it off the nodes.
# Run it again to renew or add certificates. It keeps the authority. Needs openssl 1.1.1 or later.
set -euo pipefail

readonly folder=certificates ca_days=3650 days=825

main() {
    if [ $# -eq 0 ]; then
        echo "usage: $0 NAME..." >&2
        exit 2
    fi

    umask 077
    mkdir -p "$folder"
    [ -e "$folder/ca.key" ] || make_authority
    local name
    for name in "$@"; do
        make_certificate "$name"
    done
}

make_authority() {
    new_key > "$folder/ca.key"
    openssl req -x509 -new -key "$folder/ca.key" -sha256 -days "$ca_days" -subj "/CN=meeseeks example authority" \
        -addext keyUsage=critical,keyCertSign,cRLSign -out "$folder/ca.pem"
    chmod a+r "$folder/ca.pem"
    echo "$folder/ca.pem: the authority"
}

# A node is a server to its clients and a client to the nodes below it, so its certificate is for both.
make_certificate() {
    local name=$1 new="$folder/$1.new"
    new_key > "$new.key"
    openssl req -new -key "$new.key" -subj "/CN=$name" -out "$new.csr"
    openssl x509 -req -in "$new.csr" -CA "$folder/ca.pem" -CAkey "$folder/ca.key" \
        -set_serial "0x$(openssl rand -hex 16)" -sha256 -days "$days" -extfile <(extensions "$name") -out "$new.crt" 2> /dev/null
    cat "$new.crt" "$new.key" > "$new"
    mv "$new" "$folder/$name.pem"
    rm "$new.key" "$new.csr" "$new.crt"
    echo "$folder/$name.pem: good for $days days, for the hosts $name and localhost"
}

extensions() {
    printf '%s\n' "subjectAltName=DNS:$1,DNS:localhost,IP:127.0.0.1,IP:::1" "extendedKeyUsage=serverAuth,clientAuth" \
        "keyUsage=critical,digitalSignature" "basicConstraints=critical,CA:FALSE"
}

new_key() {
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 2> /dev/null
}

main "$@"
