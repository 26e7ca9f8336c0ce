package io.bsr.frontend.nbd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.frontend.nbd.ServerOnLoop.Outcome;
import io.bsr.loop.LoopKind;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The clients that people use, against a server with real sockets on each kind of event loop. */
@Timeout(120)
final class RealClientsTest {
    private static final int MIB = 1 << 20;
    private static final int SIZE = 64 * MIB;

    @ParameterizedTest
    @EnumSource(names = {"PORTABLE", "URING"})
    void nbdinfo_shows_the_export(LoopKind kind) throws Exception {
        try (ServerOnLoop here = new ServerOnLoop(kind, SIZE, 512)) {
            for (String uri : new String[] {here.unixUri(), here.tcpUri()}) {
                Outcome info = here.run("nbdinfo", uri);

                info.assertSuccess();
                for (String line : new String[] {
                    "export-size: 67108864",
                    "description: resource r0, volume 0",
                    "base:allocation",
                    "can_flush: true",
                    "can_fua: true",
                    "can_trim: true",
                    "can_zero: true",
                    "can_multi_conn: true",
                    "can_df: true",
                    "is_read_only: false",
                    "block_size_minimum: 512",
                    "block_size_preferred: 4096",
                    "block_size_maximum: 33554432"
                }) {
                    assertTrue(info.text().contains(line), line + " is missing in " + info.text());
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PORTABLE", "URING"})
    void nbdinfo_lists_exports_and_maps_holes(LoopKind kind) throws Exception {
        try (ServerOnLoop here = new ServerOnLoop(kind, SIZE, 4096)) {
            here.onLoop(() -> {
                here.volume.fill(MIB, new byte[MIB]);
                return true;
            });

            Outcome list = here.run("nbdinfo", "--list", "nbd+unix:///?socket=" + here.socket);
            Outcome map = here.run("nbdinfo", "--map", "--json", here.unixUri());

            list.assertSuccess();
            map.assertSuccess();
            assertTrue(list.text().contains("export=\"r0/0\""), list.text());
            String joined = map.text().replaceAll("\\s", "");
            assertTrue(joined.contains("{\"offset\":0,\"length\":1048576,\"type\":3"), map.text());
            assertTrue(joined.contains("{\"offset\":1048576,\"length\":1048576,\"type\":0"), map.text());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PORTABLE", "URING"})
    void a_secondary_tells_the_user_why_it_refuses(LoopKind kind) throws Exception {
        try (ServerOnLoop here = new ServerOnLoop(kind, SIZE, 512)) {
            here.volume.refusal = "r0/0 is Secondary here; use node bravo";

            Outcome refused = here.run("qemu-img", "info", here.unixUri());
            Outcome unknown = here.run("qemu-img", "info", here.unixUri().replace("r0", "r7"));
            Outcome refusedToLibnbd = here.run("nbdinfo", here.unixUri());

            assertNotEquals(0, refused.exit());
            assertTrue(refused.text().contains("r0/0 is Secondary here; use node bravo"), refused.text());
            assertNotEquals(0, unknown.exit());
            assertTrue(unknown.text().contains("no export has the name"), unknown.text());
            assertNotEquals(0, refusedToLibnbd.exit());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PORTABLE", "URING"})
    void nbdcopy_copies_in_and_out_over_several_connections(LoopKind kind) throws Exception {
        try (ServerOnLoop here = new ServerOnLoop(kind, SIZE, 512)) {
            byte[] image = sparseImage();
            Files.write(here.directory.resolve("in"), image);

            here.run("nbdcopy", "--connections=4", "--flush", "in", here.unixUri())
                    .assertSuccess();
            here.run("nbdcopy", "--connections=4", here.tcpUri(), "out").assertSuccess();
            here.run("nbdcopy", "--synchronous", "--request-size=33554432", here.unixUri(), "large")
                    .assertSuccess();

            assertArrayEquals(image, Files.readAllBytes(here.directory.resolve("out")));
            assertArrayEquals(image, Files.readAllBytes(here.directory.resolve("large")));
            assertArrayEquals(image, here.onLoop(() -> here.volume.content(0, SIZE)));
            assertTrue(here.onLoop(() -> here.volume.flushes) > 0);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PORTABLE", "URING"})
    void qemu_img_converts_and_compares(LoopKind kind) throws Exception {
        try (ServerOnLoop here = new ServerOnLoop(kind, SIZE, 4096)) {
            byte[] image = sparseImage();
            Files.write(here.directory.resolve("in"), image);

            here.run("qemu-img", "convert", "-n", "-f", "raw", "-O", "raw", "in", here.unixUri())
                    .assertSuccess();
            here.run("qemu-img", "compare", "-f", "raw", "-F", "raw", "in", here.tcpUri())
                    .assertSuccess();
            here.run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", here.unixUri(), "out.qcow2")
                    .assertSuccess();
            here.run("qemu-img", "compare", "in", "out.qcow2").assertSuccess();

            assertArrayEquals(image, here.onLoop(() -> here.volume.content(0, SIZE)));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PORTABLE", "URING"})
    void qemu_io_reads_writes_discards_zeroes_and_flushes(LoopKind kind) throws Exception {
        try (ServerOnLoop here = new ServerOnLoop(kind, SIZE, 512)) {
            Outcome outcome = here.run(
                    "qemu-io",
                    "-f",
                    "raw",
                    "-d",
                    "unmap",
                    "-c",
                    "write -P 0x5a 0 31M",
                    "-c",
                    "read -P 0x5a 0 31M",
                    "-c",
                    "write -f -P 0x11 1M 4k",
                    "-c",
                    "write -z 2M 3M",
                    "-c",
                    "write -z -u 6M 1M",
                    "-c",
                    "read -P 0 2M 3M",
                    "-c",
                    "discard 8M 4M",
                    "-c",
                    "flush",
                    "-c",
                    "read -P 0x11 1M 4k",
                    "-c",
                    "read -P 0x5a 30M 1M",
                    "-c",
                    "aio_write -P 1 40M 64k",
                    "-c",
                    "aio_write -P 2 41M 64k",
                    "-c",
                    "aio_flush",
                    "-c",
                    "read -P 2 41M 64k",
                    "-c",
                    "map",
                    here.unixUri());

            outcome.assertSuccess();
            assertTrue(
                    !outcome.text().contains("verification failed")
                            && !outcome.text().contains("error"),
                    outcome.text());
            assertTrue(here.onLoop(
                    () -> here.volume.forced >= 1 && here.volume.flushes >= 1 && here.volume.keptHoles >= 1));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PORTABLE", "URING"})
    void errors_of_the_volume_reach_qemu(LoopKind kind) throws Exception {
        try (ServerOnLoop here = new ServerOnLoop(kind, SIZE, 512)) {
            here.volume.failure = request -> request.offset == MIB ? io.bsr.base.port.Errno.EIO : 0;

            Outcome failed = here.run("qemu-io", "-f", "raw", "-c", "write 1M 4k", here.unixUri());
            Outcome other = here.run("qemu-io", "-f", "raw", "-c", "write 2M 4k", here.unixUri());

            assertTrue(failed.text().contains("Input/output error"), failed.text());
            other.assertSuccess();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PORTABLE", "URING"})
    void fio_verifies_what_it_wrote(LoopKind kind) throws Exception {
        try (ServerOnLoop here = new ServerOnLoop(kind, SIZE, 512)) {
            Outcome outcome = here.run(
                    "fio",
                    "--name=v",
                    "--ioengine=nbd",
                    "--uri=" + here.unixUri(),
                    "--rw=randwrite",
                    "--bsrange=512-256k",
                    "--blockalign=512",
                    "--size=64M",
                    "--iodepth=32",
                    "--verify=crc32c",
                    "--do_verify=1",
                    "--verify_fatal=1",
                    "--fsync=100");

            outcome.assertSuccess();
            assertTrue(outcome.text().contains("err= 0"), outcome.text());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PORTABLE", "URING"})
    void nbdfuse_mounts_the_volume_as_a_file(LoopKind kind) throws Exception {
        Assumptions.assumeTrue(Files.isWritable(Path.of("/dev/fuse")), "/dev/fuse cannot be used");
        try (ServerOnLoop here = new ServerOnLoop(kind, SIZE, 512)) {
            Assumptions.assumeTrue(here.run("nbdfuse", "--version").exit() == 0, "nbdfuse does not run");
            Path file = here.directory.resolve("volume");
            Files.createFile(file);
            Process mount = new ProcessBuilder("nbdfuse", file.toString(), here.unixUri())
                    .redirectErrorStream(true)
                    .redirectOutput(here.directory.resolve("nbdfuse").toFile())
                    .start();
            byte[] data = new byte[3 * MIB];
            new Random(1).nextBytes(data);
            byte[] back = new byte[data.length];
            try {
                for (int i = 0; i < 500 && Files.size(file) != SIZE; i++) {
                    if (mount.waitFor(20, java.util.concurrent.TimeUnit.MILLISECONDS)) {
                        break;
                    }
                }
                Assumptions.assumeTrue(
                        mount.isAlive() && Files.size(file) == SIZE, "FUSE file systems cannot be mounted");
                try (RandomAccessFile mounted = new RandomAccessFile(file.toFile(), "rw")) {
                    mounted.seek(4 * MIB);
                    mounted.write(data);
                    mounted.getFD().sync();
                    mounted.seek(4 * MIB);
                    mounted.readFully(back);
                }
            } finally {
                mount.destroy();
                mount.waitFor();
            }

            assertArrayEquals(data, back);
            assertArrayEquals(data, here.onLoop(() -> here.volume.content(4 * MIB, data.length)));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PORTABLE", "URING"})
    void a_client_that_is_killed_leaves_nothing_behind(LoopKind kind) throws Exception {
        try (ServerOnLoop here = new ServerOnLoop(kind, SIZE, 512)) {
            Assumptions.assumeTrue(here.run("fio", "--version").exit() == 0, "fio is not installed");
            for (int i = 0; i < 3; i++) {
                Process client = new ProcessBuilder(
                                "fio",
                                "--name=k",
                                "--ioengine=nbd",
                                "--uri=" + here.tcpUri(),
                                "--rw=randrw",
                                "--bs=64k",
                                "--size=64M",
                                "--iodepth=64",
                                "--time_based",
                                "--runtime=30",
                                "--thread")
                        .redirectErrorStream(true)
                        .redirectOutput(here.directory.resolve("killed").toFile())
                        .start();
                for (int turn = 0; turn < 2000 && here.onLoop(() -> here.volume.submitted) < 500L * (i + 1); turn++) {
                    client.waitFor(10, java.util.concurrent.TimeUnit.MILLISECONDS);
                }
                client.destroyForcibly().waitFor();
            }

            int left = 1;
            for (int turn = 0; turn < 10_000 && left > 0; turn++) {
                left = here.onLoop(here.server::connections);
            }
            assertEquals(0, left);
            assertTrue(here.onLoop(() -> here.volume.submitted) >= 1500);
        }
    }

    private static byte[] sparseImage() {
        byte[] image = new byte[SIZE];
        Random random = new Random(7);
        for (int i = 0; i < 40; i++) {
            byte[] part = new byte[random.nextInt(MIB)];
            random.nextBytes(part);
            System.arraycopy(part, 0, image, random.nextInt(SIZE - part.length), part.length);
        }
        return image;
    }
}
