package io.bsr.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Where the contents of two backing files differ. */
final class DiskComparison {
    private static final int SECTOR = 512;
    private static final int BLOCK = 1 << 16;
    private static final int MOST_RANGES = 10;

    private final List<long[]> ranges = new ArrayList<>();
    private long sectors;

    /** Compares the first {@code length} bytes of both, a multiple of 512. */
    DiskComparison(Path one, Path other, long length) throws IOException {
        try (InputStream first = Files.newInputStream(one);
                InputStream second = Files.newInputStream(other)) {
            byte[] a = new byte[BLOCK];
            byte[] b = new byte[BLOCK];
            for (long at = 0; at < length; at += BLOCK) {
                int n = (int) Math.min(BLOCK, length - at);
                if (first.readNBytes(a, 0, n) != n || second.readNBytes(b, 0, n) != n) {
                    throw new IOException(one + " or " + other + " is shorter than the volume");
                }
                compare(a, b, at, n);
            }
        }
    }

    private void compare(byte[] a, byte[] b, long at, int length) {
        if (Arrays.equals(a, 0, length, b, 0, length)) {
            return;
        }
        for (int s = 0; s < length; s += SECTOR) {
            if (!Arrays.equals(a, s, s + SECTOR, b, s, s + SECTOR)) {
                add((at + s) / SECTOR);
            }
        }
    }

    private void add(long sector) {
        sectors++;
        if (!ranges.isEmpty() && ranges.getLast()[1] == sector) {
            ranges.getLast()[1] = sector + 1;
        } else {
            ranges.add(new long[] {sector, sector + 1});
        }
    }

    /** SHA-256 of the first {@code length} bytes, in hexadecimal digits. */
    static String sha256(Path file, long length) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            byte[] block = new byte[BLOCK];
            for (long left = length; left > 0; ) {
                int n = in.readNBytes(block, 0, (int) Math.min(BLOCK, left));
                if (n == 0) {
                    throw new IOException(file + " is shorter than the volume");
                }
                sha.update(block, 0, n);
                left -= n;
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Where the first sector begins that differs; -1 if there is none. */
    long firstByte() {
        return equal() ? -1 : ranges.getFirst()[0] * SECTOR;
    }

    boolean equal() {
        return sectors == 0;
    }

    /** The sectors that differ, from … to (exclusive); the first of them if they are many. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder().append(sectors).append(" sectors differ:");
        for (long[] range : ranges.subList(0, Math.min(MOST_RANGES, ranges.size()))) {
            text.append(' ').append(range[0]).append('-').append(range[1]);
        }
        return text.append(ranges.size() > MOST_RANGES ? " ..." : "").toString();
    }
}
