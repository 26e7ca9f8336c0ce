package io.bsr.wire.digest;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The algorithms that configuration files may name. */
public enum DigestAlgorithm {
    /** CRC-32C, stored little-endian; a checksum, so not for authentication. */
    CRC32C("crc32c", 4, null, null),
    MD5("md5", 16, "MD5", "HmacMD5"),
    SHA1("sha1", 20, "SHA-1", "HmacSHA1"),
    SHA224("sha224", 28, "SHA-224", "HmacSHA224"),
    SHA256("sha256", 32, "SHA-256", "HmacSHA256"),
    SHA384("sha384", 48, "SHA-384", "HmacSHA384"),
    SHA512("sha512", 64, "SHA-512", "HmacSHA512"),
    SHA3_224("sha3-224", 28, "SHA3-224", "HmacSHA3-224"),
    SHA3_256("sha3-256", 32, "SHA3-256", "HmacSHA3-256"),
    SHA3_384("sha3-384", 48, "SHA3-384", "HmacSHA3-384"),
    SHA3_512("sha3-512", 64, "SHA3-512", "HmacSHA3-512");

    private final String linuxName;
    private final int bytes;
    private final @Nullable String javaName;
    private final @Nullable String javaMacName;

    DigestAlgorithm(String linuxName, int bytes, @Nullable String javaName, @Nullable String javaMacName) {
        this.linuxName = linuxName;
        this.bytes = bytes;
        this.javaName = javaName;
        this.javaMacName = javaMacName;
    }

    /** The algorithm with this Linux name; {@code null} if it is none of {@link #names}. */
    public static @Nullable DigestAlgorithm ofName(String name) {
        for (DigestAlgorithm algorithm : values()) {
            if (algorithm.linuxName.equals(name)) {
                return algorithm;
            }
        }
        return null;
    }

    /**
     * The names that may be configured, for messages.
     *
     * @param keyed those for cram-hmac-alg rather than for payloads
     */
    public static List<String> names(boolean keyed) {
        List<String> names = new ArrayList<>();
        for (DigestAlgorithm algorithm : values()) {
            if (!keyed || algorithm.isKeyed()) {
                names.add(algorithm.linuxName);
            }
        }
        return names;
    }

    /** The name in configuration files and packets. */
    public String linuxName() {
        return linuxName;
    }

    /** Length of a digest. */
    public int bytes() {
        return bytes;
    }

    /** True if it can be used with a key, for cram-hmac-alg. */
    public boolean isKeyed() {
        return javaMacName != null;
    }

    @Nullable String javaName() {
        return javaName;
    }

    @Nullable String javaMacName() {
        return javaMacName;
    }

    @Override
    public String toString() {
        return linuxName;
    }
}
