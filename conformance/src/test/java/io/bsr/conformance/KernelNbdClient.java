package io.bsr.conformance;

import java.io.IOException;

/**
 * The kernel's NBD client in the virtual machine uses a volume of our node: a file system of it outlives the engine. The client
 * cannot take up a connection again, so what it had in flight when the engine was killed fails, and it attaches anew.
 */
final class KernelNbdClient {
    private static final String FIO = "fio --name=v --directory=/mnt --size=4M --rw=randwrite --bs=4k --direct=1"
            + " --ioengine=libaio --iodepth=16 --verify=crc32c --do_verify=1 --fsync=64 --output=/dev/null";

    private final LivePair pair;
    private final KernelNode machine;

    /** A file system that is small enough for the volume, and how it is checked. */
    private enum FileSystem {
        EXT4("mkfs.ext4 -q -F /dev/nbd0", "-o discard", "e2fsck -fn /dev/nbd0"),
        // Newer tools make one below 300 MB only for tests; it has one allocation group, which the check has to be
        // told.
        XFS(
                "mkfs.xfs -q -f /dev/nbd0 2>/dev/null || mkfs.xfs --unsupported -q -f /dev/nbd0",
                "-o discard",
                "xfs_repair -n -o force_geometry /dev/nbd0");

        private final String make;
        private final String options;
        private final String check;

        FileSystem(String make, String options, String check) {
            this.make = make;
            this.options = options;
            this.check = check;
        }

        String mount() {
            return "mount -t " + name().toLowerCase(java.util.Locale.ROOT) + " " + options + " /dev/nbd0 /mnt\n";
        }
    }

    KernelNbdClient(LivePair pair) {
        this.pair = pair;
        machine = pair.kernel();
    }

    /** With our node as Primary and in sync; both disks are equal at the end. */
    void run() throws Exception {
        machine.must("modprobe nbd max_part=0; modprobe ext4; modprobe xfs");
        for (FileSystem kind : FileSystem.values()) {
            attach();
            script(kind.make + "\n" + kind.mount() + FIO + "\nrm /mnt/v.*");
            script("dd if=/dev/urandom of=/mnt/kept bs=1M count=2 2>/dev/null; sync; sha256sum /mnt/kept >/tmp/kept");
            killUnderLoad();
            attach();
            script(kind.mount() + "sha256sum -c /tmp/kept\nrm -f /mnt/v.*\n" + FIO + "\nrm /mnt/v.*\numount /mnt\n"
                    + kind.check);
            detach();
            restart();
            attach();
            script(kind.check + "\n" + kind.mount() + "sha256sum -c /tmp/kept\numount /mnt\n"
                    + "! dmesg | grep -iE 'I/O error|EXT4-fs error|XFS.*error'");
            detach();
            pair.assertEqual();
        }
    }

    private void script(String commands) throws IOException {
        machine.must("set -e\n" + commands);
    }

    private void attach() throws IOException {
        machine.must("nbd-client 10.0.2.2 " + pair.nbdPort() + " /dev/nbd0 -N r0/0 -b 4096 >/dev/null");
    }

    private void detach() throws IOException {
        disconnect();
        awaitDetached();
    }

    private void disconnect() throws IOException {
        machine.must("nbd-client -d /dev/nbd0 >/dev/null");
    }

    /** A device that is in use keeps its number until it is left. */
    private void awaitDetached() throws IOException {
        machine.must("while [ -e /sys/block/nbd0/pid ]; do sleep 0.1; done");
    }

    private void killUnderLoad() throws Exception {
        machine.must(
                "setsid " + FIO + " --time_based --runtime=600 </dev/null >/dev/null 2>&1 & echo $! >/tmp/fio.pid\n"
                        + "a=$(cat /sys/block/nbd0/stat); for i in $(seq 100); do sleep 0.1;"
                        + " [ \"$a\" = \"$(cat /sys/block/nbd0/stat)\" ] || break; done");
        pair.node().kill();
        // First, as the client may keep what it took up just when the connection ended, until it is told to give up.
        disconnect();
        machine.must("while kill -0 $(cat /tmp/fio.pid) 2>/dev/null; do sleep 0.2; done\numount /mnt");
        awaitDetached();
        machine.must("dmesg -c >/dev/null");
        comeBack();
    }

    /** The engine ends as an administrator ends it, and comes back. */
    private void restart() throws Exception {
        pair.node().terminate();
        comeBack();
    }

    private void comeBack() throws Exception {
        pair.startOurs();
        pair.assertEqual();
        pair.promote(true);
    }
}
