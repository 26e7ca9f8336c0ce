package io.bsr.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Volumes as block devices of this very system: an ext4 on them, and all that may happen to the engine below it. */
class BlockDeviceTest {
    private static final long DISK_BYTES = 64L << 20;
    private static final long STEP = 16L << 20;

    private final Path folder;
    private final Path mount;

    BlockDeviceTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        mount = Files.createDirectory(folder.resolve("mnt"));
    }

    @BeforeEach
    void needs() {
        for (String device : List.of("/dev/fuse", "/dev/loop-control")) {
            assumeTrue(Files.isWritable(Path.of(device)), device + " may not be used here");
        }
        assumeTrue("root".equals(System.getProperty("user.name")), "mounting needs root");
        Tools.need("mkfs.ext4", "fsck.ext4", "mount", "umount", "fio", "fstrim", "blockdev");
    }

    /** Two nodes in sync, alpha Primary with a device; skipped where the kernel does not allow it. */
    private Pair pair(String attach) throws IOException {
        Pair pair = new Pair(folder, DISK_BYTES);
        for (Node node : List.of(pair.alpha(), pair.beta())) {
            Path file = node.root().resolve("etc/bsr.conf");
            node.configure(Files.readString(file)
                    .replaceFirst("resource r0 \\{", "resource r0 { options { attach " + attach + "; }"));
        }
        Pair.bringUp(pair.alpha());
        Pair.bringUp(pair.beta());
        pair.alpha().await("connected", State::isConnected);
        return pair;
    }

    private Pair withDevice() throws IOException {
        Pair pair = pair("fuse");
        Node.Said promoted = pair.alpha().adm("primary", "--force", Pair.RESOURCE);
        boolean forbidden = promoted.text().contains("EPERM")
                || promoted.text().contains("EACCES")
                || promoted.text().matches("(?s).*/dev/loop\\d* cannot be set up as a loop device: errno 2\\..*");
        if (promoted.code() != 0 && forbidden) {
            pair.close();
            assumeTrue(false, promoted.text());
        }
        assertEquals(0, promoted.code(), promoted.text());
        return pair;
    }

    private static Path device(Node node) {
        return node.root().resolve("dev/bsr0");
    }

    private static boolean hasDevice(Node node) {
        return Files.exists(device(node), LinkOption.NOFOLLOW_LINKS);
    }

    private String must(String... words) throws IOException, InterruptedException {
        Node.Said said = Tools.run(folder, List.of(words));
        assertEquals(0, said.code(), String.join(" ", words) + ":\n" + said.text());
        return said.text();
    }

    private void mount(Node node) throws IOException, InterruptedException {
        must("mount", device(node).toString(), mount.toString());
    }

    private void umount() throws IOException, InterruptedException {
        must("umount", mount.toString());
    }

    private void fileSystem(Node node) throws IOException, InterruptedException {
        must("mkfs.ext4", "-q", "-F", device(node).toString());
        mount(node);
    }

    private void write(String name, int bytes) throws IOException {
        try (FileChannel file =
                FileChannel.open(mount.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[bytes]));
            file.force(true);
        }
    }

    @Test
    void a_file_system_works_and_moves_to_the_other_node_with_its_data() throws Exception {
        try (Pair pair = withDevice()) {
            Node alpha = pair.alpha();
            Node beta = pair.beta();
            fileSystem(alpha);
            must(
                    "fio",
                    "--name=verify",
                    "--directory=" + mount,
                    "--size=12M",
                    "--rw=randwrite",
                    "--bsrange=4k-256k",
                    "--iodepth=16",
                    "--ioengine=libaio",
                    "--direct=1",
                    "--verify=crc32c",
                    "--verify_fatal=1");
            must("fstrim", mount.toString());
            Path link = alpha.root().resolve("dev/bsr/by-res/r0/0");
            assertEquals(device(alpha).toRealPath(), link.toRealPath());
            assertTrue(alpha.setup("status", "--json").text().contains("\"device\": \"" + device(alpha) + "\""));

            Node.Said mounted = alpha.adm("secondary", Pair.RESOURCE);
            umount();
            assertNotEquals(0, mounted.code());
            assertTrue(mounted.text().contains("mount " + mount), mounted.text());

            Process holder = new ProcessBuilder("sleep", "60")
                    .redirectInput(device(alpha).toFile())
                    .start();
            Node.Said held = alpha.adm("secondary", Pair.RESOURCE);
            holder.destroyForcibly().waitFor();
            assertNotEquals(0, held.code());
            assertTrue(held.text().contains("process " + holder.pid() + " (sleep)"), held.text());
            assertTrue(hasDevice(alpha));

            String sum = must("sha256sum", device(alpha).toString()).substring(0, 64);
            pair.awaitInSync();
            alpha.must("secondary", Pair.RESOURCE);
            assertFalse(hasDevice(alpha));
            assertFalse(Files.exists(link, LinkOption.NOFOLLOW_LINKS));
            beta.must("primary", Pair.RESOURCE);

            assertEquals(sum, must("sha256sum", device(beta).toString()).substring(0, 64));
            must("fsck.ext4", "-f", "-n", device(beta).toString());
            mount(beta);
            assertTrue(Files.exists(mount.resolve("verify.0.0")));
            umount();
            beta.must("down", Pair.RESOURCE);
            assertFalse(hasDevice(beta));
            beta.must("up", Pair.RESOURCE);
            pair.awaitInSync();
            assertEquals(-1, pair.firstDifference());
        }
    }

    @Test
    void the_engine_dies_below_a_mounted_file_system_and_nothing_hangs() throws Exception {
        try (Pair pair = withDevice()) {
            Node alpha = pair.alpha();
            fileSystem(alpha);
            write("kept", 100_000);
            Process load = new ProcessBuilder(
                            "fio",
                            "--name=load",
                            "--directory=" + mount,
                            "--size=8M",
                            "--rw=randwrite",
                            "--bs=4k",
                            "--iodepth=16",
                            "--ioengine=libaio",
                            "--direct=1",
                            "--time_based",
                            "--runtime=60")
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("load.out").toFile())
                    .start();
            Path written = mount.resolve("load.0.0");
            alpha.until("writes", () -> written.toFile().length() == 8 << 20);

            alpha.kill();

            assertTrue(load.waitFor(30, TimeUnit.SECONDS), "the load hangs");
            assertNotEquals(0, load.exitValue());
            assertTrue(Files.readString(folder.resolve("load.out")).contains("Input/output error"));
            umount();
            assertTrue(hasDevice(alpha), "nobody was there to remove the link");

            alpha.start();
            assertFalse(hasDevice(alpha), "a link that leads to nowhere");
            alpha.must("up", Pair.RESOURCE);
            alpha.await("connected", State::isConnected);
            alpha.must("primary", Pair.RESOURCE);
            mount(alpha);
            assertEquals(100_000, Files.size(mount.resolve("kept")));
            umount();
            must("fsck.ext4", "-f", "-n", device(alpha).toString());
            pair.awaitInSync();
            assertEquals(-1, pair.firstDifference());
        }
    }

    @Test
    void what_is_cached_of_a_device_does_not_keep_a_killed_engine_alive() throws Exception {
        try (Pair pair = withDevice()) {
            must("dd", "if=/dev/urandom", "of=" + device(pair.alpha()), "bs=1M", "count=40");

            pair.alpha().kill();

            assertFalse(pair.alpha().alive());
        }
    }

    @Test
    void an_engine_that_ends_writes_out_what_is_cached_even_if_it_can_start_no_program_for_that() throws Exception {
        try (Pair pair = withDevice()) {
            Node alpha = pair.alpha();
            assertEquals(0, alpha.terminate());
            Path programs = Files.createDirectory(folder.resolve("programs"));
            Files.createSymbolicLink(programs.resolve("cat"), Path.of("/bin/cat"));
            alpha.programs(programs);
            Pair.comeBack(alpha);
            alpha.await("connected", State::isConnected);
            alpha.must("primary", Pair.RESOURCE);
            must("dd", "if=/dev/urandom", "of=data", "bs=1M", "count=8");
            must("dd", "if=data", "of=" + device(alpha), "bs=1M");

            assertEquals(0, alpha.terminate());

            assertFalse(hasDevice(alpha));
            must("cmp", "-n", Integer.toString(8 << 20), "data", alpha.disk().toString());
        }
    }

    @Test
    void a_volume_that_is_not_removed_keeps_its_device() throws Exception {
        try (Pair pair = withDevice()) {
            String before = Files.readSymbolicLink(device(pair.alpha())).toString();

            assertNotEquals(0, pair.alpha().setup("del-minor", "0").code());

            assertEquals(before, Files.readSymbolicLink(device(pair.alpha())).toString());
            assertEquals(0, pair.alpha().countLogged("is gone"));
        }
    }

    @Test
    void a_device_whose_kernel_asks_nothing_any_more_goes_and_can_be_had_again() throws Exception {
        try (Pair pair = withDevice()) {
            Node alpha = pair.alpha();
            String number = must("losetup", "--noheadings", "--output", "BACK-MAJ:MIN", kernelDevice(alpha))
                    .strip();

            must("mount", "-t", "fusectl", "control", mount.toString());
            try {
                Files.writeString(mount.resolve(number.split(":", 2)[1]).resolve("abort"), "1");
            } finally {
                umount();
            }

            alpha.until("the device to go", () -> !hasDevice(alpha));
            alpha.must("primary", Pair.RESOURCE);
            assertTrue(hasDevice(alpha));
        }
    }

    @Test
    void memory_that_begins_within_a_page_does_not_cut_a_block_of_4096_bytes() throws Exception {
        try (Pair pair = withDevice()) {
            Node alpha = pair.alpha();
            assertEquals(0, alpha.terminate());
            String file = alpha.disk().toString();
            String disk = must("losetup", "--find", "--show", "--sector-size", "4096", file)
                    .strip();
            try {
                Path configuration = alpha.root().resolve("etc/bsr.conf");
                alpha.configure(Files.readString(configuration).replace(file, disk));
                Pair.comeBack(alpha);
                alpha.await("connected", State::isConnected);
                alpha.must("primary", Pair.RESOURCE);

                must(
                        "fio",
                        "--name=unaligned",
                        "--filename=" + device(alpha),
                        "--ioengine=psync",
                        "--direct=1",
                        "--rw=write",
                        "--bs=4M",
                        "--size=32M",
                        "--iomem_align=512",
                        "--verify=crc32c");

                assertEquals(0, alpha.terminate());
            } finally {
                must("losetup", "--detach", disk);
            }
        }
    }

    private static String kernelDevice(Node node) throws IOException {
        return Files.readSymbolicLink(device(node)).toString();
    }

    @Test
    void a_device_grows_with_its_volume() throws Exception {
        try (Pair pair = withDevice()) {
            Node alpha = pair.alpha();
            pair.awaitInSync();
            long before = alpha.now().volumeBytes();
            for (Node node : List.of(alpha, pair.beta())) {
                try (RandomAccessFile file = new RandomAccessFile(node.disk().toFile(), "rw")) {
                    file.setLength(file.length() + STEP);
                }
            }

            alpha.must("resize", Pair.RESOURCE);
            alpha.await("the new size", s -> s.volumeBytes() > before);

            String size = Long.toString(alpha.now().volumeBytes());
            alpha.until(
                    "the device to have " + size + " bytes",
                    () -> Tools.code(folder, "sh", "-c", "test $(blockdev --getsize64 " + device(alpha) + ") = " + size)
                            == 0);
        }
    }

    @Test
    void the_engine_ends_below_a_mounted_file_system_and_its_requests_fail_at_once() throws Exception {
        try (Pair pair = withDevice()) {
            Node alpha = pair.alpha();
            fileSystem(alpha);
            write("before", 4096);

            assertEquals(0, alpha.terminate());

            assertFalse(hasDevice(alpha));
            assertNotEquals(
                    0, Tools.code(folder, "dd", "if=/dev/zero", "of=" + mount + "/after", "count=9", "oflag=direct"));
            umount();
            assertTrue(alpha.countLogged("is used by mount " + mount) > 0);
        }
    }

    @Test
    void beside_the_engine_of_a_host_devices_come_only_when_asked_for() throws Exception {
        try (Pair pair = pair("auto")) {
            pair.alpha().must("primary", "--force", Pair.RESOURCE);

            assertFalse(hasDevice(pair.alpha()));
            Node.Said refused = pair.alpha().setup("resource-options", Pair.RESOURCE, "--attach=ublk");
            assertNotEquals(0, refused.code());
            assertTrue(refused.text().contains("ublk"), refused.text());
        }
    }
}
