package io.bsr.metadata.tool;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.DeviceFlag;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.PeerFlag;
import io.bsr.metadata.Placement;
import io.bsr.metadata.Superblock;
import io.bsr.metadata.tool.FileMetadataDevice.Option;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Both directions against Debian's drbdmeta 9.22, on plain sparse files: internal, flexible, indexed; 1 to 31 peers; striped
 * logs. Equal bytes, except that an indexed slot of DRBD is 128 MiB large and not 256, so that it lies elsewhere and says
 * so in its size field.
 */
@Timeout(120)
class DrbdmetaOracleTest {
    private static final int IMAGES = Integer.getInteger("bsr.metadata.images", 75);
    private static final EnumSet<Consent> NOTHING = EnumSet.noneOf(Consent.class);
    private static final long DRBD_SLOT_BYTES = 128L << 20;
    private static final int INDEXED_BYTES = 2 << 20;
    private static final int AT_MD_SIZE = 64;

    private Path directory;
    private Path ours;
    private Path theirs;

    /** In memory if possible: both sides flush a lot, and what a disk makes of it is not tested here. */
    @BeforeEach
    void oracle(@TempDir Path temporary) throws IOException {
        Drbdmeta.assumeInstalled();
        Path memory = Path.of("/dev/shm");
        directory = Files.isWritable(memory) ? Files.createTempDirectory(memory, "bsr-metadata") : temporary;
        ours = directory.resolve("ours.img");
        theirs = directory.resolve("theirs.img");
    }

    @AfterEach
    void clean() throws IOException {
        for (String name : List.of("ours.img", "theirs.img", "dump.txt", "stdout", "stderr")) {
            Files.deleteIfExists(directory.resolve(name));
        }
        if (directory.startsWith("/dev/shm")) {
            Files.delete(directory);
        }
    }

    @Test
    void metadata_created_here_and_by_drbdmeta_are_equal_bytes() throws Exception {
        for (long seed = 0; seed < IMAGES; seed++) {
            RandomMetadata made = new RandomMetadata(seed);
            sparse(ours, made.deviceBytes);
            sparse(theirs, made.deviceBytes);

            createHere(ours, made);
            createThere(theirs, made);

            assertSame(made, seed);
        }
    }

    @Test
    void drbdmeta_reads_what_is_written_here() throws Exception {
        for (long seed = 100; seed < 100 + IMAGES; seed++) {
            RandomMetadata made = new RandomMetadata(seed);
            sparse(ours, made.deviceBytes);
            createHere(ours, made);
            String dump = fill(made);
            Drbdmeta drbdmeta = new Drbdmeta(ours, made.placement);

            if (made.placement instanceof Placement.Indexed) {
                copy(made);
                drbdmeta = new Drbdmeta(theirs, made.placement);
            }
            assertEquals(placeless(dump, made), placeless(drbdmeta.dump(), made), "seed " + seed);
            try (FileMetadataDevice device = open(ours)) {
                Superblock superblock =
                        OpenMetadata.open(device, made.placement).superblock();
                int node = made.random.nextInt(31);
                assertEquals(
                        firstFields(GenerationIdentifiers.text(superblock, node), 10),
                        firstFields(drbdmeta.succeed("get-gi", "--node-id", "" + node), 10));
                assertEquals(
                        "%016X".formatted(superblock.deviceUuid),
                        drbdmeta.succeed("read-dev-uuid").strip());
                assertEquals(
                        MetadataEdits.diskState(superblock),
                        drbdmeta.succeed("dstate").strip());
            }
        }
    }

    @Test
    void a_dump_made_here_is_restored_by_drbdmeta_to_the_same_image() throws Exception {
        for (long seed = 200; seed < 200 + IMAGES; seed++) {
            RandomMetadata made = new RandomMetadata(seed);
            sparse(ours, made.deviceBytes);
            sparse(theirs, made.deviceBytes);
            createHere(ours, made);
            createThere(theirs, made);
            Path dump = directory.resolve("dump.txt");
            Files.writeString(dump, "# made here\n" + fill(made));
            Drbdmeta drbdmeta = new Drbdmeta(theirs, made.placement);

            drbdmeta.succeed("verify-dump", dump.toString());
            drbdmeta.succeed("restore-md", dump.toString());

            // The last slot of an empty bitmap tells drbdmeta how many words to write: none, if the text has none.
            assertSame(made, seed);
        }
    }

    @Test
    void a_dump_of_drbdmeta_is_restored_here_to_the_same_image() throws Exception {
        for (long seed = 300; seed < 300 + IMAGES; seed++) {
            RandomMetadata made = new RandomMetadata(seed);
            sparse(ours, made.deviceBytes);
            createHere(ours, made);
            fill(made);
            copy(made);
            Path dump = directory.resolve("dump.txt");
            Files.writeString(dump, new Drbdmeta(theirs, made.placement).succeed("dump-md"));
            sparse(ours, made.deviceBytes);

            try (FileMetadataDevice device = open(ours)) {
                RestoreMetadata.restore(device, made.placement, () -> Files.newBufferedReader(dump), null, NOTHING);
            }

            assertSame(made, seed);
        }
    }

    @Test
    void the_activity_log_is_applied_as_drbdmeta_does_it() throws Exception {
        for (long seed = 400; seed < 400 + IMAGES; seed++) {
            RandomMetadata made = new RandomMetadata(seed);
            sparse(ours, made.deviceBytes);
            createHere(ours, made);
            fill(made);
            try (FileMetadataDevice device = open(ours)) {
                OpenMetadata metadata = OpenMetadata.open(device, made.placement);
                metadata.superblock().set(DeviceFlag.AL_CLEAN, false);
                metadata.superblock().set(DeviceFlag.PRIMARY_IND, made.random.nextInt(4) != 0);
                metadata.writeSuperblock();
                made.dirtyLog(metadata);
            }
            copy(made);

            Drbdmeta.Run run = new Drbdmeta(theirs, made.placement).run("apply-al");
            try (FileMetadataDevice device = open(ours)) {
                ApplyActivityLog.Report report = ApplyActivityLog.apply(OpenMetadata.open(device, made.placement));
                for (String message : report.messages()) {
                    if (message.startsWith("Marked") || message.contains("corrupt")) {
                        assertTrue(run.errors().contains(message), message + " / " + run.errors() + " seed " + seed);
                    }
                }
                assertEquals(report.markedBits() > 0, run.errors().contains("Marked additional"), "seed " + seed);
            }

            assertEquals(0, run.status(), run.errors());
            assertSame(made, seed);
        }
    }

    @Test
    void what_drbdmeta_creates_and_sets_is_read_here() throws Exception {
        for (long seed = 500; seed < 500 + IMAGES; seed++) {
            RandomMetadata made = new RandomMetadata(seed);
            sparse(theirs, made.deviceBytes);
            createThere(theirs, made);
            Drbdmeta drbdmeta = new Drbdmeta(theirs, made.placement);
            long current = made.random.nextLong();
            long bitmap = made.random.nextLong();
            long uuid = made.random.nextLong();
            int node = made.random.nextInt(31);
            String flags = "1:1:0:0:1:0:0:1:1:0:0:1";
            drbdmeta.succeed("set-gi", "--node-id", "" + node, "%016X:%016X:::%s".formatted(current, bitmap, flags));
            drbdmeta.succeed("write-dev-uuid", "%016X".formatted(uuid));

            bring(made);
            try (FileMetadataDevice device = open(theirs)) {
                OpenMetadata open = OpenMetadata.open(device, made.placement);
                Superblock superblock = open.superblock();
                assertEquals(made.layout(), open.layout(), "seed " + seed);
                assertEquals(current, superblock.currentUuid);
                assertEquals(bitmap, superblock.peer(node).bitmapUuid);
                assertEquals(
                        PeerFlag.CONNECTED | PeerFlag.OUTDATED | PeerFlag.DEVICE_SEEN, superblock.peer(node).flags);
                assertEquals(0x91, superblock.flags);
                assertEquals(uuid, superblock.deviceUuid);
                assertEquals(made.ring, superblock.ring());
                assertEquals(Superblock.NO_NODE, superblock.nodeId);
            }
            drbdmeta.succeed(made.random.nextBoolean() ? "outdate" : "invalidate");
            String state = drbdmeta.succeed("dstate").strip();
            bring(made);
            try (FileMetadataDevice device = open(theirs)) {
                Superblock superblock =
                        OpenMetadata.open(device, made.placement).superblock();
                assertEquals(state, MetadataEdits.diskState(superblock));
                assertEquals(
                        state.equals("Inconsistent"), superblock.peer(31 - node).has(PeerFlag.FULL_SYNC));
            }
        }
    }

    @Test
    void edits_made_here_and_by_drbdmeta_are_equal_bytes() throws Exception {
        for (long seed = 600; seed < 600 + IMAGES; seed++) {
            RandomMetadata made = new RandomMetadata(seed);
            sparse(ours, made.deviceBytes);
            createHere(ours, made);
            fill(made);
            copy(made);
            Drbdmeta drbdmeta = new Drbdmeta(theirs, made.placement);
            // drbdmeta has a column of its own behind the sixth flag, so only the first ten fields are set.
            String identifiers = "%X::%x::1:1:0:1:1:1".formatted(made.random.nextLong(), made.random.nextLong());

            drbdmeta.succeed("set-gi", "--node-id", "3", identifiers);
            drbdmeta.succeed("outdate");
            drbdmeta.succeed("invalidate");
            try (FileMetadataDevice device = open(ours)) {
                OpenMetadata metadata = OpenMetadata.open(device, made.placement);
                GenerationIdentifiers.set(metadata.superblock(), 3, identifiers);
                MetadataEdits.outdate(metadata.superblock());
                MetadataEdits.invalidate(metadata.superblock());
                metadata.writeSuperblock();
            }
            assertSame(made, seed);

            drbdmeta.succeed("wipe-md");
            try (FileMetadataDevice device = open(ours)) {
                WipeMetadata.wipe(OpenMetadata.open(device, made.placement));
            }
            assertSame(made, seed);
        }
    }

    @Test
    void damaged_superblocks_are_accepted_and_refused_as_by_drbdmeta() throws Exception {
        int[][] patches = {
            {60, 0x8374026B},
            {60, 0},
            {64, 512 + 8},
            {68, -64},
            {76, -100},
            {88, 0},
            {88, 33},
            {92, 32},
            {92, 33},
            {92, 34},
            {132, 33},
            {132, 31},
            {292, 77},
            {80, 8192},
        };
        for (int[] patch : patches) {
            damaged(patch[0], patch[1]);
        }
        damaged(96, 2, 40);
        damaged(96, 0, 0);
        damaged(96, 80, 1);
    }

    @Test
    void runs_in_a_bitmap_beyond_32_MiB_are_printed_as_by_drbdmeta() throws Exception {
        // A run of ones over the border of the first piece, in which the tools look for runs; lengths before and after.
        int[][] runs = {{8, 8}, {8, 40}, {40, 8}, {40, 12}, {16, 16}, {12, 44}, {44, 4}, {20, 9}};
        for (int i = 0; i < runs.length; i++) {
            Random random = new Random(i);
            int peers = 1 + i % 3;
            Placement placement = new Placement.FlexibleExternal();
            sparse(ours, 36 << 20);
            long border = (32L << 20) / (4096L * peers) * 4096 * peers;
            StringBuilder dump = new StringBuilder("#\n\n");
            try (FileMetadataDevice device = open(ours)) {
                MetadataLayout layout =
                        MetadataLayout.forDevice(placement, device.size(), peers, ActivityLogRing.DEFAULT);
                CreateMetadata.create(device, layout, 0, 0, NOTHING);
                OpenMetadata metadata = OpenMetadata.open(device, placement);
                metadata.superblock().effectiveSectors = layout.usableSectors() - random.nextInt(10_000);
                metadata.writeSuperblock();
                for (int noise = 0; noise < 8; noise++) {
                    ByteBuffer word =
                            ByteBuffer.allocate(4).putInt(random.nextInt()).flip();
                    device.write(layout.bitmapOffset() + border + 4L * peers * random.nextInt(-90, 90), word);
                }
                ByteBuffer ones = ByteBuffer.allocate(4 * peers * (runs[i][0] + runs[i][1]));
                Arrays.fill(ones.array(), (byte) -1);
                device.write(layout.bitmapOffset() + border - 4L * peers * runs[i][0], ones);

                DumpWriter.write(metadata, true, dump);
            }

            assertEquals(new Drbdmeta(ours, placement).dump(), dump.toString(), "run " + i);
        }
    }

    private void damaged(int offset, int... values) throws Exception {
        sparse(ours, 64 << 20);
        try (FileMetadataDevice device = open(ours)) {
            MetadataLayout layout =
                    MetadataLayout.forDevice(new Placement.Internal(), device.size(), 3, ActivityLogRing.DEFAULT);
            CreateMetadata.create(device, layout, 0, 0, NOTHING);
            ByteBuffer patch = ByteBuffer.allocate(4 * values.length);
            for (int value : values) {
                patch.putInt(value);
            }
            device.write(layout.superblockOffset() + offset, patch.flip());
        }

        boolean accepted =
                new Drbdmeta(ours, new Placement.Internal()).run("dstate").status() == 0;

        try (FileMetadataDevice device = open(ours)) {
            if (accepted) {
                assertDoesNotThrow(() -> OpenMetadata.open(device, new Placement.Internal()), "byte " + offset);
            } else {
                assertThrows(
                        MetadataException.class,
                        () -> OpenMetadata.open(device, new Placement.Internal()),
                        "byte " + offset);
            }
        }
    }

    /** Fills our image at random and returns the dump from its fourth line on. */
    private String fill(RandomMetadata made) throws MetadataException, IOException {
        try (FileMetadataDevice device = open(ours)) {
            OpenMetadata metadata = OpenMetadata.open(device, made.placement);
            made.fill(metadata.superblock(), metadata.layout());
            metadata.writeSuperblock();
            made.setBits(metadata);
            StringBuilder dump = new StringBuilder("#\n\n");
            DumpWriter.write(metadata, false, dump);
            return dump.toString();
        }
    }

    private static void createHere(Path image, RandomMetadata made) throws MetadataException {
        try (FileMetadataDevice device = open(image)) {
            CreateMetadata.create(device, made.layout(), 0, 0, NOTHING);
        }
    }

    private static void createThere(Path image, RandomMetadata made) throws IOException, InterruptedException {
        new Drbdmeta(image, made.placement)
                .succeed(
                        "create-md",
                        "--al-stripes",
                        Integer.toString(made.ring.stripes()),
                        "--al-stripe-size-kB",
                        Integer.toString(4 * made.ring.stripeBlocks()),
                        Integer.toString(made.peers));
    }

    private static FileMetadataDevice open(Path image) throws MetadataException {
        return FileMetadataDevice.open(image, EnumSet.of(Option.WRITE, Option.PLAIN_FILE));
    }

    private static void sparse(Path file, long size) throws IOException {
        Files.deleteIfExists(file);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            channel.write(ByteBuffer.allocate(1), size - 1);
        }
    }

    /** Our metadata as a file of theirs; the data area is a hole in both. */
    private void copy(RandomMetadata made) throws IOException, MetadataException {
        sparse(theirs, made.deviceBytes);
        try (FileMetadataDevice from = open(ours);
                FileMetadataDevice to = open(theirs)) {
            ByteBuffer bytes = metadataBytes(from, made);
            if (made.placement instanceof Placement.Indexed) {
                bytes.putInt(AT_MD_SIZE, (int) (DRBD_SLOT_BYTES >> 9));
            }
            to.write(theirFirst(made), bytes);
        }
    }

    private void assertSame(RandomMetadata made, long seed) throws MetadataException {
        try (FileMetadataDevice a = open(ours);
                FileMetadataDevice b = open(theirs)) {
            assertEquals(metadataBytes(a, made), theirBytes(b, made), "seed " + seed);
        }
    }

    /** An indexed slot where drbdmeta has it, as a slot where it is looked for here. */
    private void bring(RandomMetadata made) throws MetadataException {
        if (made.placement instanceof Placement.Indexed(int index) && index > 0) {
            try (FileMetadataDevice device = open(theirs)) {
                ByteBuffer bytes = ByteBuffer.allocate(INDEXED_BYTES);
                device.read(theirFirst(made), bytes);
                device.write(made.layout().superblockOffset(), bytes.flip());
            }
        }
    }

    private static ByteBuffer metadataBytes(FileMetadataDevice device, RandomMetadata made) throws MetadataException {
        long first = made.layout().firstByte();
        if (made.placement instanceof Placement.Indexed) {
            return slot(device, first);
        }
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(device.size() - first));
        device.read(first, bytes);
        return bytes.flip();
    }

    /** As much of an indexed slot as a test uses, without the size of the slot. */
    private static ByteBuffer slot(FileMetadataDevice device, long first) throws MetadataException {
        ByteBuffer bytes = ByteBuffer.allocate(INDEXED_BYTES);
        device.read(first, bytes);
        return bytes.putInt(AT_MD_SIZE, 0).flip();
    }

    /** Where drbdmeta has the metadata. */
    private static long theirFirst(RandomMetadata made) throws MetadataException {
        return made.placement instanceof Placement.Indexed(int index)
                ? index * DRBD_SLOT_BYTES
                : made.layout().firstByte();
    }

    private ByteBuffer theirBytes(FileMetadataDevice device, RandomMetadata made) throws MetadataException {
        return made.placement instanceof Placement.Indexed
                ? slot(device, theirFirst(made))
                : metadataBytes(device, made);
    }

    /** A dump without the lines that say where the metadata are, if that differs. */
    private static String placeless(String dump, RandomMetadata made) {
        return made.placement instanceof Placement.Indexed
                ? dump.replaceAll("# (md_size_sect|md_offset|al_offset|bm_offset) [0-9]+\n", "")
                : dump;
    }

    private static String firstFields(String line, int count) {
        String[] fields = line.strip().toUpperCase(Locale.ROOT).split(":", -1);
        return String.join(":", Arrays.copyOf(fields, count));
    }
}
