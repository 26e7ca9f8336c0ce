package io.bsr.frontend.nbd;

import java.nio.charset.StandardCharsets;

/** Text of a client made safe for a log line or a message, and text of ours made short enough for the protocol. */
final class Printable {
    private static final int LONGEST = 128;

    private Printable() {}

    /** {@code text} without control characters, cut after 128 characters. */
    static String text(String text) {
        StringBuilder result = new StringBuilder();
        int end = Math.min(text.length(), LONGEST);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            result.append(Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c);
        }
        return text.length() > LONGEST ? result.append("...").toString() : result.toString();
    }

    /** The UTF-8 bytes of {@code text}, cut at a character if they exceed the longest string of the protocol. */
    static byte[] protocolString(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= HandshakeCode.LONGEST_STRING) {
            return bytes;
        }
        int end = HandshakeCode.LONGEST_STRING;
        while ((bytes[end] & 0xc0) == 0x80) {
            end--;
        }
        return java.util.Arrays.copyOf(bytes, end);
    }
}
