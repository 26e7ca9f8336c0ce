package io.bsr.core.resync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ResyncShareTest {
    private static final int REQUEST = 64 * 1024;
    private static final int NO_MINIMUM = 0;
    private static final long MILLISECOND = 1_000_000;

    private final ResyncShare share = new ResyncShare();
    private long now = 5_000_000_000L;

    @Test
    void without_users_nothing_is_held_back() {
        assertEquals(100, moves(100, NO_MINIMUM));
    }

    @Test
    void beside_users_a_resync_moves_as_many_bytes_as_they() {
        share.used(4096, now);
        moves(1000, NO_MINIMUM);

        int moved = 0;
        for (int i = 0; i < 1600; i++) {
            now += MILLISECOND / 50;
            share.used(4096, now);
            moved += moves(10, NO_MINIMUM);
        }

        assertEquals(1600 * 4096 / REQUEST, moved);
    }

    @Test
    void what_users_wrote_long_ago_cannot_be_saved_up() {
        for (int i = 0; i < 1000; i++) {
            share.used(1 << 20, now);
        }

        assertEquals((1 << 20) / REQUEST, moves(1000, NO_MINIMUM));
    }

    @Test
    void beside_users_who_write_little_the_guaranteed_minimum_is_moved() {
        int minimum = 640;
        share.used(512, now);
        moves(1000, minimum);

        int moved = 0;
        for (int i = 0; i < 100; i++) {
            now += 50 * MILLISECOND;
            share.used(0, now);
            moved += moves(1000, minimum);
        }

        assertEquals(5.0 * minimum * 1024 / REQUEST, moved, 1.0);
    }

    @Test
    void the_limit_ends_with_the_users() {
        share.used(4096, now);
        moves(1000, NO_MINIMUM);
        assertFalse(share.permits(now, NO_MINIMUM));

        now += ResyncShare.PATIENCE_NANOS;

        assertTrue(share.permits(now, NO_MINIMUM));
    }

    /** Moves requests as long as that is permitted, at most {@code most}. */
    private int moves(int most, int minimum) {
        int moved = 0;
        while (moved < most && share.permits(now, minimum)) {
            share.taken(REQUEST, now);
            moved++;
        }
        return moved;
    }
}
