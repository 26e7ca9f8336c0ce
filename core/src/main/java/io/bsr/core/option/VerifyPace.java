package io.bsr.core.option;

import java.util.Map;

/**
 * How fast an online verify asks, where an administrator says so ({@code ov-req-num}, {@code ov-req-interval}); else the
 * options of the resync count.
 *
 * @param given one of the two options is set
 * @param blocks 4 KiB blocks of one request, 1 … 256
 * @param intervalMillis time from one request to the next, 1 … 5000
 */
public record VerifyPace(boolean given, int blocks, int intervalMillis) {
    /**
     * Reads the options out of a map of names to canonical texts.
     *
     * @throws IllegalArgumentException for a value that the option does not allow
     */
    public static VerifyPace from(Map<String, String> values) {
        OptionValues v = new OptionValues(values);
        return new VerifyPace(
                values.containsKey("ov-req-num") || values.containsKey("ov-req-interval"),
                (int) v.number("ov-req-num", 10, 1, 256),
                (int) v.number("ov-req-interval", 100, 1, 5000));
    }
}
