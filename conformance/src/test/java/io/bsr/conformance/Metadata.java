package io.bsr.conformance;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the text that dump-md prints. */
final class Metadata {
    /** Device flags of the superblock, metadata reference, section 3.1. */
    static final int CONSISTENT = 1;

    static final int PRIMARY = 1 << 1;
    static final int WAS_UP_TO_DATE = 1 << 4;

    private static final Pattern FLAGS = Pattern.compile("(?m)^flags\\s+(0x[0-9a-fA-F]+);");

    private Metadata() {}

    static int flags(String dump) {
        Matcher matcher = FLAGS.matcher(dump);
        if (!matcher.find()) {
            throw new AssertionError("no flags in:\n" + dump);
        }
        return Long.decode(matcher.group(1)).intValue();
    }
}
