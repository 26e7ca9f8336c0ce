#!/bin/sh
# usage: snapshot-resync-target-lvm.sh [OPTION...] [-- OPTIONS OF LVCREATE...], unsnapshot-resync-target-lvm.sh
#
# Handlers for before-resync-target and after-resync-target: while the data of this node are overwritten by a resync they
# are of no use, so a snapshot of each backing disk that is a logical volume keeps what there was before. It is called
# NAME-before-resync, and goes when the disk is UpToDate again.
#
#   before-resync-target "/usr/lib/bsr/snapshot-resync-target-lvm.sh -p 15 -- -c 16k";
#   after-resync-target  "/usr/lib/bsr/unsnapshot-resync-target-lvm.sh";
#
#   -p, --percent N          room in the snapshot for what changes: N % of the volume, 0 to 100; else 10
#   -a, --additional KIB     and so many KiB beside; else 10240
#   -n, --disconnect-on-error  no resync without a snapshot: exit 1, for which the engine ends the connection
#
# To these the amount that is out of sync is added, where it is known. A volume of a thin pool needs no room of its own. A
# snapshot that is there already is kept: it is of an earlier resync that did not get to its end, and has the good data.
# To go back to it: take the resource down, then "lvconvert --merge VG/NAME-before-resync".
#
# Exit codes: 0 done, or something failed and -n was not given; 1 something failed; 10 wrong usage.

name=${0##*/}
case $name in
    unsnapshot*) task=remove ;;
    *) task=create ;;
esac

SUFFIX=-before-resync
# By this a snapshot of this script is known.
TAG=bsr-before-resync

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

percent=10
additional=10240
strict=no
while [ $# -gt 0 ]; do
    case $1 in
        -h | --help)
            sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
            exit 0
            ;;
        --percent=*) percent=${1#*=} ;;
        --additional=*) additional=${1#*=} ;;
        -p | --percent | -a | --additional)
            [ $# -ge 2 ] || wrong "$1 wants a value."
            case $1 in
                -p | --percent) percent=$2 ;;
                *) additional=$2 ;;
            esac
            shift
            ;;
        -n | --disconnect-on-error) strict=yes ;;
        --)
            shift
            break
            ;;
        *) wrong "there is no option $1." ;;
    esac
    shift
done
case $percent in
    '' | *[!0-9]* | ????*) wrong "-p wants a number from 0 to 100, not \"$percent\"." ;;
esac
[ "$percent" -le 100 ] || wrong "-p wants a number from 0 to 100, not \"$percent\"."
case $additional in
    '' | *[!0-9]* | ???????????????*) wrong "-a wants a number of KiB, not \"$additional\"." ;;
esac
resource=${BSR_RESOURCE:-}
[ -n "$resource" ] || wrong "BSR_RESOURCE is not set: this is run as the handler before- or after-resync-target."

failures=0
fail() {
    say "$1"
    failures=$((failures + 1))
}

# field NAME DEVICE: what lvs says of a logical volume, in KiB where it is a size; fails if the device is none.
field() {
    value=$(lvs --noheadings --nosuffix --units k -o "$1" -- "$2" 2>/dev/null) || return 1
    printf '%s\n' "$value" | sed 's/^ *//; s/ *$//; s/\.[0-9]*$//'
}

# out_of_sync VOLUME: KiB that differ from the peer that has most; empty if the engine does not say.
out_of_sync() {
    bsrsetup status "$resource" --verbose --statistics 2>/dev/null | awk -v volume="volume:$1" '
        { mine = mine && $0 !~ /volume:/ || index(" " $0 " ", " " volume " ") > 0 }
        mine { for (i = 1; i <= NF; i++) if (sub(/^out-of-sync:/, "", $i) && $i > most + 0) most = $i }
        END { print most }'
}

create() {
    volume=$1
    disk=$2
    shift 2
    if ! vg=$(field vg_name "$disk") || [ -z "$vg" ]; then
        fail "$disk of volume $volume is no logical volume of LVM: no snapshot."
        return
    fi
    lv=$(field lv_name "$disk")
    snapshot=$lv$SUFFIX
    if field lv_name "$vg/$snapshot" >/dev/null; then
        say "$vg/$snapshot is there already, and is kept."
        return
    fi
    if [ -n "$(field pool_lv "$disk")" ]; then
        said=$(lvcreate -s --addtag $TAG -n "$snapshot" "$@" -- "$vg/$lv" 2>&1) ||
            fail "lvcreate cannot make the snapshot $vg/$snapshot: $said"
        return
    fi
    size=$(field lv_size "$disk")
    free=$(field vg_free "$disk")
    different=$(out_of_sync "$volume")
    room=$((additional + size * percent / 100 + ${different:-0}))
    # More than everything, and what LVM itself needs to tell which is which, is never used.
    full=$((size + size / 100 + 4096))
    [ $room -le $full ] || room=$full
    if [ $room -gt "$free" ]; then
        say "the volume group $vg has $free KiB left, and the snapshot of $lv should have $room: it gets what there is."
        room=$free
    fi
    said=$(lvcreate -s --addtag $TAG -n "$snapshot" -L "${room}k" "$@" -- "$vg/$lv" 2>&1) ||
        fail "lvcreate cannot make the snapshot $vg/$snapshot of $room KiB: $said"
}

remove() {
    volume=$1
    disk=$2
    minor=$3
    vg=$(field vg_name "$disk") && [ -n "$vg" ] || return
    snapshot=$(field lv_name "$disk")$SUFFIX
    tags=$(field lv_tags "$vg/$snapshot") || return
    case ",$tags," in
        *",$TAG,"*) ;;
        *)
            say "$vg/$snapshot is not of this script, and stays."
            return
            ;;
    esac
    state=$(bsrsetup dstate "$minor" 2>/dev/null)
    case $state in
        UpToDate*) ;;
        *)
            say "$vg/$snapshot stays, because volume $volume is ${state:-in a state that is not known}."
            return
            ;;
    esac
    said=$(lvremove -f -- "$vg/$snapshot" 2>&1) || fail "lvremove cannot remove $vg/$snapshot: $said"
}

if ! command -v lvs >/dev/null 2>&1; then
    fail "lvs is not installed: no snapshots."
else
    # Three lists of one length; a disk may have blanks in its name, and xargs undoes the quoting of shells.
    disks=$(printf '%s\n' "${BSR_LL_DISK:-}" | xargs -n 1 printf '%s\n')
    count=0
    for volume in ${BSR_VOLUME:-}; do
        count=$((count + 1))
        disk=$(printf '%s\n' "$disks" | sed -n "${count}p")
        minor=$(printf '%s\n' "${BSR_MINOR:-}" | cut -d ' ' -f $count)
        case $disk in
            '' | none) continue ;;
        esac
        if [ $task = create ]; then
            create "$volume" "$disk" "$@"
        else
            remove "$volume" "$disk" "$minor"
        fi
    done
    [ $count -gt 0 ] || fail "BSR_VOLUME is empty: it is not known what to do."
fi
if [ $failures -gt 0 ] && { [ $strict = yes ] || [ $task = remove ]; }; then
    exit 1
fi
exit 0
