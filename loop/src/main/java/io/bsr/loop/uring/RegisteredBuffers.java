package io.bsr.loop.uring;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.bsr.base.memory.Buffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The buffers whose pages the kernel keeps pinned for a ring, so that it need not look them up and pin them for every
 * request of a file.
 *
 * <p>A buffer is registered when it is first used for a file. Pools hand out the buffer that came back last, so the few
 * that are in use at once are the ones registered; an idle engine pins nothing. Where the kernel refuses (before 5.19,
 * or beyond the limit on locked memory of a user without privileges), requests go on without registration.
 *
 * <p>The table refers to the buffers it knows, by identity: their memory cannot be given back and come again as another
 * buffer's while the kernel still has the old pages.
 */
final class RegisteredBuffers {
    /** The index for a buffer that is not registered. */
    static final int NONE = -1;

    private static final int LIMIT = 4096;
    private static final int TABLE = 2 * LIMIT;

    private static final int REGISTER_BUFFERS2 = 15;
    private static final int REGISTER_BUFFERS_UPDATE = 16;
    private static final int SPARSE = 1;

    private final @Nullable Buffer[] buffers = new Buffer[TABLE];
    private final int[] indexes = new int[TABLE];
    private int count;
    private int limit;

    /** Makes room in the kernel. struct io_uring_rsrc_register (32 bytes): number 0, flags 4. */
    void enable(Ring ring) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment table = arena.allocate(32, 8);
            table.set(JAVA_INT, 0, LIMIT);
            table.set(JAVA_INT, 4, SPARSE);
            limit = ring.control(REGISTER_BUFFERS2, table, 32) >= 0 ? LIMIT : 0;
        }
    }

    /** The number by which the ring knows the buffer, or {@link #NONE}. */
    int indexOf(Ring ring, Buffer buffer) {
        long page = buffer.address() >>> 12;
        int at = (int) ((page * 0x9E3779B97F4A7C15L) >>> 51);
        for (Buffer known = buffers[at]; known != null; known = buffers[at]) {
            if (known == buffer) {
                return indexes[at];
            }
            at = (at + 1) & (TABLE - 1);
        }
        return count < limit ? register(ring, buffer, at) : NONE;
    }

    /**
     * struct io_uring_rsrc_update2 (32 bytes): offset 0, address of the vectors 8, of the tags 16 (none), number 24.
     */
    private int register(Ring ring, Buffer buffer, int at) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment vector = arena.allocateFrom(JAVA_LONG, buffer.address(), buffer.capacity());
            MemorySegment update = arena.allocate(32, 8);
            update.set(JAVA_INT, 0, count);
            update.set(JAVA_LONG, 8, vector.address());
            update.set(JAVA_INT, 24, 1);
            if (ring.control(REGISTER_BUFFERS_UPDATE, update, 32) != 1) {
                // It would most likely refuse the next one too, and asking costs a call.
                limit = count;
                return NONE;
            }
        }
        buffers[at] = buffer;
        indexes[at] = count;
        return count++;
    }
}
