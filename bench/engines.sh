# Two engines of this build on loopback, for the script run. Sourced; uses $root (the project) and $work (a folder).

# node NAME TOOL ARGUMENT...: a tool of ours as that node
node() {
    local name=$1 tool=$2
    shift 2
    BSR_ROOT=$work/$name __BSR_NODE__=$name "$root/build/bin/$tool" "$@"
}

alpha_pid='' beta_pid=''

# engines PROTOCOL DISK_OPTIONS ALPHA_DISK BETA_DISK: starts alpha and beta with those disks, alpha Primary, connected.
# Does not wait for the sync.
engines() {
    local protocol=$1 options=$2 name port=$((20000 + RANDOM % 20000))
    local -A disk=([alpha]=$3 [beta]=$4)
    for name in alpha beta; do
        mkdir -p "$work/$name/etc"
        cat >"$work/$name/etc/bsr.conf" <<CONF
resource r0 {
  net { protocol $protocol; }
  disk { $options }
  volume 0 { device /dev/bsr0 minor 0; disk ${disk[$name]}; meta-disk internal; }
  on alpha { address 127.0.0.1:$port; node-id 0; }
  on beta { address 127.0.0.1:$((port + 1)); node-id 1; }
}
CONF
        "$root/build/bin/bsrd" --root "$work/$name" --node $name >"$work/$name.log" 2>&1 &
        eval "${name}_pid=$!"
    done
    for name in alpha beta; do
        for _ in $(seq 200); do [ -S "$work/$name/run/bsr/bsrd.sock" ] && break; sleep 0.05; done
        node $name bsradm create-md --force r0 >/dev/null 2>&1
        [ -z "${same_data:-}" ] || same_data_on $name "${disk[$name]}"
        node $name bsradm up r0
    done
    node alpha bsradm primary --force r0
    uri="nbd+unix:///r0?socket=$work/alpha/run/bsr/nbd.sock"
}

# same_data_on NODE DISK: says that the disk, all zeroes, is what the other has: nothing to sync
same_data_on() {
    node "$1" bsrmeta --force --node-id $([ "$1" = alpha ] && echo 1 || echo 0) 0 v09 "$2" internal \
        set-gi A2B4C6D8E0F01234:0:0:0:1:1:0:0:0:0 >/dev/null 2>&1
}

in_sync() {
    for _ in $(seq 1200); do
        node beta bsradm dstate r0 2>/dev/null | grep -q UpToDate/UpToDate && return 0
        sleep 0.1
    done
    echo "bench: no sync within two minutes; the logs are in $work" >&2
    return 1
}

stop_engines() {
    [ -n "$alpha_pid" ] || return 0
    node alpha bsradm down r0 >/dev/null 2>&1 || :
    node beta bsradm down r0 >/dev/null 2>&1 || :
    kill "$alpha_pid" "$beta_pid" 2>/dev/null || :
    wait "$alpha_pid" "$beta_pid" 2>/dev/null || :
    rm -rf "${work:?}/alpha" "${work:?}/beta"
    alpha_pid='' beta_pid=''
}

# log_seconds FILE PATTERN: the time of the last line that matches, in seconds since 1970
log_seconds() {
    date -d "$(grep -h -- "$2" "$1" | tail -1 | cut -d ' ' -f 1)" +%s.%N
}
