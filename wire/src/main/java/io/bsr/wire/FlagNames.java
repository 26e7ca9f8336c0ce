package io.bsr.wire;

/** Spells out bits for logs. */
final class FlagNames {
    private FlagNames() {}

    /** The names of the bits that are set, joined by {@code |}; bits without a name in hexadecimal. */
    static String join(long flags, String[] names) {
        StringBuilder text = new StringBuilder();
        long rest = flags;
        for (int bit = 0; bit < names.length; bit++) {
            if ((flags >>> bit & 1) != 0) {
                text.append(text.isEmpty() ? "" : "|").append(names[bit]);
                rest &= ~(1L << bit);
            }
        }
        if (rest != 0) {
            text.append(text.isEmpty() ? "" : "|").append("0x").append(Long.toHexString(rest));
        }
        return text.isEmpty() ? "0" : text.toString();
    }
}
