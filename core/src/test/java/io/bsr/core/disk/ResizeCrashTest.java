package io.bsr.core.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.memory.BufferPool;
import io.bsr.core.option.DiskOptions;
import io.bsr.metadata.ActivityLogReplay;
import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.BitmapLayout;
import io.bsr.metadata.DeviceFlag;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.PeerFlag;
import io.bsr.metadata.Placement;
import io.bsr.metadata.Superblock;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A power failure at every write and flush of an online resize, with any of the sectors lost that were not flushed: the
 * old metadata or the new ones are valid, and know every block that may differ (I4, I7).
 */
class ResizeCrashTest {
    private static final int NODE = 0;
    private static final int PEER = 1;
    private static final int TRIES = 12;
    private static final ActivityLogRing RING = new ActivityLogRing(1, 8);

    @TempDir
    private Path folder = Path.of("");

    /** A disk in use, of a Primary, with extents in its activity log and bits in its bitmap. */
    private static final class InUse {
        final Placement placement = new Placement.Internal();
        final BufferPool pool = new BufferPool(8 << 20);
        final LosingStore store;
        final Disk disk;
        final MetadataLayout layout;
        final BitSet different = new BitSet();
        final BitSet active = new BitSet();

        InUse(int bytes, int grownBytes, Random random) throws MetadataException {
            layout = MetadataLayout.forDevice(placement, bytes, 2, RING);
            byte[] contents = new byte[bytes];
            random.nextBytes(contents);
            Arrays.fill(contents, (int) layout.firstByte(), bytes, (byte) 0);
            Superblock superblock = Superblock.create(layout);
            superblock.nodeId = NODE;
            superblock.currentUuid = 0x1234_5678_9ABC_DEF0L;
            superblock.effectiveSectors = layout.usableSectors();
            superblock.flags = DeviceFlag.CONSISTENT | DeviceFlag.WAS_UP_TO_DATE | DeviceFlag.PRIMARY_IND;
            superblock.allocateSlot(PEER);
            ByteBuffer present = ByteBuffer.allocate(Superblock.BYTES);
            superblock.encode(present, 0);
            present.get(0, contents, (int) layout.superblockOffset(), Superblock.BYTES);
            store = new LosingStore(LosingStore.grown(contents, grownBytes, random));
            OutOfSyncBitmap bitmap = new OutOfSyncBitmap(superblock.bitmap());
            ActivityLog log = new ActivityLog(67);
            DiskOptions options = DiskOptions.from(Map.of("al-extents", "67"));
            MetadataWriter writer = new MetadataWriter(
                    store, store, layout, superblock, bitmap, log, options, present, pool, new MetadataWriter.Owner() {
                        @Override
                        public void transactionCommitted() {}

                        @Override
                        public void superblockSettled() {}

                        @Override
                        public void metadataFailed(String operation, int errno) {
                            throw new IllegalStateException(operation + " failed");
                        }
                    });
            AttachRequest request = new AttachRequest(store, store, AttachRequest.INTERNAL, options);
            disk = new Disk(request, superblock, layout, bitmap, log, writer, layout.usableSectors());
            use(bitmap, log, writer, random);
        }

        private void use(OutOfSyncBitmap bitmap, ActivityLog log, MetadataWriter writer, Random random) {
            int slot = disk.superblock().peer(PEER).bitmapIndex;
            for (int i = 0; i < 40; i++) {
                int bit = random.nextInt((int) bitmap.bits());
                bitmap.set(slot, bit, bit);
                different.set(bit);
            }
            int extents = (int) (bitmap.bits() / 1024);
            for (int i = 0; i < 3 && i < extents; i++) {
                int extent = random.nextInt(extents);
                assertTrue(log.get(extent, extent));
                active.set(extent);
                writer.commitTransaction();
                store.run();
            }
            writer.persist(durable -> assertTrue(durable));
            store.run();
            store.settle();
        }

        void resize(MetadataLayout next, long sectors) {
            long former = disk.superblock().effectiveSectors;
            boolean[] done = {false};
            disk.resize(
                    next,
                    sectors,
                    0,
                    () -> {
                        if (sectors > former) {
                            disk.setOutOfSync(disk.superblock().peer(PEER).bitmapIndex, former, sectors);
                        }
                    },
                    durable -> done[0] = durable);
            store.run();
            assertTrue(done[0]);
        }
    }

    /** What a tool or an attach finds at the end of the device, or where the metadata were. */
    private static @Nullable Superblock superblock(byte[] image, long deviceBytes) {
        try {
            Placement internal = new Placement.Internal();
            int at = (int) MetadataLayout.superblockOffset(internal, deviceBytes);
            Superblock found = Superblock.decode(ByteBuffer.wrap(image), at);
            MetadataLayout.of(found, internal, deviceBytes);
            return found;
        } catch (MetadataException e) {
            return null;
        }
    }

    private static void check(InUse used, byte[] image, long newSectors, boolean finished, String when)
            throws MetadataException {
        long deviceBytes = image.length;
        Superblock found = superblock(image, deviceBytes);
        if (found == null) {
            assertTrue(!finished, when);
            deviceBytes = used.layout.deviceBytes();
            found = superblock(image, deviceBytes);
        }
        assertNotNull(found, when + ": no metadata");
        long oldSectors = used.layout.usableSectors();
        boolean old = found.effectiveSectors == oldSectors;
        assertTrue(old || found.effectiveSectors == newSectors, when + ": " + found.effectiveSectors + " sectors");
        if (finished) {
            assertEquals(newSectors, found.effectiveSectors, when);
        }
        if (found.peer(PEER).has(PeerFlag.FULL_SYNC)) {
            assertTrue(found.has(DeviceFlag.CRASHED_PRIMARY), when);
            return;
        }
        assertTrue(found.has(DeviceFlag.PRIMARY_IND), when);
        MetadataLayout layout = MetadataLayout.of(found, used.placement, deviceBytes);
        BitmapLayout bits = layout.bitmapFor(found.effectiveSectors);
        BitSet marked = new BitSet();
        for (int bit = 0; bit < bits.bits(); bit++) {
            int at = (int) (layout.bitmapOffset() + bits.byteOffset(found.peer(PEER).bitmapIndex, bit));
            marked.set(bit, (image[at] & BitmapLayout.mask(bit)) != 0);
        }
        BitSet expected = (BitSet) used.different.clone();
        if (!old && newSectors > oldSectors) {
            expected.set((int) (oldSectors / 8), (int) BitmapLayout.bitsOfSectors(newSectors));
        }
        expected.andNot(marked);
        expected.clear((int) bits.bits(), Integer.MAX_VALUE);
        assertTrue(expected.isEmpty(), when + ": bits lost: " + expected);

        ActivityLogReplay replay = new ActivityLogReplay(layout.ring());
        for (int block = 0; block < layout.ring().blocks(); block++) {
            replay.add(block, ByteBuffer.wrap(image), (int) layout.alOffset() + block * 4096);
        }
        BitSet hot = new BitSet();
        for (int extent : replay.result().hot()) {
            hot.set(extent);
        }
        BitSet open = (BitSet) used.active.clone();
        open.andNot(hot);
        assertTrue(
                open.isEmpty(),
                when + ": extents lost: " + open + " of " + replay.result().outcome());
    }

    private static int everyCrash(InUse used, long newSectors, String name) throws MetadataException {
        Random random = new Random(11);
        int states = 0;
        for (int operations = 0; operations <= used.store.operations(); operations++) {
            for (int attempt = 0; attempt < TRIES; attempt++) {
                double keep = attempt == 0 ? 0 : attempt == 1 ? 1 : random.nextDouble();
                String when = name + ", after " + operations + " of " + used.store.operations() + " operations, try "
                        + attempt;
                check(used, used.store.crashed(operations, keep, random), newSectors, false, when);
                states++;
            }
        }
        check(used, used.store.contents(), newSectors, true, name + " finished");
        return states;
    }

    private static int growth(int from, int to, ActivityLogRing ring) throws MetadataException {
        InUse used = new InUse(from, to, new Random(from + to));
        MetadataLayout next = used.disk.layoutFor(ring);
        long sectors = used.disk.sectorsWith(next);
        used.resize(next, sectors);
        return everyCrash(used, sectors, from + " to " + to + " bytes, log of " + ring.blocks() + " blocks");
    }

    @Test
    void a_power_failure_at_any_point_of_a_growth_leaves_metadata_that_know_every_difference()
            throws MetadataException {
        int states = 0;
        for (int grown : List.of(4096, 8192, 16 << 10, 36 << 10, 40 << 10, 44 << 10, 64 << 10, 1 << 20, 9 << 20)) {
            states += growth(12 << 20, (12 << 20) + grown, RING);
        }

        assertTrue(states > 1000, states + " states");
    }

    @Test
    void so_does_one_that_changes_the_activity_log_too() throws MetadataException {
        assertTrue(growth(12 << 20, 16 << 20, new ActivityLogRing(2, 16)) > 100);
        assertTrue(growth(12 << 20, (12 << 20) + (200 << 10), new ActivityLogRing(1, 40)) > 100);
        assertTrue(growth(12 << 20, (12 << 20) + 4096, new ActivityLogRing(4, 2)) > 100);
    }

    @Test
    void so_does_one_that_makes_the_volume_smaller() throws MetadataException {
        InUse used = new InUse(12 << 20, 12 << 20, new Random(3));
        long sectors = used.layout.usableSectors() / 2;

        used.resize(used.disk.layout(), sectors);

        assertTrue(everyCrash(used, sectors, "shrinking") > 20);
    }

    @Test
    void the_former_superblock_is_no_metadata_any_more_and_the_data_are_as_they_were() throws MetadataException {
        InUse used = new InUse(12 << 20, 20 << 20, new Random(5));
        byte[] before = used.store.contents();
        MetadataLayout next = used.disk.layoutFor(RING);

        used.resize(next, used.disk.sectorsWith(next));

        byte[] after = used.store.contents();
        int data = (int) used.layout.firstByte();
        assertArrayEquals(Arrays.copyOf(before, data), Arrays.copyOf(after, data));
        assertEquals(null, superblock(after, used.layout.deviceBytes()));
    }

    @Test
    void drbdmeta_reads_the_result_as_it_is() throws Exception {
        Path drbdmeta = Path.of("/usr/sbin/drbdmeta");
        Assumptions.assumeTrue(Files.isExecutable(drbdmeta), "needs drbdmeta (drbd-utils)");
        InUse used = new InUse(12 << 20, 20 << 20, new Random(6));
        MetadataLayout next = used.disk.layoutFor(RING);
        long sectors = used.disk.sectorsWith(next);
        used.resize(next, sectors);
        Path image = Files.write(folder.resolve("disk.img"), used.store.contents());
        Path dump = folder.resolve("dump.txt");

        Process process = new ProcessBuilder(
                        drbdmeta.toString(), "--force", "-", "v09", image.toString(), "internal", "dump-md")
                .redirectOutput(dump.toFile())
                .redirectErrorStream(true)
                .start();
        process.waitFor();

        String text = Files.readString(dump);
        assertTrue(text.contains("la-size-sect " + sectors + ";"), text);
        assertTrue(text.contains("current-uuid 0x123456789ABCDEF0;"), text);
        assertTrue(text.contains("0xFFFFFFFFFFFFFFFF;"), "the new space is not marked: " + text);
    }
}
