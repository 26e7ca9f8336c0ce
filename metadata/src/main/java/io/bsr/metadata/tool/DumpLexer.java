package io.bsr.metadata.tool;

import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataException.Code;
import java.io.IOException;
import java.io.Reader;

/**
 * Splits the text of a dump into tokens (metadata reference, section 10.1). Tokens are short, so that memory is bounded
 * whatever comes.
 *
 * <p>After {@link #next} the fields describe the present token.
 */
final class DumpLexer {
    enum Kind {
        /** One of {@code { } ; [ ]}. */
        PUNCTUATION,
        /** 1 to 20 characters between quotation marks; {@link #text} is without them. */
        STRING,
        /** A keyword. */
        WORD,
        /** A decimal number. */
        NUMBER,
        /** {@code 0x} and 16 digits. */
        HEX64,
        /** {@code 0x} and 8 digits. */
        HEX32,
        END
    }

    /** Longest token that is collected; no valid one is longer. */
    private static final int LONGEST = 80;

    private static final int LONGEST_STRING = 20;
    private static final int LONGEST_NUMBER = 19;
    private static final int NOTHING = -2;

    private final Reader in;
    private final StringBuilder collected = new StringBuilder();
    private int ahead = NOTHING;
    private int line = 1;

    Kind kind = Kind.END;

    /** The token; for hexadecimal numbers their digits. */
    String text = "";

    /** The value of a number. */
    long value;

    DumpLexer(Reader in) {
        this.in = in;
    }

    int line() {
        return line;
    }

    void next() throws MetadataException {
        skipSpaceAndComments();
        int c = peek();
        collected.setLength(0);
        if (c < 0) {
            token(Kind.END);
        } else if ("{};[]".indexOf(c) >= 0) {
            collected.append((char) read());
            token(Kind.PUNCTUATION);
        } else if (c == '"') {
            string();
        } else {
            collect();
            classify();
        }
    }

    MetadataException error(String why) {
        return new MetadataException(
                Code.DUMP_SYNTAX,
                "Parse error in line " + line,
                why,
                "Check that this is an unchanged or carefully edited dump");
    }

    private void skipSpaceAndComments() throws MetadataException {
        while (true) {
            int c = peek();
            if (c == '#') {
                while (c >= 0 && c != '\n') {
                    read();
                    c = peek();
                }
            } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
                read();
            } else {
                return;
            }
        }
    }

    private void string() throws MetadataException {
        read();
        for (int c = read(); c != '"'; c = read()) {
            if (c < 0 || c == '\n' || collected.length() == LONGEST_STRING) {
                throw error("string without end, or longer than " + LONGEST_STRING + " characters");
            }
            collected.append((char) c);
        }
        if (collected.isEmpty()) {
            throw error("empty string");
        }
        token(Kind.STRING);
    }

    private void collect() throws MetadataException {
        for (int c = peek(); c > ' ' && "{};[]\"#".indexOf(c) < 0; c = peek()) {
            if (collected.length() == LONGEST) {
                throw error("unknown token: " + printable() + " ...");
            }
            collected.append((char) read());
        }
        if (collected.isEmpty()) {
            throw error("unknown character " + peek());
        }
    }

    private void classify() throws MetadataException {
        String token = collected.toString();
        if (token.startsWith("0x")) {
            int digits = token.length() - 2;
            if ((digits != 16 && digits != 8) || !allHexadecimal(token)) {
                throw error("not a hexadecimal number of 8 or 16 digits: " + printable());
            }
            value = Long.parseUnsignedLong(token, 2, token.length(), 16);
            token(digits == 16 ? Kind.HEX64 : Kind.HEX32);
        } else if (token.charAt(0) == '-' || digit(token.charAt(0))) {
            number(token);
        } else {
            token(Kind.WORD);
        }
    }

    private void number(String token) throws MetadataException {
        int first = token.charAt(0) == '-' ? 1 : 0;
        boolean decimal = token.length() > first && token.length() - first <= LONGEST_NUMBER;
        for (int i = first; decimal && i < token.length(); i++) {
            decimal = digit(token.charAt(i));
        }
        if (!decimal) {
            throw error("not a number: " + printable());
        }
        try {
            value = Long.parseLong(token);
        } catch (NumberFormatException e) {
            throw error("number out of range: " + token);
        }
        token(Kind.NUMBER);
    }

    private static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean allHexadecimal(String token) {
        for (int i = 2; i < token.length(); i++) {
            char c = token.charAt(i);
            if (!digit(c) && !(c >= 'a' && c <= 'f') && !(c >= 'A' && c <= 'F')) {
                return false;
            }
        }
        return true;
    }

    /** What was collected, fit for a message whatever it is. */
    private String printable() {
        StringBuilder safe = new StringBuilder();
        collected.chars().forEach(c -> safe.append(c > ' ' && c < 0x7F ? (char) c : '?'));
        return safe.toString();
    }

    private void token(Kind found) {
        kind = found;
        text = collected.toString();
    }

    private int peek() throws MetadataException {
        if (ahead == NOTHING) {
            try {
                ahead = in.read();
            } catch (IOException e) {
                throw new MetadataException(
                        Code.IO, "The dump could not be read", String.valueOf(e.getMessage()), "Check the file", e);
            }
        }
        return ahead;
    }

    private int read() throws MetadataException {
        int c = peek();
        if (c >= 0) {
            ahead = NOTHING;
        }
        if (c == '\n') {
            line++;
        }
        return c;
    }
}
