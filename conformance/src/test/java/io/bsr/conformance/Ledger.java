package io.bsr.conformance;

import io.bsr.frontend.nbd.ExportClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What an application wrote to a part of the volume, block by block: the last version that was acknowledged, and the one
 * whose fate is open. One write is in flight at a time.
 */
final class Ledger {
    static final int BLOCK = 4096;

    private final long start;
    private final long[] acknowledged;
    private final long[] tried;
    private final Random random;
    private final AtomicLong count = new AtomicLong();
    private long version;

    /** @param start first byte of the part */
    Ledger(long start, int blocks, long seed) {
        this.start = start;
        acknowledged = new long[blocks];
        tried = new long[blocks];
        random = new Random(seed);
    }

    /** Writes acknowledged so far; for any thread. */
    long count() {
        return count.get();
    }

    /** Writes one block somewhere. */
    void writeOne(ExportClient client) throws IOException {
        int block = random.nextInt(acknowledged.length);
        version++;
        tried[block] = version;
        client.write(start + (long) block * BLOCK, content(block, version));
        acknowledged[block] = version;
        count.incrementAndGet();
    }

    /** Reads everything back; what was in flight in a crash may be old or new, and is known from then on. */
    void verify(ExportClient client) throws IOException {
        for (int block = 0; block < acknowledged.length; block++) {
            byte[] read = client.read(start + (long) block * BLOCK, BLOCK);
            if (ByteBuffer.wrap(read).equals(ByteBuffer.wrap(content(block, acknowledged[block])))) {
                tried[block] = acknowledged[block];
            } else if (ByteBuffer.wrap(read).equals(ByteBuffer.wrap(content(block, tried[block])))) {
                acknowledged[block] = tried[block];
            } else {
                throw new AssertionError("block " + block + " holds version "
                        + ByteBuffer.wrap(read).getLong() + " and not " + acknowledged[block] + " or " + tried[block]);
            }
        }
    }

    private static byte[] content(int block, long version) {
        ByteBuffer data = ByteBuffer.allocate(BLOCK);
        while (version != 0 && data.hasRemaining()) {
            data.putLong(version).putLong(block * 0x9E3779B97F4A7C15L + version);
        }
        return data.array();
    }
}
