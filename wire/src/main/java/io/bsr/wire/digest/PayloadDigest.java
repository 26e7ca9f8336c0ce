package io.bsr.wire.digest;

import io.bsr.base.memory.Buffer;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Computes the digests of the payloads of one stream, one after the other: {@code update} for each part, then one of
 * {@code putTo} and {@code matches}, which begin anew.
 */
public final class PayloadDigest {
    private final DigestAlgorithm algorithm;
    private final @Nullable MessageDigest messageDigest;
    private final CRC32C crc = new CRC32C();
    private final byte[] result;

    public PayloadDigest(DigestAlgorithm algorithm) {
        this.algorithm = algorithm;
        this.result = new byte[algorithm.bytes()];
        String javaName = algorithm.javaName();
        try {
            messageDigest = javaName == null ? null : MessageDigest.getInstance(javaName);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("this Java runtime lacks " + javaName, missing);
        }
    }

    public DigestAlgorithm algorithm() {
        return algorithm;
    }

    /** Length of a digest. */
    public int bytes() {
        return result.length;
    }

    /** Adds the remaining bytes of {@code payload}, which are consumed. */
    public void update(ByteBuffer payload) {
        if (messageDigest == null) {
            crc.update(payload);
        } else {
            messageDigest.update(payload);
        }
    }

    /** Adds {@code length} bytes of {@code payload} at {@code offset}. */
    public void update(Buffer payload, int offset, int length) {
        // The shared view of the buffer, for a view of one's own would be garbage for each payload.
        ByteBuffer bytes = payload.bytes();
        bytes.limit(offset + length).position(offset);
        try {
            update(bytes);
        } finally {
            bytes.clear();
        }
    }

    /** Copies the digest of what was added. */
    public void copyTo(byte[] target) {
        finish();
        System.arraycopy(result, 0, target, 0, result.length);
    }

    /** True if the digest of what was added is {@code expected}. */
    public boolean matches(byte[] expected) {
        finish();
        return Arrays.equals(result, 0, result.length, expected, 0, result.length);
    }

    /** Puts the digest of what was added. */
    public void putTo(ByteBuffer out) {
        finish();
        out.put(result);
    }

    /** True if the digest of what was added stands in {@code in} at {@code offset}. */
    public boolean matches(ByteBuffer in, int offset) {
        finish();
        for (int i = 0; i < result.length; i++) {
            if (in.get(offset + i) != result[i]) {
                return false;
            }
        }
        return true;
    }

    private void finish() {
        if (messageDigest == null) {
            int value = (int) crc.getValue();
            for (int i = 0; i < Integer.BYTES; i++) {
                result[i] = (byte) (value >>> (Byte.SIZE * i));
            }
            crc.reset();
            return;
        }
        try {
            messageDigest.digest(result, 0, result.length);
        } catch (DigestException impossible) {
            throw new IllegalStateException(algorithm + " does not have " + result.length + " bytes", impossible);
        }
    }
}
