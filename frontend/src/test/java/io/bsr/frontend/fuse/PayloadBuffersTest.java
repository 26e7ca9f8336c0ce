package io.bsr.frontend.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.memory.Buffer;
import io.bsr.base.memory.BufferPool;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;

/** Sessions of one loop share its buffers, and none can take them from the others. */
class PayloadBuffersTest {
    private static final int MIB = 1 << 20;

    private final Turns turns = new Turns();
    private final BufferPool pool = new BufferPool(64 * MIB);
    private final PayloadBuffers buffers = new PayloadBuffers(pool, turns);

    /** Wants buffers of a size, one after the other, and gives none back by itself. */
    private final class Session extends PayloadBuffers.Taker {
        private final Deque<Buffer> held = new ArrayDeque<>();
        private final int bytes;
        private int wanted;
        private boolean waits;

        Session(int bytes) {
            this.bytes = bytes;
            buffers.join();
        }

        void want(int count) {
            wanted += count;
            if (!waits) {
                retry();
            }
            turns.run();
        }

        @Override
        void retry() {
            waits = false;
            while (wanted > 0 && !waits) {
                Buffer buffer = buffers.acquire(bytes, this);
                waits = buffer == null;
                if (buffer != null) {
                    wanted--;
                    held.add(buffer);
                }
            }
        }

        void complete() {
            buffers.release(held.remove(), this);
            turns.run();
        }
    }

    @Test
    void a_session_whose_requests_do_not_end_stops_no_other() {
        Session stuck = new Session(MIB);
        stuck.want(100);
        Session healthy = new Session(4096);
        Session large = new Session(MIB);

        for (int i = 0; i < 100; i++) {
            healthy.want(1);
            assertEquals(1, healthy.held.size(), "request " + i);
            healthy.complete();
            large.want(1);
            assertEquals(1, large.held.size(), "request " + i);
            large.complete();
        }

        assertTrue(stuck.held.size() < 100);
        assertTrue(buffers.heldBytes() <= pool.limitBytes() / 5);
    }

    @Test
    void what_a_session_gives_back_it_may_take_again_until_nothing_is_wanted() {
        Session first = new Session(MIB);
        Session second = new Session(MIB);
        first.want(40);
        second.want(40);

        int rounds = 0;
        while (first.wanted + second.wanted + first.held.size() + second.held.size() > 0) {
            (first.held.isEmpty() ? second : first).complete();
            assertTrue(++rounds <= 80, "somebody waits for ever");
        }

        assertEquals(0, buffers.heldBytes());
    }
}
