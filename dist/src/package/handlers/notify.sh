#!/bin/sh
# A handler that sends mail: notify-EVENT.sh [RECIPIENT], the recipient being root unless named. The name by which this
# script is called chooses the text. Its environment is that of every handler: see bsr.conf(5), section handlers.

event=${0##*/notify-}
event=${event%.sh}
recipient=${1:-root}
host=$(uname -n)
resource=${BSR_RESOURCE:-}
if [ -z "$resource" ]; then
    echo "${0##*/}: BSR_RESOURCE is not set: this is run as a handler, by \"bsradm HANDLER RESOURCE\" or by the engine." >&2
    exit 1
fi

peer=${BSR_PEER_ADDRESS:-}
case ${BSR_PEER_NODE_ID:-} in
    '' | *[!0-9]*) ;;
    *)
        eval "name=\${BSR_NODE_ID_$BSR_PEER_NODE_ID:-}"
        [ -z "$name" ] || peer=$name
        ;;
esac

case $event in
    split-brain)
        subject="split brain on resource $resource"
        text="Both nodes have data that the other one has not, and they have disconnected.
Decide whose changes are given up. On that node: bsradm secondary $resource;
bsradm connect --discard-my-data $resource. On the other one, if it is StandAlone: bsradm connect $resource."
        ;;
    io-error)
        subject="I/O error on resource $resource"
        text="The backing disk of a volume has failed a request. See \"bsradm status $resource\", and the kernel's log."
        ;;
    pri-lost)
        subject="resource $resource has lost a decision about who is primary"
        text="This node is Primary, and after a disconnection the other node's data were chosen."
        ;;
    pri-lost-after-sb)
        subject="resource $resource has lost the recovery from a split brain"
        text="This node is Primary, and the recovery chose the other node's data."
        ;;
    pri-on-incon-degr)
        subject="resource $resource is primary without usable data"
        text="This node is Primary and alone, and its own data are inconsistent."
        ;;
    out-of-sync)
        subject="a verify of resource $resource has found differences"
        text="Blocks differ between the nodes. Disconnect and connect to synchronise them."
        ;;
    quorum-lost)
        subject="resource $resource has lost quorum"
        text="Too few nodes see each other. See \"bsradm status $resource\"."
        ;;
    emergency-reboot)
        subject="emergency reboot for resource $resource"
        text="A handler is about to reboot this node."
        ;;
    emergency-shutdown)
        subject="emergency shutdown for resource $resource"
        text="A handler is about to shut this node down."
        ;;
    *)
        echo "${0##*/}: call it by a name such as notify-split-brain.sh." >&2
        exit 1
        ;;
esac

mailer=$(command -v mail || command -v mailx) || {
    echo "${0##*/}: there is neither mail nor mailx to send: $subject on $host" >&2
    exit 1
}
"$mailer" -s "bsr: $subject on $host" "$recipient" <<MAIL
$text

Node:            $host
Resource:        $resource
Peer:            ${peer:--}
Volumes:         ${BSR_VOLUME:--} (minor ${BSR_MINOR:--})
Backing disks:   ${BSR_LL_DISK:-${BSR_BACKING_DEV:--}}
MAIL
