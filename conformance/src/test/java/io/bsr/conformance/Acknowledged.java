package io.bsr.conformance;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;

/** What one writer wrote to a part of a volume, as far as it was acknowledged: a write that was not may be there or not. */
final class Acknowledged {
    private static final int SECTOR = 512;

    private final long from;
    private final byte[] data;
    private final BitSet known;

    Acknowledged(long from, long length) {
        this.from = from;
        data = new byte[Math.toIntExact(length)];
        known = new BitSet(data.length / SECTOR);
    }

    /** The first byte of the part; {@link #length} likewise. */
    long from() {
        return from;
    }

    int length() {
        return data.length;
    }

    /** A write is about to be asked for. */
    void forget(long at, int length) {
        known.clear(sector(at), sector(at + length));
    }

    /** It was acknowledged. */
    void add(long at, byte[] written) {
        System.arraycopy(written, 0, data, Math.toIntExact(at - from), written.length);
        known.set(sector(at), sector(at + written.length));
    }

    private int sector(long at) {
        return Math.toIntExact((at - from) / SECTOR);
    }

    /** Compares it with a backing file; its writer has ended. */
    void assertKept(Path disk) throws IOException {
        ByteBuffer is = ByteBuffer.allocate(data.length);
        try (FileChannel file = FileChannel.open(disk, StandardOpenOption.READ)) {
            int read = 0;
            while (is.hasRemaining() && read >= 0) {
                read = file.read(is, from + is.position());
            }
        }
        ByteBuffer was = ByteBuffer.wrap(data);
        for (int sector = known.nextSetBit(0); sector >= 0; sector = known.nextSetBit(sector + 1)) {
            int at = sector * SECTOR;
            if (!is.slice(at, SECTOR).equals(was.slice(at, SECTOR))) {
                throw new AssertionError("an acknowledged write is lost: sector " + (from + at) / SECTOR);
            }
        }
    }
}
