package io.bsr.sim.oracle;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.metadata.ActivityLogBlock;
import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.BitmapLayout;
import io.bsr.metadata.DeviceFlag;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.Placement;
import io.bsr.metadata.Superblock;
import io.bsr.sim.disk.DiskCharacter;
import io.bsr.sim.disk.SimDisk;
import io.bsr.sim.time.EventHash;
import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.Timeline;
import io.bsr.sim.time.VirtualClock;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class MetadataOracleTest {
    private static final Placement PLACEMENT = new Placement.Internal();
    private static final ActivityLogRing RING = new ActivityLogRing(1, 8);
    private static final long GENERATION = 0xABCD00L;
    private static final int SECTORS = 16384;

    private final VirtualClock clock = new VirtualClock();
    private final SimDisk[] disks = {disk(0), disk(1)};
    private final MetadataOracle oracle = new MetadataOracle(0, SECTORS, PLACEMENT, disks, disks);
    private MetadataLayout layout = layout();

    private SimDisk disk(int node) {
        return new SimDisk(
                "n" + node,
                node,
                SECTORS * 512L + (1 << 20),
                DiskCharacter.PLAIN,
                clock,
                new EventHash(),
                new SimRandom(1),
                new Timeline(clock, Timeline.Detail.NOTHING, 0, line -> {}));
    }

    private static MetadataLayout layout() {
        try {
            return MetadataLayout.forDevice(PLACEMENT, SECTORS * 512L + (1 << 20), 1, RING);
        } catch (MetadataException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void two_equal_copies() {
        for (int n = 0; n < 2; n++) {
            superblock(n, GENERATION, false);
            byte[] block = new byte[4096];
            new ActivityLogBlock().encodeInitialised(ByteBuffer.wrap(block), 0);
            for (int i = 0; i < RING.blocks(); i++) {
                disks[n].prepare(layout.alOffset() + i * 4096L, block);
            }
        }
        byte[] data = new byte[4096];
        Arrays.fill(data, (byte) 1);
        disks[0].prepare(5 << 20, data);
    }

    private void superblock(int node, long generation, boolean primary) {
        Superblock superblock = Superblock.create(layout);
        superblock.nodeId = node;
        superblock.currentUuid = generation;
        superblock.set(DeviceFlag.PRIMARY_IND, primary);
        superblock.allocateSlot(1 - node);
        byte[] block = new byte[4096];
        superblock.encode(ByteBuffer.wrap(block), 0);
        disks[node].prepare(layout.superblockOffset(), block);
    }

    private void logExtentOne(int node) {
        int[] active = new int[67];
        Arrays.fill(active, ActivityLogBlock.FREE);
        byte[] block = new byte[4096];
        new ActivityLogBlock().encode(ByteBuffer.wrap(block), 0, 0, 1, new int[] {0}, new int[] {1}, active, 67, 0);
        disks[node].prepare(layout.transactionOffset(0), block);
    }

    private void check() {
        oracle.check(false, false);
    }

    @Test
    void a_difference_that_nobody_knows_is_seen() {
        Violation violation = assertThrows(Violation.class, this::check);

        assertEquals("I4", violation.invariant());
    }

    @Test
    void a_difference_with_its_bit_set_on_either_node_passes() throws MetadataException {
        long bit = (5 << 20) >> 12;
        BitmapLayout bitmap = layout.bitmapFor(SECTORS);
        disks[1].prepare(layout.bitmapOffset() + bitmap.byteOffset(0, bit), new byte[] {(byte) BitmapLayout.mask(bit)});

        assertDoesNotThrow(this::check);
    }

    @Test
    void a_difference_in_the_activity_log_of_a_primary_passes() {
        superblock(0, GENERATION, true);
        logExtentOne(0);

        assertDoesNotThrow(this::check);
    }

    @Test
    void the_activity_log_of_a_crashed_secondary_does_not_count() {
        logExtentOne(0);

        assertThrows(Violation.class, this::check);
        assertDoesNotThrow(() -> oracle.check(true, false));
    }

    @Test
    void copies_without_a_common_generation_are_synced_in_full_anyway() {
        superblock(1, 0x999900L, false);

        assertDoesNotThrow(this::check);
    }

    @Test
    void what_a_power_failure_would_make_different_must_be_known_before_it_comes() {
        byte[] same = new byte[4096];
        Arrays.fill(same, (byte) 1);
        disks[1].prepareCached(5 << 20, same);

        assertDoesNotThrow(this::check);
        Violation violation = assertThrows(Violation.class, () -> oracle.checkPowerLoss(true, true));

        assertEquals("I4", violation.invariant());
        assertTrue(String.valueOf(violation.getMessage()).startsWith("if n1 lost power now"), violation.getMessage());
    }

    @Test
    void a_bit_that_was_cleared_and_not_flushed_may_be_so_on_the_medium() throws MetadataException {
        long bit = (5 << 20) >> 12;
        BitmapLayout bitmap = layout.bitmapFor(SECTORS);
        long at = layout.bitmapOffset() + bitmap.byteOffset(0, bit);
        disks[1].prepare(at, new byte[] {(byte) BitmapLayout.mask(bit)});
        assertDoesNotThrow(this::check);

        disks[1].prepareCached(at, new byte[] {0});

        assertThrows(Violation.class, this::check);
    }

    @Test
    void a_destroyed_superblock_is_seen() {
        disks[0].prepare(layout.superblockOffset(), new byte[4096]);

        Violation violation = assertThrows(Violation.class, this::check);

        assertEquals("I7", violation.invariant());
    }
}
