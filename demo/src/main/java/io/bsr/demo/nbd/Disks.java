package io.bsr.demo.nbd;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Compares the backing files of both nodes with each other and with what was written. */
public final class Disks {
    private static final int PIECE_BLOCKS = 256;

    private Disks() {}

    /**
     * What the comparison found.
     *
     * @param bytes compared
     * @param betweenNodes bytes in which the two files differ
     * @param fromWritten bytes in which the first file differs from what was written
     */
    public record Result(long bytes, long betweenNodes, long fromWritten) {
        public boolean same() {
            return betweenNodes == 0 && fromWritten == 0;
        }
    }

    /** Compares the data area, which is as long as the volume; the metadata behind it differ by design. */
    public static Result compare(Path first, Path second, KnownData data) throws IOException {
        byte[] one = new byte[PIECE_BLOCKS * KnownData.BLOCK_BYTES];
        byte[] other = new byte[one.length];
        byte[] known = new byte[one.length];
        long bytes = 0;
        long betweenNodes = 0;
        long fromWritten = 0;
        try (InputStream a = Files.newInputStream(first);
                InputStream b = Files.newInputStream(second)) {
            for (int block = 0; block < data.blocks(); block += PIECE_BLOCKS) {
                int count = Math.min(PIECE_BLOCKS, data.blocks() - block);
                int length = count * KnownData.BLOCK_BYTES;
                if (a.readNBytes(one, 0, length) != length || b.readNBytes(other, 0, length) != length) {
                    throw new IOException("A backing file is shorter than the volume.");
                }
                data.expected(block, count, known);
                bytes += length;
                betweenNodes += differences(one, other, length);
                fromWritten += differences(one, known, length);
            }
        }
        return new Result(bytes, betweenNodes, fromWritten);
    }

    private static long differences(byte[] a, byte[] b, int length) {
        int at = Arrays.mismatch(a, 0, length, b, 0, length);
        long count = 0;
        for (int i = at; i >= 0 && i < length; i++) {
            count += a[i] == b[i] ? 0 : 1;
        }
        return count;
    }
}
