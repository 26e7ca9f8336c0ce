package io.bsr.core.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bsr.core.disk.CrashStates.State;
import io.bsr.core.disk.DiskInUse.Shape;
import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.MetadataException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's drbdmeta reads a sample of what power failures leave as it is (I7). */
class DrbdmetaReadsCrashStatesTest {
    private static final Path DRBDMETA = Path.of("/usr/sbin/drbdmeta");
    private static final int SAMPLED = 40;
    private static final int SUPERBLOCK_BYTES = 4096;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void drbdmeta_finds_the_same_identifiers_flags_and_sizes() throws MetadataException {
        assumeTrue(Files.isExecutable(DRBDMETA), "drbdmeta (package drbd-utils) is not installed");
        DiskInUse used = new DiskInUse(new Shape(true, 2, new ActivityLogRing(1, 8), 67, 80), 1000, 5);
        used.attach();
        used.promote();
        used.settle();
        for (int i = 0; i < 10; i++) {
            used.write();
            used.turns(3);
        }
        used.losePeer(1);
        used.writeToExtent(7);
        used.resync(1, 10);
        used.quiet();
        used.demote();
        used.detach();
        int[] count = {0, 0};

        CrashStates.forEach(used.recording, 3, (state, name) -> {
            used.truth.state(state, name);
            if (count[0]++ % SAMPLED == 0) {
                count[1]++;
                assertAgreed(used, state, name);
            }
        });

        assertTrue(count[1] > 10, count[1] + " states");
    }

    private void assertAgreed(DiskInUse used, State state, String name) {
        long at = used.meta.size() - SUPERBLOCK_BYTES;
        FoundMetadata found =
                Objects.requireNonNull(FoundMetadata.read(number -> state.sector(used.meta, number), at), name);
        String dump = dump(used, state);
        assertTrue(dump.contains("la-size-sect " + found.fields.effectiveSectors() + ";"), name + dump);
        if (!found.replacing()) {
            String uuid = "current-uuid 0x%016X;".formatted(found.fields.currentUuid());
            assertTrue(dump.contains(uuid), () -> name + ": " + uuid + "\n" + dump);
        }
    }

    private String dump(DiskInUse used, State state) {
        Path image = folder.resolve("disk.img");
        Path text = folder.resolve("dump.txt");
        try {
            Files.deleteIfExists(image);
            try (FileChannel channel = FileChannel.open(
                    image, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
                channel.write(ByteBuffer.allocate(512), used.meta.size() - 512);
                for (long number = used.meta.size() / 512 - 400; number < used.meta.size() / 512; number++) {
                    channel.write(ByteBuffer.wrap(state.sector(used.meta, number).bytes), number * 512);
                }
            }
            Process process = new ProcessBuilder(
                            DRBDMETA.toString(), "--force", "-", "v09", image.toString(), "internal", "dump-md")
                    .redirectOutput(text.toFile())
                    .redirectErrorStream(true)
                    .start();
            assertTrue(process.waitFor(20, TimeUnit.SECONDS), "drbdmeta did not end");
            String said = Files.readString(text);
            assertEquals(0, process.exitValue(), said);
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
