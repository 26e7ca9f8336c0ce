package io.bsr.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicationTest {
    private final Path folder;

    ReplicationTest(@TempDir Path folder) {
        this.folder = folder;
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
                            "--uri=" + pair.alpha().volumeUri(),
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
        LoopDevice.need();
        Tools.need("mkfs.ext4", "fsck.ext4", "mount");
        byte[] text = "written on alpha\n".repeat(5000).getBytes(StandardCharsets.UTF_8);
        try (Pair pair = new Pair(folder)) {
            pair.bringUpInSync();
            Path mount = Files.createDirectory(folder.resolve("mnt"));

            try (LoopDevice device = LoopDevice.of(pair.alpha(), folder, 0)) {
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

            try (LoopDevice device = LoopDevice.of(pair.beta(), folder, 0)) {
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
}
