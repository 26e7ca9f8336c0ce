package io.bsr.core.option;

import java.util.Map;

/**
 * What happens when a peer does not keep up.
 *
 * @param policy option {@code on-congestion}
 * @param fill option {@code congestion-fill}: bytes on their way to the peer, 0 for any number
 * @param extents option {@code congestion-extents}: extents of the activity log in use; 0 for any number
 * @param highWater option {@code congestion-highwater}: writes on their way to the peer, 0 for any number
 */
public record CongestionOptions(Policy policy, long fill, int extents, int highWater) {
    /** What is done. */
    public enum Policy {
        /** Users wait. */
        BLOCK("block"),
        /** The peer falls behind: it is told which blocks it lacks, and gets them later, by a resync. */
        PULL_AHEAD("pull-ahead"),
        /** The connection is given up. */
        DISCONNECT("disconnect");

        private final String word;

        Policy(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }
    }

    /**
     * Reads the options out of a map of names to canonical texts.
     *
     * @throws IllegalArgumentException for a value that the options do not allow together
     */
    public static CongestionOptions from(Map<String, String> values) {
        OptionValues v = new OptionValues(values);
        Policy policy = v.choice("on-congestion", Policy.BLOCK, Policy.class);
        if (policy != Policy.BLOCK && v.choice("protocol", Protocol.C, Protocol.class) != Protocol.A) {
            throw new IllegalArgumentException(
                    "on-congestion " + policy + " needs protocol A: with the others users wait for the peer anyway");
        }
        return new CongestionOptions(
                policy,
                v.number("congestion-fill", 0, 0, 1L << 40),
                values.containsKey("congestion-extents") ? (int) v.number("congestion-extents", 67, 67, 65534) : 0,
                (int) v.number("congestion-highwater", 20000, 0, 1_000_000));
    }
}
