#!/bin/sh
# usage: outdate-peer.sh on HOST ADDRESS... on HOST ADDRESS...
#
# A handler for fence-peer: asks the peer by ssh, over another network than that of the replication, to mark its data as
# outdated. HOST is the name of a node as in the section "on" of the resource; each ADDRESS of the peer is tried in turn.
# One line serves all nodes, each of which finds its peer in it:
#
#   fence-peer "/usr/lib/bsr/outdate-peer.sh on alpha 192.0.2.1 on beta 192.0.2.2";
#
# root of each node has to be able to log in to the other ones without a password. OUTDATE_PEER_SSH is the command for
# that, if it is another one than ssh with a few options.
#
# Exit codes: 3 the peer's data are inconsistent anyway, 4 they are outdated now, 5 no address answered, 6 the peer is
# Primary, 1 the peer answered, but could not do it, 10 wrong usage.

name=${0##*/}
ssh=${OUTDATE_PEER_SSH:-ssh -o BatchMode=yes -o ConnectTimeout=5 -o ServerAliveInterval=5 -o ServerAliveCountMax=3}
SSH_FAILED=255

say() {
    echo "$name: $1" >&2
    if command -v logger >/dev/null 2>&1; then
        logger -t "$name" -- "$1" 2>/dev/null
    fi
}

wrong() {
    say "$1 \"$name --help\" says how it is called."
    exit 10
}

case ${1:-} in
    -h | --help)
        sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
        exit 0
        ;;
esac

resource=${BSR_RESOURCE:-}
[ -n "$resource" ] || wrong "BSR_RESOURCE is not set: this is run as the handler fence-peer."
case $resource in
    *[!A-Za-z0-9_.:@%+-]* | -*) wrong "the name of the resource, \"$resource\", is none that can be handed to another shell." ;;
esac

# Who the peer is: the engine gives its number; run by hand, bsradm knows the name where there is one peer only.
peer=${BSR_PEER:-}
case ${BSR_PEER_NODE_ID:-} in
    '' | *[!0-9]*) ;;
    *) eval "peer=\${BSR_NODE_ID_$BSR_PEER_NODE_ID:-$peer}" ;;
esac
[ -n "$peer" ] || wrong "neither BSR_PEER_NODE_ID nor BSR_PEER says which peer is meant."

[ "${1:-}" = on ] || wrong "the first word is not \"on\"."
addresses=''
known=''
while [ $# -gt 0 ]; do
    shift
    [ $# -gt 0 ] || wrong "a host is missing after the last \"on\"."
    host=$1
    shift
    known="$known $host"
    count=0
    while [ $# -gt 0 ] && [ "$1" != on ]; do
        [ "$host" != "$peer" ] || addresses="$addresses $1"
        count=$((count + 1))
        shift
    done
    [ $count -gt 0 ] || wrong "no address of the host $host is given."
done
[ -n "$addresses" ] || wrong "the peer $peer is none of the hosts given:$known."

for address in $addresses; do
    # shellcheck disable=SC2086 # the command is words
    said=$($ssh "$address" bsradm outdate "$resource" 2>&1 </dev/null)
    code=$?
    case $code in
        0)
            say "resource $resource of $peer ($address) is outdated."
            exit 4
            ;;
        5)
            say "resource $resource of $peer ($address) is inconsistent."
            exit 3
            ;;
        17)
            say "$peer ($address) has the last up-to-date data of resource $resource in use, and keeps them."
            exit 6
            ;;
        "$SSH_FAILED")
            say "$peer does not answer at $address: $said"
            continue
            ;;
    esac
    # It answers, so it is not down, and that must not be told. A Primary may refuse with other codes.
    # shellcheck disable=SC2086
    role=$($ssh "$address" bsradm role "$resource" 2>/dev/null </dev/null)
    case $role in
        Primary*)
            say "$peer ($address) is Primary of resource $resource."
            exit 6
            ;;
    esac
    say "$peer ($address) answers, but does not outdate resource $resource (exit code $code): $said"
    exit 1
done
say "$peer cannot be reached."
exit 5
