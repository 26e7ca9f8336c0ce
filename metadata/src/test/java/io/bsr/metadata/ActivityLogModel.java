package io.bsr.metadata;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/** An engine's activity log: a random active set, and the ring that it writes. */
final class ActivityLogModel {
    private final ActivityLogRing ring;
    private final Random random;
    private final ActivityLogBlock codec = new ActivityLogBlock();
    private final ByteBuffer blocks;
    private final int[] active;
    private int cursor;

    ActivityLogModel(ActivityLogRing ring, int size, Random random) {
        this.ring = ring;
        this.random = random;
        active = new int[size];
        Arrays.fill(active, ActivityLogBlock.FREE);
        blocks = ByteBuffer.allocateDirect((int) ring.bytes());
        for (int number = 0; number < ring.blocks(); number++) {
            codec.encodeInitialised(blocks, number * ActivityLogBlock.BYTES);
        }
    }

    /** One transaction with random changes. */
    void write(int transaction) {
        int[] slots = random.ints(0, active.length)
                .distinct()
                .limit(1 + random.nextInt(ActivityLogBlock.UPDATES))
                .toArray();
        // Slots are often freed, so that contexts must undo updates whose successors have left the ring.
        int[] extents = random.ints(slots.length, -(1 << 20), 1 << 20)
                .map(extent -> Math.max(extent, ActivityLogBlock.FREE))
                .toArray();
        codec.encode(
                blocks,
                (int) ring.offsetOf(transaction),
                transaction,
                slots.length,
                slots,
                extents,
                active,
                active.length,
                cursor);
        cursor = cursor + ActivityLogBlock.CONTEXT >= active.length ? 0 : cursor + ActivityLogBlock.CONTEXT;
        for (int i = 0; i < slots.length; i++) {
            active[slots[i]] = extents[i];
        }
    }

    int[] hot() {
        return Arrays.stream(active)
                .filter(extent -> extent != ActivityLogBlock.FREE)
                .sorted()
                .distinct()
                .toArray();
    }

    ActivityLogReplay.Result replay() {
        ActivityLogReplay replay = new ActivityLogReplay(ring);
        for (int number = 0; number < ring.blocks(); number++) {
            replay.add(number, blocks, number * ActivityLogBlock.BYTES);
        }
        return replay.result();
    }
}
