package io.bsr.config.diagnostic;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One text that was read, with the table that turns an offset into line and column.
 *
 * <p>The language is defined on bytes. A text that is valid UTF-8 is decoded as such, anything else byte for byte as ISO
 * 8859-1, so that {@link #bytes()} always gives back exactly what was read.
 */
public final class SourceFile {
    private final String name;
    private final String text;
    private final Charset charset;
    private final int[] lineStarts;

    private SourceFile(String name, String text, Charset charset) {
        this.name = name;
        this.text = text;
        this.charset = charset;
        this.lineStarts = lineStarts(text);
    }

    public static SourceFile of(String name, String text) {
        return new SourceFile(name, text, StandardCharsets.UTF_8);
    }

    public static SourceFile of(String name, byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return new SourceFile(name, text, StandardCharsets.UTF_8);
        } catch (CharacterCodingException notUtf8) {
            return new SourceFile(name, new String(bytes, StandardCharsets.ISO_8859_1), StandardCharsets.ISO_8859_1);
        }
    }

    private static int[] lineStarts(String text) {
        int[] starts = new int[16];
        int lines = 1;
        for (int at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
            if (lines == starts.length) {
                starts = Arrays.copyOf(starts, lines * 2);
            }
            starts[lines++] = at + 1;
        }
        return Arrays.copyOf(starts, lines);
    }

    /** The name used in messages. */
    public String name() {
        return name;
    }

    public String text() {
        return text;
    }

    /** The encoding in which {@link #text()} was decoded. */
    public Charset charset() {
        return charset;
    }

    /** The bytes that were read. */
    public byte[] bytes() {
        return text.getBytes(charset);
    }

    /**
     * Line and column of an offset.
     *
     * @param offset in characters, 0 … length of the text
     */
    public Location locate(int offset) {
        int found = Arrays.binarySearch(lineStarts, offset);
        int line = found >= 0 ? found : -found - 2;
        return new Location(name, line + 1, offset - lineStarts[line] + 1);
    }

    /**
     * The text of a line without its end, for showing below a message.
     *
     * @param line from 1; a line outside the text gives an empty string
     */
    public String line(int line) {
        if (line < 1 || line > lineStarts.length) {
            return "";
        }
        int start = lineStarts[line - 1];
        int end = line == lineStarts.length ? text.length() : lineStarts[line] - 1;
        if (end > start && text.charAt(end - 1) == '\r') {
            end--;
        }
        return text.substring(start, Math.max(start, end));
    }

    @Override
    public String toString() {
        return name;
    }
}
