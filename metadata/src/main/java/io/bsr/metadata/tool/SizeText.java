package io.bsr.metadata.tool;

/** Sizes in the family's style. */
final class SizeText {
    private static final String UNITS = "KMGTPE";

    private SizeText() {}

    /** The largest unit that leaves at most four digits, rounded half up, e.g. {@code 84 MB} for 86016. */
    static String ofKib(long kib) {
        long value = kib;
        int unit = 0;
        while (value >= 10_000 && unit < UNITS.length() - 1) {
            value = (value + 512) >> 10;
            unit++;
        }
        return value + " " + UNITS.charAt(unit) + "B";
    }
}
