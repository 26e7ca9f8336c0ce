package io.bsr.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * What a disk may hold after a power failure, computed from the notes of a {@link RecordingStore}.
 *
 * <p>Changes that a completed flush covers, and completed writes through the cache, are there. Of all others that were
 * begun, any part may be: whole, not at all, or the first sectors of it.
 */
public final class CrashImages {
    private static final int SECTOR = 512;

    private final byte[] before;
    private final List<RecordingStore.Change> changes;

    /**
     * @param before contents of the store when recording began; its length is the size of the images
     */
    public CrashImages(byte[] before, List<RecordingStore.Change> changes) {
        this.before = before.clone();
        this.changes = List.copyOf(changes);
    }

    /** The changes that a crash at {@code point} may have lost, in the order in which they were begun. */
    public List<RecordingStore.Change> uncertain(int point) {
        List<RecordingStore.Change> result = new ArrayList<>();
        for (RecordingStore.Change change : changes) {
            if (change.kind() != RecordingStore.Kind.FLUSH && change.begun() < point && !durable(change, point)) {
                result.add(change);
            }
        }
        return result;
    }

    /**
     * The disk after a crash at {@code point}.
     *
     * @param sectorsKept how many sectors, counted from its beginning, survive of each uncertain change
     */
    public byte[] image(int point, ToIntFunction<RecordingStore.Change> sectorsKept) {
        byte[] image = before.clone();
        for (RecordingStore.Change change : changes) {
            // A request that was refused for its range never touched the disk.
            boolean inRange =
                    change.offset() >= 0 && change.length() > 0 && change.offset() <= image.length - change.length();
            if (change.kind() == RecordingStore.Kind.FLUSH || change.begun() >= point || !inRange) {
                continue;
            }
            long kept = change.length();
            if (!durable(change, point)) {
                kept = Math.clamp((long) sectorsKept.applyAsInt(change) * SECTOR, 0, change.length());
            }
            for (int i = 0; i < kept; i++) {
                image[(int) change.offset() + i] = change.at(i);
            }
        }
        return image;
    }

    /** The disk if all that was begun before {@code point} survived: a crash of the process, not of the power. */
    public byte[] prefix(int point) {
        return image(point, change -> (int) (change.length() / SECTOR));
    }

    /** The disk if nothing survived that did not have to. */
    public byte[] least(int point) {
        return image(point, change -> 0);
    }

    private boolean durable(RecordingStore.Change change, int point) {
        if (change.kind() == RecordingStore.Kind.WRITE_THROUGH && change.completedBefore(point)) {
            return true;
        }
        for (RecordingStore.Change flush : changes) {
            if (flush.kind() == RecordingStore.Kind.FLUSH
                    && flush.completedBefore(point)
                    && change.completedBefore(flush.begun())) {
                return true;
            }
        }
        return false;
    }
}
