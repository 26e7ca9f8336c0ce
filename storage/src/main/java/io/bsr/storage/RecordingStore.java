package io.bsr.storage;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.Completion;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A store that notes everything that changes it, with its contents, so that {@link CrashImages} can tell what a crash at
 * any point could have left. Keeps a copy of all data: for tests.
 */
public final class RecordingStore extends ForwardingStore {
    private final List<Change> changes = new ArrayList<>();
    private int clock;

    public RecordingStore(BlockStore inner) {
        super(inner);
    }

    /** What was done, in the order in which it was begun. */
    public List<Change> changes() {
        return List.copyOf(changes);
    }

    /** The number of points at which a crash can be imagined; a point is a beginning or an end of a change. */
    public int points() {
        return clock;
    }

    @Override
    public void write(long offset, Buffer source, int sourceOffset, int length, boolean fua, Completion completion) {
        // A request that the store will refuse is noted without data.
        boolean fits = sourceOffset >= 0 && length >= 0 && length <= source.capacity() - sourceOffset;
        byte[] data = new byte[fits ? length : 0];
        if (fits) {
            source.bytes().get(sourceOffset, data);
        }
        Change change = begin(fua ? Kind.WRITE_THROUGH : Kind.WRITE, offset, length, data);
        super.write(offset, source, sourceOffset, length, fua, change.and(completion));
    }

    @Override
    public void flush(Completion completion) {
        super.flush(begin(Kind.FLUSH, 0, 0, null).and(completion));
    }

    @Override
    public void discard(long offset, long length, Completion completion) {
        super.discard(offset, length, begin(Kind.ZERO, offset, length, null).and(completion));
    }

    @Override
    public void writeZeroes(long offset, long length, boolean mayUnmap, Completion completion) {
        super.writeZeroes(
                offset, length, mayUnmap, begin(Kind.ZERO, offset, length, null).and(completion));
    }

    private Change begin(Kind kind, long offset, long length, byte @Nullable [] data) {
        Change change = new Change(kind, offset, length, data, clock++);
        changes.add(change);
        return change;
    }

    /** Kinds of changes. */
    public enum Kind {
        WRITE,
        /** A write that is durable when it completes. */
        WRITE_THROUGH,
        /** A discard, or a write of zeroes. */
        ZERO,
        FLUSH
    }

    /** One noted operation. */
    public final class Change {
        private static final int NEVER = Integer.MAX_VALUE;

        private final Kind kind;
        private final long offset;
        private final long length;
        private final byte @Nullable [] data;
        private final int begun;
        private int completed = NEVER;
        private int errno;

        private Change(Kind kind, long offset, long length, byte @Nullable [] data, int begun) {
            this.kind = kind;
            this.offset = offset;
            this.length = length;
            this.data = data;
            this.begun = begun;
        }

        private Completion and(Completion completion) {
            return result -> {
                completed = clock++;
                errno = result;
                completion.completed(result);
            };
        }

        public Kind kind() {
            return kind;
        }

        /** Bytes from the start of the store. */
        public long offset() {
            return offset;
        }

        public long length() {
            return length;
        }

        /** True if the range became zero. */
        public boolean zero() {
            return data == null;
        }

        /** The byte that was written at {@code index}. */
        public byte at(int index) {
            return data == null ? 0 : data[index];
        }

        /** The point at which it was begun. */
        public int begun() {
            return begun;
        }

        /** True if it had completed without an error before {@code point}. */
        public boolean completedBefore(int point) {
            return completed < point && errno == 0;
        }

        @Override
        public String toString() {
            return kind + " of " + length + " at " + offset + ", begun at point " + begun;
        }
    }
}
