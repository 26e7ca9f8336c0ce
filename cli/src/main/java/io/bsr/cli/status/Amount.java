package io.bsr.cli.status;

import java.util.Locale;

/** Amounts of data for readers. */
final class Amount {
    private static final int SECTORS_PER_KIB = 2;
    private static final String UNITS = "KMGT";

    private Amount() {}

    static long kib(long sectors) {
        return sectors / SECTORS_PER_KIB;
    }

    /** In KiB, or with a unit: three decimals from 1 MiB on. */
    static String of(long sectors, boolean human) {
        long kib = kib(sectors);
        if (!human) {
            return Long.toString(kib);
        }
        double value = kib;
        int unit = 0;
        while (value >= 1024 && unit < UNITS.length() - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f" : "%.3f", value) + UNITS.charAt(unit);
    }
}
