package io.bsr.engine.host;

import io.bsr.attach.DataProof;
import io.bsr.base.memory.Buffer;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.Completion;
import io.bsr.base.state.DiskState;
import io.bsr.core.snapshot.VolumeSnapshot;
import io.bsr.storage.ForwardingStore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Watches one volume from its creation on: whether its disk still has what it had when it was attached. The generation alone
 * does not say so: a peer may have been Primary, and may have written here, without a new one. On the loop.
 */
final class DataWatch implements DataProof {
    /** Of the lowest bit, which says that the node was Primary (metadata reference, section 4). */
    private static final long PRIMARY = 1;

    private final Supplier<@Nullable VolumeSnapshot> volume;
    private int attachments;
    private long first;
    private boolean written;

    /** Of a volume that has just been made, without a disk. */
    DataWatch(Supplier<@Nullable VolumeSnapshot> volume) {
        this.volume = volume;
    }

    /** A disk was attached, and nothing has been written to it. */
    void attached() {
        attachments++;
        first = currentGeneration();
    }

    /** The same store, whose data are watched. */
    BlockStore watched(BlockStore store) {
        return new Watched(store);
    }

    private long currentGeneration() {
        VolumeSnapshot now = volume.get();
        return now == null ? NOT_HERE : now.generation().current() & ~PRIMARY;
    }

    @Override
    public long generation() {
        VolumeSnapshot now = volume.get();
        return now == null ? NOT_HERE : generation(now);
    }

    static long generation(VolumeSnapshot now) {
        return now.disk() == DiskState.UP_TO_DATE ? now.generation().current() & ~PRIMARY : NOT_HERE;
    }

    @Override
    public @Nullable String changedSince(long generation) {
        if (generation == NOT_HERE) {
            return "the data that it had were not all on the disk of this node";
        }
        if (attachments != 1) {
            return "the disk of the volume was attached " + attachments + " times";
        }
        if (first != generation) {
            return String.format(
                    "its data were of generation %016X, those on the disk of this node are of %016X",
                    generation, first);
        }
        if (written) {
            return "the data on the disk of this node have been written to since, by a peer or by another user";
        }
        if (generation() == NOT_HERE) {
            return "the disk of this node is not UpToDate";
        }
        return null;
    }

    private final class Watched extends ForwardingStore {
        Watched(BlockStore inner) {
            super(inner);
        }

        @Override
        public void write(long offset, Buffer source, int from, int length, boolean fua, Completion completion) {
            written = true;
            super.write(offset, source, from, length, fua, completion);
        }

        @Override
        public void discard(long offset, long length, Completion completion) {
            written = true;
            super.discard(offset, length, completion);
        }

        @Override
        public void writeZeroes(long offset, long length, boolean mayUnmap, Completion completion) {
            written = true;
            super.writeZeroes(offset, length, mayUnmap, completion);
        }
    }
}
