package io.bsr.core.option;

import io.bsr.wire.digest.DigestAlgorithm;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which digests a connection uses; {@code null} for none. The names are those of the Linux kernel.
 *
 * @param verify option {@code verify-alg}
 * @param csums option {@code csums-alg}
 * @param csumsAfterCrashOnly option {@code csums-after-crash-only}
 * @param integrity option {@code data-integrity-alg}
 */
public record DigestOptions(
        @Nullable DigestAlgorithm verify,
        @Nullable DigestAlgorithm csums,
        boolean csumsAfterCrashOnly,
        @Nullable DigestAlgorithm integrity) {
    /**
     * Reads the options out of a map of names to canonical texts.
     *
     * @throws IllegalArgumentException for an algorithm that is not known here, with those that are
     */
    public static DigestOptions from(Map<String, String> values) {
        OptionValues v = new OptionValues(values);
        return new DigestOptions(
                algorithm(v, "verify-alg"),
                algorithm(v, "csums-alg"),
                v.flag("csums-after-crash-only", false),
                algorithm(v, "data-integrity-alg"));
    }

    private static @Nullable DigestAlgorithm algorithm(OptionValues values, String option) {
        String name = values.text(option, "");
        DigestAlgorithm algorithm = DigestAlgorithm.ofName(name);
        if (algorithm == null && !name.isEmpty()) {
            throw new IllegalArgumentException("option " + option + ": the algorithm \"" + name
                    + "\" is not known here; known are " + String.join(", ", DigestAlgorithm.names(false)));
        }
        return algorithm;
    }

    /** The name in packets; empty for none. */
    public static String name(@Nullable DigestAlgorithm algorithm) {
        return algorithm == null ? "" : algorithm.linuxName();
    }

    /** The same, with other algorithms for verify and csums: the peer has changed them. */
    public DigestOptions adopting(@Nullable DigestAlgorithm newVerify, @Nullable DigestAlgorithm newCsums) {
        return new DigestOptions(newVerify, newCsums, csumsAfterCrashOnly, integrity);
    }
}
