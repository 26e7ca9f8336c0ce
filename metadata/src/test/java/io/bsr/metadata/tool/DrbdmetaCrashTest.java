package io.bsr.metadata.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.DeviceFlag;
import io.bsr.metadata.FormatVersion;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataException.Code;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.PendingSuperblock;
import io.bsr.metadata.Placement;
import io.bsr.metadata.tool.FileMetadataDevice.Option;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever a crash leaves drbdmeta understands as it is understood here (I7), and old and grown metadata become what it
 * makes of them.
 */
@Timeout(120)
class DrbdmetaCrashTest {
    private static final Placement INTERNAL = new Placement.Internal();
    private static final EnumSet<Consent> EVERYTHING = EnumSet.allOf(Consent.class);

    /** Of the states of each operation one in so many is shown to drbdmeta. */
    private static final int SAMPLED = Integer.getInteger("bsr.metadata.crash.sample", 12);

    @TempDir
    private Path directory = Path.of("");

    private Path image = directory;

    @BeforeEach
    void oracle() {
        Drbdmeta.assumeInstalled();
        image = directory.resolve("disk.img");
    }

    @Test
    void drbdmeta_agrees_about_what_a_crash_leaves() throws Exception {
        GoldenImage rich = new GoldenImage("v09-int-p7-rich");
        int states = everyCrash("v09-int-p7-dirty", device -> ApplyActivityLog.apply(open(device)));
        states += everyCrash("v09-int-p2-striped-dirty", device -> ApplyActivityLog.apply(open(device)));
        states += everyCrash(
                "v09-int-p31-rich",
                device -> RestoreMetadata.restore(
                        device, INTERNAL, () -> new StringReader(rich.restoreInput()), null, EVERYTHING));
        states += everyCrash(
                "v09-int-p7-rich",
                device -> CreateMetadata.create(
                        device,
                        MetadataLayout.forDevice(INTERNAL, device.size(), 3, ActivityLogRing.DEFAULT),
                        1,
                        0,
                        EVERYTHING));
        states += everyCrash("v09-int-p31-rich", device -> {
            OpenMetadata metadata = open(device);
            MetadataEdits.invalidate(metadata.superblock());
            metadata.writeSuperblock();
        });
        states += everyCrash(
                "v08-int-rich",
                device -> ConvertMetadata.toV09(OpenMetadata.open(device, INTERNAL, FormatVersion.V08), Progress.NONE));
        assertTrue(states > 50, states + " states");
    }

    private int everyCrash(String golden, CrashTest.Operator operator) throws Exception {
        SparseDevice before = new GoldenImage(golden).device();
        SparseDevice finished = CrashTest.finished(before, operator);
        int[] count = {0, 0};
        CrashPoints.forEach(before, finished.operations, 7, (crashed, name) -> {
            if (count[0]++ % SAMPLED == 0) {
                count[1]++;
                assertAgreed(crashed, golden + " " + name);
            }
        });
        assertAgreed(finished, golden + " finished");
        return count[1];
    }

    /** Drbdmeta finds v09 metadata where they are found here, and reads the same unless a replacement is under way. */
    private void assertAgreed(SparseDevice crashed, String name)
            throws MetadataException, IOException, InterruptedException {
        Drbdmeta drbdmeta = new Drbdmeta(store(crashed), INTERNAL);
        String ours;
        try {
            StringBuilder dump = new StringBuilder("#\n\n");
            DumpWriter.write(open(crashed), true, dump);
            ours = dump.toString();
        } catch (MetadataException e) {
            assertTrue(e.code() == Code.NOT_FOUND || e.code() == Code.OLD_FORMAT, name);
            assertNotEquals(0, drbdmeta.run("dump-md").status(), name);
            return;
        }
        String theirs = drbdmeta.dump();
        ByteBuffer block = Blocks.superblock(crashed, INTERNAL, crashed.size());
        if (!PendingSuperblock.present(block, 0)) {
            assertEquals(ours, theirs, name);
        }
        boolean primary = open(crashed).superblock().has(DeviceFlag.PRIMARY_IND);
        Told told = Told.of(open(crashed));
        drbdmeta.succeed("apply-al");
        try (FileMetadataDevice device = device()) {
            Told applied = Told.of(OpenMetadata.open(device, INTERNAL));
            if (primary && !PendingSuperblock.present(block, 0)) {
                applied.assertCovers(told, name);
            }
        }
    }

    @Test
    void metadata_of_v08_are_converted_as_drbdmeta_does_it() throws Exception {
        for (long seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            Placement placement = random.nextBoolean() ? INTERNAL : new Placement.FlexibleExternal();
            sparse(image, (16 << 20) + 512L * random.nextInt(5000));
            Drbdmeta v08 = new Drbdmeta(image, placement, "v08");
            v08.succeed("create-md");
            StringBuilder identifiers = new StringBuilder("%X:%X:%X:%X"
                    .formatted(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong()));
            for (int i = 0; i < 7; i++) {
                identifiers.append(random.nextBoolean() ? ":1" : ":0");
            }
            v08.succeed("set-gi", identifiers.toString());
            v08.succeed("write-dev-uuid", "%016X".formatted(random.nextLong()));
            Path ours = Files.copy(image, directory.resolve("ours.img"));

            try (FileMetadataDevice device =
                    FileMetadataDevice.open(ours, EnumSet.of(Option.WRITE, Option.PLAIN_FILE))) {
                OpenMetadata old = OpenMetadata.open(device, placement, FormatVersion.V08);
                assertEquals(
                        v08.succeed("get-gi").strip(), GenerationIdentifiersV08.text(old.superblock()), "seed " + seed);
                assertEquals(v08.succeed("dstate").strip(), MetadataEdits.diskState(old.superblock()));
                ConvertMetadata.toV09(old, Progress.NONE);
            }
            new Drbdmeta(image, placement).succeed("create-md", "3");

            assertEquals(-1, Files.mismatch(image, ours), "seed " + seed);
            Files.delete(ours);
        }
    }

    @Test
    void logs_of_v08_are_applied_as_drbdmeta_does_it() throws Exception {
        for (String golden : List.of("v08-int-84", "v08-int-83")) {
            SparseDevice device = new GoldenImage(golden + "dirty").device();

            ApplyActivityLog.apply(OpenMetadata.open(device, INTERNAL, FormatVersion.V08));

            assertTrue(device.same(new GoldenImage(golden + "applied").device()), golden);
        }
    }

    /** Where the bitmap keeps its size, for elsewhere drbdmeta loses bits. */
    @Test
    void metadata_are_moved_as_drbdmeta_does_it() throws Exception {
        for (long seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            long size = (64 << 20) + 512L * random.nextInt(4096);
            long grown = size + 512L * (1 + random.nextInt(20_000));
            SparseDevice before = new SparseDevice(size);
            MetadataLayout layout = MetadataLayout.forDevice(INTERNAL, size, 1, ActivityLogRing.DEFAULT);
            OpenMetadata metadata = CreateMetadata.create(before, layout, random.nextLong(), 0, EVERYTHING);
            metadata.superblock().effectiveSectors = layout.usableSectors() - 20_000;
            metadata.superblock().currentUuid = random.nextLong();
            metadata.writeSuperblock();
            byte[] bits = new byte[(int) metadata.bitmap().bytes()];
            random.nextBytes(bits);
            Arrays.fill(bits, 1200, bits.length, (byte) 0);
            before.write(layout.bitmapOffset(), ByteBuffer.wrap(bits));
            SparseDevice ours = before.resized(grown);
            store(ours);
            String minor = Long.toString(900_000 + ProcessHandle.current().pid() % 50_000);
            Path folder = Path.of("/var/lib/drbd");
            Path place = folder.resolve("drbd-minor-" + minor + ".lkbd");
            assumeTrue(Files.isWritable(folder), "drbdmeta keeps what it knows in /var/lib/drbd");
            try {
                Files.writeString(place, size + "\tdisk.img\n");
                new Drbdmeta(image, INTERNAL, "v09", minor).succeed("check-resize");
            } finally {
                Files.deleteIfExists(place);
            }

            MoveMetadata.toEnd(new LastKnownPlace(size, "disk.img", OptionalLong.empty()).open(ours, false));

            try (FileMetadataDevice device = device()) {
                long first = MetadataLayout.forDevice(INTERNAL, grown, 1, ActivityLogRing.DEFAULT)
                        .firstByte();
                ByteBuffer theirs = ByteBuffer.allocate((int) (grown - first));
                device.read(first, theirs);
                assertEquals(theirs.flip(), ByteBuffer.wrap(ours.bytes(first, theirs.capacity())), "seed " + seed);
            }
        }
    }

    private Path store(SparseDevice device) throws MetadataException, IOException {
        sparse(image, device.size());
        try (FileMetadataDevice file = device()) {
            device.writeTo(file);
        }
        return image;
    }

    private FileMetadataDevice device() throws MetadataException {
        return FileMetadataDevice.open(image, EnumSet.of(Option.WRITE, Option.PLAIN_FILE));
    }

    private static OpenMetadata open(MetadataDevice device) throws MetadataException {
        return OpenMetadata.open(device, INTERNAL);
    }

    private static void sparse(Path file, long size) throws IOException {
        Files.deleteIfExists(file);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            channel.write(ByteBuffer.allocate(1), size - 1);
        }
    }
}
