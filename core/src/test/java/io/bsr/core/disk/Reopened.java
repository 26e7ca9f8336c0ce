package io.bsr.core.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.NodeId;
import io.bsr.base.error.Outcome;
import io.bsr.base.memory.BufferPool;
import io.bsr.core.disk.CrashStates.State;
import java.util.BitSet;
import java.util.Objects;
import java.util.Random;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The product opens what a power failure left: it must find what {@link FoundMetadata} finds, and its repair must lose
 * nothing if power fails again.
 */
final class Reopened {
    private static final BufferPool POOL = new BufferPool(8 << 20);
    private static final int FULL_SYNC = 0x8;

    private final Recording recording = new Recording(new Random(1));
    private final RecordedStore data;
    private final RecordedStore meta;
    private @Nullable Disk disk;
    private @Nullable Outcome refusal;

    private Reopened(State state, RecordedStore dataNow, RecordedStore metaNow, AttachRequest like, long metaBytes) {
        data = new RecordedStore(recording, "data", dataNow.size(), number -> state.sector(dataNow, number));
        meta = metaNow == dataNow
                ? data
                : new RecordedStore(recording, "metadata", metaNow.size(), number -> state.sector(metaNow, number));
        meta.grow(metaBytes);
        AttachRequest request = new AttachRequest(data, meta, like.index(), like.options());
        DiskLoader.load(
                request, new NodeId(DiskInUse.SELF), POOL, new Unconcerned(), text -> {}, new DiskLoader.Done() {
                    @Override
                    public void loaded(Disk loaded, boolean crashed) {
                        disk = loaded;
                    }

                    @Override
                    public void refused(Outcome outcome) {
                        refusal = outcome;
                    }
                });
        recording.run();
    }

    /**
     * Compares.
     *
     * @param again power fails once more, at every point of the repair
     * @return further states that were looked at
     */
    static int check(
            State state,
            RecordedStore data,
            RecordedStore meta,
            AttachRequest like,
            long metaBytes,
            FoundMetadata found,
            long superblockAt,
            boolean again) {
        Reopened reopened = new Reopened(state, data, meta, like, metaBytes);
        Outcome refusal = reopened.refusal;
        assertTrue(refusal == null, () -> "the attach was refused: " + Objects.requireNonNull(refusal));
        Disk disk = Objects.requireNonNull(reopened.disk, "the attach did not end");
        reopened.compare(disk, found);
        disk.close(() -> {});
        FoundMetadata after = reopened.find(reopened.meta::sector, superblockAt);
        assertKnows(after, found);
        if (!again) {
            return 0;
        }
        FoundMetadata.Reader known = new FoundMetadata.Reader();
        SuperblockFields repaired = found.fields.asCrashed();
        int[] count = {0};
        return CrashStates.forEach(reopened.recording, 5, (twice, name) -> {
            FoundMetadata left = known.read(number -> twice.sector(reopened.meta, number), superblockAt);
            assertNotNull(left, () -> "second failure " + name);
            assertTrue(
                    left.fields.equals(found.fields) || left.fields.equals(repaired),
                    () -> "second failure " + name + ": " + left.fields.differences(found.fields));
            assertKnows(left, found);
            if (!left.reopened && count[0]++ % 5 == 0) {
                left.reopened = true;
                check(twice, reopened.data, reopened.meta, like, metaBytes, left, superblockAt, false);
            }
        });
    }

    private FoundMetadata find(LongFunction<Recording.Sector> sectors, long superblockAt) {
        FoundMetadata left = FoundMetadata.read(sectors, superblockAt);
        assertNotNull(left, "the repair lost the superblock");
        return left;
    }

    private static void assertKnows(FoundMetadata left, FoundMetadata before) {
        for (int slot = 0; slot < before.marked.size(); slot++) {
            BitSet lost = (BitSet) before.marked.get(slot).clone();
            lost.andNot(left.marked.get(slot));
            assertTrue(lost.isEmpty(), "the repair forgot blocks " + lost);
        }
    }

    private void compare(Disk disk, FoundMetadata found) {
        SuperblockFields read = SuperblockFields.of(disk.superblock()).asFound(found.fields, FULL_SYNC);
        assertEquals("", read.differences(found.fields), "fields as the product reads them / as they are");
        OutOfSyncBitmap bitmap = disk.bitmap();
        for (int slot = 0; slot < bitmap.slots(); slot++) {
            BitSet bits = new BitSet();
            for (long bit = bitmap.nextSet(slot, 0); bit < bitmap.bits(); ) {
                long end = bitmap.nextClear(slot, bit);
                bits.set((int) bit, (int) end);
                bit = bitmap.nextSet(slot, end);
            }
            assertEquals(found.marked.get(slot), bits, "bits of slot " + slot);
        }
    }

    /** Nothing happens to a disk that is only looked at. */
    private static final class Unconcerned implements MetadataWriter.Owner {
        @Override
        public void transactionCommitted() {}

        @Override
        public void superblockSettled() {}

        @Override
        public void metadataFailed(String operation, int errno) {
            throw new IllegalStateException(operation + " failed");
        }
    }
}
