#!/usr/bin/env bash
# How long the tools take to start, as a user types them, beside drbdadm on the same configuration and beside a JVM that
# does nothing. Called by ./dev bench; alone: bench/startup.sh [RUNS] after ./dev build. Prints a Markdown table.
#
# All commands take turns, so that a machine that is busy for a moment slows all of them down. Needs python3; the column
# of drbdadm needs drbd-utils.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
runs=${1:-20}
bin=$root/build/bin
java=$(sed -n "s/^java='\(.*\)'$/\1/p" "$bin/bsradm")
work=$(mktemp -d /tmp/bsr-startup.XXXXXX)
engine=''
cleanup() {
    [ -z "$engine" ] || { kill "$engine" && wait "$engine"; } 2>/dev/null || :
    rm -rf "$work"
}
trap cleanup EXIT

export BSR_ROOT=$work __BSR_NODE__=a __DRBD_NODE__=a
mkdir "$work/etc"
cat >"$work/etc/bsr.conf" <<'CONF'
global { usage-count no; }
common { net { protocol C; cram-hmac-alg sha1; shared-secret "secret"; } disk { on-io-error detach; } }
resource r0 {
    volume 0 { device /dev/bsr0 minor 0; disk /dev/vg/a; meta-disk internal; }
    volume 1 { device /dev/bsr1 minor 1; disk /dev/vg/b; meta-disk internal; }
    on a { node-id 0; address 127.0.0.1:7788; }
    on b { node-id 1; address 127.0.0.2:7788; }
}
CONF
sed 's|/dev/bsr|/dev/drbd|' "$work/etc/bsr.conf" >"$work/drbd.conf"
echo 'public class Nothing { public static void main(String[] words) { System.out.println(); } }' >"$work/Nothing.java"
"${java%java}javac" -d "$work" "$work/Nothing.java"

"$bin/bsrd" >"$work/bsrd.out" 2>&1 &
engine=$!
for _ in {1..50}; do
    [ -S "$work/run/bsr/bsrd.sock" ] && break
    sleep 0.1
done
for step in new-resource new-minor new-peer new-path; do "$bin/bsradm" "$step" r0; done

drbdadm=$(command -v drbdadm || :)
export RUNS=$runs BIN=$bin DRBDADM=$drbdadm DRBD_CONF=$work/drbd.conf JAVA=$java NOTHING=$work
python3 - <<'PYTHON'
import os, resource, shutil, statistics, subprocess, time

env = os.environ
bsr, drbd = env["BIN"] + "/", env["DRBDADM"]
rows = [
    ("bsradm sh-nop", [bsr + "bsradm", "sh-nop"], "sh-nop"),
    ("bsradm dump", [bsr + "bsradm", "dump"], "dump"),
    ("bsradm -d up all", [bsr + "bsradm", "-d", "up", "all"], "-d up all"),
    ("bsradm status", [bsr + "bsradm", "status"], None),
    ("bsrsetup status", [bsr + "bsrsetup", "status"], None),
    ("bsrmeta --help", [bsr + "bsrmeta", "--help"], None),
    ("a JVM that does nothing",
     [env["JAVA"], "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-cp", env["NOTHING"], "Nothing"], None),
]
beside = {name: [drbd, "-c", env["DRBD_CONF"], *words.split()] for name, _, words in rows if drbd and words}
times = {}

def run(key, words):
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    code = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if code.returncode:
        raise SystemExit(f"startup: {' '.join(words)} failed: {code.stderr.decode()}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    times.setdefault(key, []).append((wall * 1000, cpu * 1000))

for i in range(int(env["RUNS"]) + 2):
    if i == 2:
        times.clear()  # the first two warm up the page cache
    for name, words, _ in rows:
        run(name, words)
    for name, words in beside.items():
        run("drbdadm " + name, words)

print("| command | median ms | least ms | processor ms | drbdadm, median ms | ratio |")
print("|---|---|---|---|---|---|")
for name, _, _ in rows:
    wall, cpu = ([pair[i] for pair in times[name]] for i in (0, 1))
    other = statistics.median(pair[0] for pair in times["drbdadm " + name]) if name in beside else 0
    peer = f"{other:.1f} | {statistics.median(wall) / other:.0f}" if other else "– | –"
    print(f"| {name} | {statistics.median(wall):.0f} | {min(wall):.0f} | {statistics.median(cpu):.0f} | {peer} |")
PYTHON
