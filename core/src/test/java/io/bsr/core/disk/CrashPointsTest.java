package io.bsr.core.disk;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.core.disk.DiskInUse.Shape;
import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.MetadataException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * Whatever point a power failure comes at, and whatever it leaves out of what was not flushed: the metadata can be read, are
 * those before or after what was being done, and know every block that may differ from a peer (I1, I4, I7, I8).
 */
class CrashPointsTest {
    private static final ActivityLogRing SMALL = new ActivityLogRing(1, 8);
    private static final Shape INTERNAL = new Shape(true, 1, SMALL, 67, 140);
    private static final Shape EXTERNAL = new Shape(false, 3, SMALL, 67, 140);
    private static final Shape STRIPED = new Shape(true, 2, new ActivityLogRing(4, 2), 67, 140);
    private static final List<Shape> SHAPES = List.of(INTERNAL, EXTERNAL, STRIPED);

    /** In one of so many different metadata, power fails again while the product repairs them. */
    private static final int REPAIRS = 150;

    private static int total;
    private static int repairs;
    private static int different;

    private static void judge(DiskInUse used, int atLeast) {
        used.quiet();
        int states = CrashStates.forEach(used.recording, 17, used.truth);
        total += states;
        repairs += used.truth.repairStates();
        different += used.truth.different();
        assertTrue(states >= atLeast, states + " states");
    }

    @AfterAll
    static void tell() {
        System.out.println(total + " states after a power failure, with " + different + " different metadata, and "
                + repairs + " after another one during their repair");
    }

    /** A Primary whose activity log is full, so that every other extent evicts one. */
    private static DiskInUse primary(Shape shape, long seed) throws MetadataException {
        DiskInUse used = new DiskInUse(shape, REPAIRS, seed);
        used.attach();
        used.promote();
        for (int i = 0; i < 75; i++) {
            used.writeToExtent(i);
        }
        used.settle();
        return used;
    }

    private static void writes(DiskInUse used, int count) {
        for (int i = 0; i < count; i++) {
            used.write();
            used.turns(3);
        }
    }

    @Test
    void attaching_promoting_writing_demoting_and_detaching() throws MetadataException {
        for (Shape shape : SHAPES) {
            DiskInUse used = new DiskInUse(shape, 5, 1);
            used.attach();
            used.promote();
            writes(used, 5);
            used.quiet();
            used.demote();
            used.detach();
            used.attach();
            used.promote();
            writes(used, 5);

            judge(used, 300);
        }
    }

    @Test
    void writes_that_evict_extents_until_the_ring_is_used_again() throws MetadataException {
        for (Shape shape : SHAPES) {
            DiskInUse used = primary(shape, 4);
            long before = used.disk().writer().transactionsWritten();
            for (int i = 75; i < 95; i++) {
                used.writeToExtent(i);
                used.write();
                used.turns(8);
            }
            used.quiet();
            assertTrue(used.disk().writer().transactionsWritten() > before + 8, "the ring is used again");

            judge(used, 700);
        }
    }

    @Test
    void many_extents_in_one_transaction() throws MetadataException {
        for (Shape shape : SHAPES) {
            DiskInUse used = primary(shape, 3);
            if (shape.peers() > 1) {
                used.losePeer(0);
                used.settle();
            }
            long before = used.disk().writer().transactionsWritten();
            // Of these nothing is flushed, and the transaction will evict some of them.
            for (int i = 60; i < 70; i++) {
                used.writeToExtent(i);
            }
            used.quiet();
            for (int i = 75; i < 139; i++) {
                used.writeToExtent(i);
            }
            used.quiet();
            long transactions = used.disk().writer().transactionsWritten() - before;
            assertTrue(transactions <= 3, transactions + " transactions for 64 extents");

            judge(used, 500);
        }
    }

    @Test
    void a_peer_is_lost_and_resynchronised_under_writes() throws MetadataException {
        for (Shape shape : SHAPES) {
            for (int seed = 0; seed < 3; seed++) {
                DiskInUse used = primary(shape, seed);
                int peer = seed % shape.peers();
                writes(used, 6);
                used.losePeer(peer);
                writes(used, 6);
                used.resync(peer, 6);
                used.turns(6);
                used.write();
                used.lazily();
                used.turns(6);
                used.resync(peer, 100);
                used.turns(20);
                used.demote();
                used.detach();
                used.attach();

                judge(used, 700);
            }
        }
    }

    @Test
    void this_node_is_resynchronised() throws MetadataException {
        for (int seed = 0; seed < 4; seed++) {
            DiskInUse used = primary(INTERNAL, seed);
            used.demote();
            used.resyncFrom(20);
            used.quiet();
            used.promote();
            writes(used, 3);

            judge(used, 400);
        }
    }

    /** The new place of internal metadata overlaps the old one, or not; the ring changes, or not; the volume shrinks. */
    @Test
    void the_disk_grows_or_the_volume_shrinks_under_writes() throws MetadataException {
        record Resize(Shape shape, int bytes, ActivityLogRing ring) {}
        List<Resize> resizes = List.of(
                new Resize(INTERNAL, 8192, SMALL),
                new Resize(INTERNAL, 9 << 20, SMALL),
                new Resize(STRIPED, 64 << 10, STRIPED.ring()),
                new Resize(STRIPED, 5 << 20, new ActivityLogRing(2, 6)),
                new Resize(INTERNAL, 40 << 10, new ActivityLogRing(1, 12)),
                new Resize(EXTERNAL, 9 << 20, SMALL));
        for (Resize resize : resizes) {
            DiskInUse used = primary(resize.shape, resize.bytes);
            used.losePeer(0);
            writes(used, 6);
            used.grow(resize.bytes, resize.ring);
            writes(used, 6);

            judge(used, 500);
        }
        DiskInUse used = primary(INTERNAL, 9);
        used.losePeer(0);
        // The activity log has no room for all of them: of some only the bits speak.
        for (int i = 70; i < 139; i++) {
            used.writeToExtent(i);
        }
        used.settle();
        used.shrink();
        used.quiet();
        writes(used, 6);
        judge(used, 400);
    }

    /** As many slots as the ring can just repeat before the oldest transaction is overwritten. */
    @Test
    void a_large_set_is_repeated_in_time() throws MetadataException {
        int slots = SMALL.maxActiveExtents();
        DiskInUse used = new DiskInUse(new Shape(false, 1, SMALL, slots, slots + 200), 1000, 1);
        used.attach();
        used.promote();
        for (int i = 0; i < slots; i++) {
            used.writeToExtent(i);
        }
        used.settle();
        used.deaf = true;
        for (int i = 0; i < slots; i += 150) {
            used.writeToExtent(i);
        }
        for (int i = 0; i < 18; i++) {
            used.writeToExtent(slots + i);
            used.turns(100);
        }
        used.deaf = false;

        judge(used, 300);
    }

    /** Any two or three things one after the other, and into each other. */
    @Test
    void sequences_of_operations() throws MetadataException {
        for (int seed = 0; seed < 12; seed++) {
            Shape shape = SHAPES.get(seed % 3);
            Random random = new Random(seed);
            DiskInUse used = primary(shape, seed);
            for (int i = 0; i < 3; i++) {
                something(used, shape, random);
                writes(used, random.nextInt(6));
            }

            judge(used, 100);
        }
    }

    private static void something(DiskInUse used, Shape shape, Random random) throws MetadataException {
        int peer = random.nextInt(shape.peers());
        switch (random.nextInt(9)) {
            case 0, 1 -> used.losePeer(peer);
            case 2, 3 -> used.resync(peer, 1 + random.nextInt(20));
            case 4 -> used.rename();
            case 5 -> {
                used.demote();
                used.quiet();
                used.promote();
            }
            case 6 -> {
                used.detach();
                used.attach();
            }
            case 7 -> used.grow(4096 << random.nextInt(12), shape.ring());
            default -> used.lazily();
        }
    }

    /** A store that answers one flush without doing it: if nothing here notices, nothing here looks. */
    @Test
    void a_store_that_skips_a_flush_is_noticed() throws MetadataException {
        int noticed = 0;
        for (int flush = 0; flush < 4; flush++) {
            DiskInUse used = primary(EXTERNAL, 1);
            used.losePeer(0);
            used.settle();
            for (int extent = 60; extent < 66; extent++) {
                used.writeToExtent(extent);
            }
            used.quiet();
            int skipped = used.recording.flushes() + flush;
            used.recording.ignoreFlush(number -> number == skipped);
            used.resync(0, 50);
            used.turns(10);
            used.lazily();
            noticed += survives(used) ? 0 : 1;
        }

        assertTrue(noticed > 0, "no skipped flush was noticed");
    }

    private static boolean survives(DiskInUse used) {
        used.quiet();
        try {
            CrashStates.forEach(used.recording, 17, used.truth);
            return true;
        } catch (AssertionError e) {
            return false;
        }
    }
}
