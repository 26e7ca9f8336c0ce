package io.bsr.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicationTest {
    private final Path folder;

    ReplicationTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static String uri(Node node) {
        return "nbd+unix:///" + Pair.EXPORT + "?socket=" + node.files().nbdSocket();
    }

    @Test
    void a_volume_that_fio_wrote_and_verified_is_equal_on_both_disks() throws Exception {
        Tools.need("fio");
        try (Pair pair = new Pair(folder)) {
            pair.bringUpInSync();

            Node.Said fio = Tools.run(
                    folder,
                    List.of(
                            "fio",
                            "--name=verify",
                            "--ioengine=nbd",
                            "--uri=" + uri(pair.alpha()),
                            "--rw=randwrite",
                            "--bs=4k",
                            "--iodepth=16",
                            "--size=16M",
                            "--verify=crc32c",
                            "--do_verify=1",
                            "--verify_fatal=1"));

            assumeTrue(!fio.text().contains("engine nbd not loadable"), "fio has no engine nbd");
            assertEquals(0, fio.code(), fio.text());
            pair.awaitInSync();
            assertEquals(-1, pair.firstDifference());
        }
    }

    @Test
    void ext4_that_was_written_on_one_node_is_clean_and_complete_on_the_node_that_took_over() throws Exception {
        Tools.need("nbdfuse", "fusermount3", "losetup", "mkfs.ext4", "fsck.ext4", "mount");
        assumeTrue("root".equals(System.getProperty("user.name")), "mounting needs root");
        assumeTrue(Files.exists(Path.of("/dev/fuse")), "there is no /dev/fuse");
        assumeTrue(Files.exists(Path.of("/dev/loop-control")), "there is no /dev/loop-control");
        byte[] text = "written on alpha\n".repeat(5000).getBytes(StandardCharsets.UTF_8);
        try (Pair pair = new Pair(folder)) {
            pair.bringUpInSync();
            Path mount = Files.createDirectory(folder.resolve("mnt"));

            try (LoopDevice device = LoopDevice.of(pair.alpha(), folder)) {
                device.must("mkfs.ext4", "-q", "-F", device.path());
                device.must("mount", device.path(), mount.toString());
                try {
                    Files.write(mount.resolve("file"), text);
                } finally {
                    device.must("umount", mount.toString());
                }
            }
            awaitNoClients(pair.alpha());
            pair.alpha().must("secondary", Pair.RESOURCE);
            pair.beta().must("primary", Pair.RESOURCE);

            try (LoopDevice device = LoopDevice.of(pair.beta(), folder)) {
                device.must("fsck.ext4", "-f", "-n", device.path());
                device.must("mount", "-o", "ro,noload", device.path(), mount.toString());
                try {
                    assertTrue(Arrays.equals(text, Files.readAllBytes(mount.resolve("file"))));
                } finally {
                    device.must("umount", mount.toString());
                }
            }
        }
    }

    private static void awaitNoClients(Node node) {
        node.await("no clients", s -> s.volume().users().isEmpty());
    }

    @Test
    void drbdmeta_reads_our_disks_after_down() throws Exception {
        Tools.need("drbdmeta");
        try (Pair pair = new Pair(folder)) {
            pair.bringUpInSync();
            String generation = pair.alpha().now().volume().generation().current();
            pair.alpha().must("down", Pair.RESOURCE);
            pair.beta().must("down", Pair.RESOURCE);

            for (Node node : List.of(pair.alpha(), pair.beta())) {
                Node.Said said = Tools.run(
                        folder,
                        List.of("drbdmeta", "--force", "0", "v09", node.disk().toString(), "internal", "dump-md"));

                assertEquals(0, said.code(), said.text());
                int flags = Metadata.flags(said.text());
                assertEquals(0, flags & Metadata.PRIMARY, said.text());
                assertEquals(
                        Metadata.CONSISTENT | Metadata.WAS_UP_TO_DATE,
                        flags & (Metadata.CONSISTENT | Metadata.WAS_UP_TO_DATE),
                        said.text());
                // The lowest bit of a generation is no part of its identity.
                assertTrue(
                        said.text().contains("current-uuid 0x" + generation.substring(0, 15)),
                        () -> generation + " is not the generation of\n" + said.text());
            }
        }
    }

    /** A volume as a block device of the system: NBD, mounted as a file, behind a loop device. */
    private record LoopDevice(Path folder, Path file, Process nbdfuse, String path) implements AutoCloseable {
        static LoopDevice of(Node node, Path folder) throws IOException, InterruptedException {
            Path file = Files.createFile(folder.resolve("volume-" + node.name()));
            Process nbdfuse = new ProcessBuilder("nbdfuse", file.toString(), uri(node))
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("nbdfuse.out").toFile())
                    .start();
            node.until("nbdfuse", () -> !nbdfuse.isAlive() || file.toFile().length() > 0);
            Node.Said loop = Tools.run(folder, List.of("losetup", "--find", "--show", file.toString()));
            if (loop.code() != 0) {
                end(folder, file, nbdfuse);
                assumeTrue(false, "no loop device behind nbdfuse: " + loop.text());
            }
            return new LoopDevice(folder, file, nbdfuse, loop.text().strip());
        }

        void must(String... words) throws IOException, InterruptedException {
            Node.Said said = Tools.run(folder, List.of(words));
            assertEquals(0, said.code(), () -> String.join(" ", words) + ":\n" + said.text());
        }

        private static void end(Path folder, Path file, Process nbdfuse) throws IOException, InterruptedException {
            Tools.run(folder, List.of("fusermount3", "-u", file.toString()));
            if (!nbdfuse.waitFor(20, TimeUnit.SECONDS)) {
                nbdfuse.destroyForcibly();
            }
        }

        @Override
        public void close() throws IOException {
            try {
                must("losetup", "--detach", path);
                end(folder, file, nbdfuse);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }
}
