package io.bsr.sim.world;

import io.bsr.sim.time.SimRandom;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.MessageDigestSpi;
import java.security.Provider;
import java.security.Security;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * Digests of the lengths that the JDK's have, made of two checksums: to compute the real ones took a fifth of the time of a
 * simulation, and they are not what is tested.
 */
public final class FastDigests extends Provider {
    private static final long serialVersionUID = 1L;

    private FastDigests() {
        super("SimulatorDigests", "1", "checksums in the place of digests");
        put("MessageDigest.MD5", OfMd5.class.getName());
        put("MessageDigest.SHA-1", OfSha1.class.getName());
        put("MessageDigest.SHA-256", OfSha256.class.getName());
    }

    /** From now on {@link MessageDigest#getInstance(String)} of this process gives these. */
    static void install() {
        Security.insertProviderAt(new FastDigests(), 1);
    }

    /** What all have in common. */
    private abstract static class Checksums extends MessageDigestSpi {
        private final CRC32C first = new CRC32C();
        private final CRC32 second = new CRC32();
        private final int bytes;

        Checksums(int bytes) {
            this.bytes = bytes;
        }

        @Override
        protected int engineGetDigestLength() {
            return bytes;
        }

        @Override
        protected void engineUpdate(byte input) {
            first.update(input);
            second.update(input);
        }

        @Override
        protected void engineUpdate(byte[] input, int offset, int length) {
            first.update(input, offset, length);
            second.update(input, offset, length);
        }

        @Override
        protected void engineUpdate(ByteBuffer input) {
            int from = input.position();
            first.update(input);
            input.position(from);
            second.update(input);
        }

        @Override
        protected byte[] engineDigest() {
            long sum = first.getValue() << Integer.SIZE | second.getValue();
            engineReset();
            byte[] digest = new byte[bytes];
            for (int i = 0; i < bytes; i++) {
                if (i % Long.BYTES == 0) {
                    sum = SimRandom.mix(sum + i);
                }
                digest[i] = (byte) (sum >>> (i % Long.BYTES * Byte.SIZE));
            }
            return digest;
        }

        @Override
        protected void engineReset() {
            first.reset();
            second.reset();
        }
    }

    /** In the place of MD5. */
    public static final class OfMd5 extends Checksums {
        public OfMd5() {
            super(16);
        }
    }

    /** In the place of SHA-1. */
    public static final class OfSha1 extends Checksums {
        public OfSha1() {
            super(20);
        }
    }

    /** In the place of SHA-256. */
    public static final class OfSha256 extends Checksums {
        public OfSha256() {
            super(32);
        }
    }
}
