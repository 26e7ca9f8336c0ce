#!/usr/bin/env bash
# The block device of a volume beside nbdfuse with a loop device, on the same engine in the same run. The volume is
# overwritten. As root, on a node that is Primary for the resource and has the device:
#
#   bench/device.sh ROOT RESOURCE MINOR
#
# ROOT is that of the engine (/ for the engine of the host), the volume is number 0. Needs fio, nbdfuse, losetup.
set -eu
[ $# = 3 ] || { sed -n '2,8p' "$0" >&2; exit 2; }
root=${1%/} resource=$2 minor=$3
device=$(readlink "$root/dev/bsr$minor")
work=$(mktemp -d) loop='' nbdfuse=''
cleanup() {
    [ -z "$loop" ] || losetup -d "$loop" || :
    [ -z "$nbdfuse" ] || { fusermount3 -u "$work/volume" && wait "$nbdfuse"; } || :
    rm -rf "$work"
}
trap cleanup EXIT
touch "$work/volume"
nbdfuse "$work/volume" "nbd+unix:///$resource/0?socket=$root/run/bsr/nbd.sock" &
nbdfuse=$!
until [ -s "$work/volume" ]; do kill -0 "$nbdfuse" && sleep 0.1; done
loop=$(losetup --find --show --direct-io=on "$work/volume")

# cell DEVICE PATTERN SIZE DEPTH prints IOPS and the mean latency.
cell() {
    fio --name=cell --filename="$1" --rw="$2" --bs="$3" --iodepth="$4" --ioengine=libaio --direct=1 --size=256M \
        --norandommap --time_based --runtime=4 --ramp_time=1 --minimal 2>/dev/null |
        awk -F';' '{ printf "%d (%d)", $8 + $49, $16 + $57 }'
}
fio --name=fill --filename="$device" --rw=write --bs=1M --size=256M --ioengine=libaio --direct=1 >/dev/null
echo '| IOPS (mean µs) | the device | nbdfuse, loop |'
echo '|---|---|---|'
while read -r pattern size depth; do
    echo "| $size $pattern QD$depth | $(cell "$device" "$pattern" "$size" "$depth") | $(cell "$loop" "$pattern" "$size" "$depth") |"
done <<END
randwrite 4k 1
randwrite 4k 32
randread 4k 1
randread 4k 32
write 1M 8
read 1M 8
END
