package io.bsr.frontend.nbd;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.Errno;
import io.bsr.base.port.IoRequest;
import io.bsr.base.port.VolumePort;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A volume in memory that checks its users. Requests complete in a later turn, out of order if it was given a source of
 * randomness; they can be held back and made to fail.
 */
final class MemoryVolume implements VolumePort {
    private static final int BLOCK = 4096;

    private final Executor laterTurn;
    private final @Nullable Random random;
    private final MemorySegment data;
    private final BitSet allocated;
    private final int logicalBlock;
    private final ArrayList<IoRequest> pending = new ArrayList<>(1024);
    private final ArrayList<Runnable> pendingMaps = new ArrayList<>();
    private final List<User> users = new ArrayList<>();
    private final Runnable complete = this::complete;
    private boolean scheduled;
    private boolean held;
    private long size;

    /** Decides the error of each request; 0 lets it succeed. */
    ToIntFunction<IoRequest> failure = request -> 0;

    /** Error of the next allocation maps; 0 lets them succeed. */
    int mapErrno;

    /** Why nobody may open the volume now. */
    @Nullable String refusal;

    boolean discards = true;
    long submitted;
    long flushes;
    long forced;
    long keptHoles;
    long largestDiscard;
    int mostPending;

    MemoryVolume(Executor laterTurn, long size, int logicalBlock, @Nullable Random random) {
        this.laterTurn = laterTurn;
        this.size = size;
        this.logicalBlock = logicalBlock;
        this.random = random;
        this.data = Arena.ofAuto().allocate(size, BLOCK);
        this.allocated = new BitSet((int) (size / BLOCK));
    }

    @Override
    public long size() {
        return size;
    }

    void resize(long newSize) {
        size = newSize;
        users.forEach(user -> user.resized(newSize));
    }

    @Override
    public int logicalBlockSize() {
        return logicalBlock;
    }

    @Override
    public boolean discards() {
        return discards;
    }

    @Override
    public @Nullable String open(User user) {
        check(!users.contains(user), "opened twice by one user");
        if (refusal == null) {
            users.add(user);
        }
        return refusal;
    }

    @Override
    public void close(User user) {
        check(users.remove(user), "closed by somebody who is no user");
        check(!users.isEmpty() || (pending.isEmpty() && pendingMaps.isEmpty()), "closed with requests under way");
    }

    List<User> users() {
        return List.copyOf(users);
    }

    void revoke(String reason) {
        users().forEach(user -> user.revoked(reason));
    }

    /** Nothing completes until {@link #letGo}. */
    void hold() {
        held = true;
    }

    void letGo() {
        held = false;
        schedule();
    }

    int pending() {
        return pending.size() + pendingMaps.size();
    }

    @Override
    public void submit(IoRequest request) {
        check(!users.isEmpty(), "a request without a user");
        check(!pending.contains(request), "submitted twice");
        Buffer buffer = request.buffer;
        switch (request.operation) {
            case READ, WRITE ->
                check(
                        buffer != null
                                && request.length > 0
                                && request.length <= MAX_TRANSFER
                                && buffer.capacity() >= request.length
                                && buffer.references() > 0,
                        "a transfer without a proper buffer");
            case TRIM, WRITE_ZEROES ->
                check(request.length > 0 && request.length <= MAX_DISCARD, "a discard of a wrong length");
            case FLUSH -> check(request.length == 0, "a flush with a length");
        }
        check(request.offset >= 0 && (request.offset | request.length) % logicalBlock == 0, "unaligned");
        submitted++;
        pending.add(request);
        mostPending = Math.max(mostPending, pending.size());
        schedule();
    }

    @Override
    public void mapAllocation(long offset, long length, BlockStore.AllocationSink sink) {
        pendingMaps.add(() -> map(offset, length, sink));
        schedule();
    }

    private void schedule() {
        if (!scheduled && !held) {
            scheduled = true;
            laterTurn.execute(complete);
        }
    }

    private void complete() {
        scheduled = false;
        if (held) {
            return;
        }
        int batch = random == null ? pending.size() : random.nextInt(pending.size() + 1);
        for (int i = 0; i < batch; i++) {
            int which = random == null ? 0 : random.nextInt(pending.size());
            IoRequest request = take(which);
            int errno = request.offset + request.length > size ? Errno.EINVAL : failure.applyAsInt(request);
            if (errno == 0) {
                execute(request);
            }
            request.completed(errno);
        }
        if (!pendingMaps.isEmpty()) {
            pendingMaps.removeFirst().run();
        }
        if (!pending.isEmpty() || !pendingMaps.isEmpty()) {
            schedule();
        }
    }

    private IoRequest take(int which) {
        if (random == null) {
            return pending.removeFirst();
        }
        IoRequest taken = pending.get(which);
        IoRequest last = pending.removeLast();
        if (last != taken) {
            pending.set(which, last);
        }
        return taken;
    }

    private void execute(IoRequest request) {
        long offset = request.offset;
        int length = request.length;
        Buffer buffer = request.buffer;
        switch (request.operation) {
            case READ -> {
                if (buffer != null) {
                    MemorySegment.copy(data, offset, buffer.segment(), 0, length);
                }
            }
            case WRITE -> {
                if (buffer != null) {
                    MemorySegment.copy(buffer.segment(), 0, data, offset, length);
                }
                allocated.set((int) (offset / BLOCK), (int) ((offset + length + BLOCK - 1) / BLOCK));
                forced += request.forceUnitAccess ? 1 : 0;
            }
            case FLUSH -> flushes++;
            case TRIM -> {
                largestDiscard = Math.max(largestDiscard, length);
                zero(offset, length, true);
            }
            case WRITE_ZEROES -> {
                largestDiscard = Math.max(largestDiscard, length);
                keptHoles += request.mayUnmap ? 0 : 1;
                zero(offset, length, request.mayUnmap);
            }
        }
    }

    private void zero(long offset, int length, boolean unmap) {
        data.asSlice(offset, length).fill((byte) 0);
        int first = (int) ((offset + BLOCK - 1) / BLOCK);
        int end = (int) ((offset + length) / BLOCK);
        if (!unmap) {
            allocated.set((int) (offset / BLOCK), (int) ((offset + length + BLOCK - 1) / BLOCK));
        } else if (first < end) {
            allocated.clear(first, end);
        }
    }

    private void map(long offset, long length, BlockStore.AllocationSink sink) {
        if (mapErrno == 0) {
            for (long at = offset; at < offset + length; ) {
                long end = Math.min((at / BLOCK + 1) * BLOCK, offset + length);
                sink.extent(end - at, !allocated.get((int) (at / BLOCK)));
                at = end;
            }
        }
        sink.completed(mapErrno);
    }

    byte[] content(long offset, int length) {
        return data.asSlice(offset, length).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
    }

    void fill(long offset, byte[] bytes) {
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, data, offset, bytes.length);
        allocated.set((int) (offset / BLOCK), (int) ((offset + bytes.length + BLOCK - 1) / BLOCK));
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
