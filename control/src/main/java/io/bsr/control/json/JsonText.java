package io.bsr.control.json;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.Map;

/**
 * JSON values as text on one line, and back. Written is plain ASCII; read is UTF-8.
 *
 * <p>There is no library behind it on purpose: loading Jackson's parser, and what it touches of the JDK, takes a tool
 * longer than the rest of a {@code status}.
 */
public final class JsonText {
    /** Objects and arrays within each other, at most. */
    public static final int DEPTH = 16;

    /** Characters of a string, at most. */
    static final int LONGEST_STRING = 64 * 1024;

    /** Characters of the name of a member, at most. */
    static final int LONGEST_NAME = 256;

    private static final String HEX = "0123456789abcdef";

    private JsonText() {}

    /** The document as one line, without the line feed. */
    public static byte[] write(Json value) {
        StringBuilder out = new StringBuilder(256);
        append(out, value);
        return out.toString().getBytes(US_ASCII);
    }

    /** A chain of questions and no switch: the JVM would generate code for a switch over types at every start. */
    private static void append(StringBuilder out, Json value) {
        if (value instanceof Json.Text text) {
            quote(out, text.value());
        } else if (value instanceof Json.Whole whole) {
            out.append(whole.value());
        } else if (value instanceof Json.Flag flag) {
            out.append(flag.value());
        } else if (value instanceof Json.Array array) {
            list(out, array.items());
        } else if (value instanceof Json.Members members) {
            object(out, members.members());
        } else {
            out.append("null");
        }
    }

    private static void list(StringBuilder out, List<Json> items) {
        out.append('[');
        boolean first = true;
        for (Json item : items) {
            if (!first) {
                out.append(',');
            }
            first = false;
            append(out, item);
        }
        out.append(']');
    }

    private static void object(StringBuilder out, Map<String, Json> members) {
        out.append('{');
        boolean first = true;
        for (Map.Entry<String, Json> member : members.entrySet()) {
            if (!first) {
                out.append(',');
            }
            first = false;
            quote(out, member.getKey());
            out.append(':');
            append(out, member.getValue());
        }
        out.append('}');
    }

    private static void quote(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c >= ' ' && c < 0x7f) {
                out.append(c);
            } else if (c == '\n') {
                out.append("\\n");
            } else if (c == '\t') {
                out.append("\\t");
            } else {
                out.append("\\u");
                for (int shift = 12; shift >= 0; shift -= 4) {
                    out.append(HEX.charAt(c >> shift & 0xf));
                }
            }
        }
        out.append('"');
    }

    /**
     * Reads one document.
     *
     * @throws MalformedJsonException if it is none, or more than one, or beyond the limits
     */
    public static Json read(byte[] text) throws MalformedJsonException {
        return read(text, 0, text.length);
    }

    /** As {@link #read(byte[])}, of a part of an array. */
    public static Json read(byte[] text, int offset, int length) throws MalformedJsonException {
        String characters;
        try {
            characters = UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(text, offset, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedJsonException("not JSON: not UTF-8");
        }
        return new JsonReader(characters).document();
    }
}
