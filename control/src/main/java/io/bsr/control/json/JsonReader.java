package io.bsr.control.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a document (RFC 8259), from left to right. What is allocated is in proportion to the characters that are there:
 * lengths are found, never announced.
 */
final class JsonReader {
    private static final int LONGEST_NUMBER = 20;

    private final String text;
    private int at;

    JsonReader(String text) {
        this.text = text;
    }

    Json document() throws MalformedJsonException {
        skipBlanks();
        if (at == text.length()) {
            throw new MalformedJsonException("not JSON: there is nothing");
        }
        Json value = value(1);
        skipBlanks();
        if (at < text.length()) {
            throw new MalformedJsonException("not JSON: something follows the end of the document");
        }
        return value;
    }

    /** @param depth that an object or array which begins here has, from 1 */
    private Json value(int depth) throws MalformedJsonException {
        skipBlanks();
        char c = peek();
        switch (c) {
            case '{' -> {
                return members(deeper(depth));
            }
            case '[' -> {
                return array(deeper(depth));
            }
            case '"' -> {
                return new Json.Text(string(JsonText.LONGEST_STRING));
            }
            case 't' -> {
                word("true");
                return new Json.Flag(true);
            }
            case 'f' -> {
                word("false");
                return new Json.Flag(false);
            }
            case 'n' -> {
                word("null");
                return Json.Absent.NULL;
            }
            default -> {
                if (c == '-' || isDigit(c)) {
                    return new Json.Whole(number());
                }
                throw unexpected("a value");
            }
        }
    }

    private static int deeper(int depth) throws MalformedJsonException {
        if (depth > JsonText.DEPTH) {
            throw new MalformedJsonException("not JSON of this interface: more than " + JsonText.DEPTH
                    + " objects and arrays within each other");
        }
        return depth + 1;
    }

    private Json array(int depth) throws MalformedJsonException {
        List<Json> items = new ArrayList<>();
        at++;
        if (!taken(']')) {
            do {
                items.add(value(depth));
            } while (taken(','));
            take(']');
        }
        return new Json.Array(items);
    }

    private Json members(int depth) throws MalformedJsonException {
        Map<String, Json> members = new LinkedHashMap<>();
        at++;
        if (!taken('}')) {
            do {
                skipBlanks();
                if (peek() != '"') {
                    throw unexpected("the name of a member");
                }
                String name = string(JsonText.LONGEST_NAME);
                take(':');
                if (members.put(name, value(depth)) != null) {
                    throw new MalformedJsonException("not JSON: the member \"" + name + "\" is there twice");
                }
            } while (taken(','));
            take('}');
        }
        return new Json.Members(members);
    }

    private String string(int longest) throws MalformedJsonException {
        at++;
        StringBuilder value = new StringBuilder();
        while (true) {
            char c = peek();
            if (c < ' ') {
                throw unexpected("a string without control characters");
            }
            at++;
            if (c == '"') {
                return value.toString();
            }
            value.append(c == '\\' ? escaped() : c);
            if (value.length() > longest) {
                throw new MalformedJsonException(
                        "not JSON of this interface: a string of more than " + longest + " characters");
            }
        }
    }

    private char escaped() throws MalformedJsonException {
        char c = peek();
        at++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> (char) hexadecimal();
            default -> {
                at--;
                throw unexpected("one of \"\\/bfnrtu behind a backslash");
            }
        };
    }

    private int hexadecimal() throws MalformedJsonException {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(peek(), 16);
            if (digit < 0 || peek() > 'f') {
                throw unexpected("a hexadecimal digit");
            }
            value = value << 4 | digit;
            at++;
        }
        return value;
    }

    private long number() throws MalformedJsonException {
        int start = at;
        if (peek() == '-') {
            at++;
        }
        int digits = at;
        while (at < text.length() && isDigit(text.charAt(at))) {
            at++;
        }
        if (at == digits) {
            throw unexpected("a digit");
        }
        if (at < text.length() && ".eE".indexOf(text.charAt(at)) >= 0) {
            throw new MalformedJsonException("not a number of this interface: it has whole numbers only");
        }
        if (text.charAt(digits) == '0' && at > digits + 1) {
            throw new MalformedJsonException("not JSON: a number begins with 0");
        }
        if (at - start > LONGEST_NUMBER) {
            throw new MalformedJsonException("not a number of this interface: more than 64 bits");
        }
        try {
            return Long.parseLong(text, start, at, 10);
        } catch (NumberFormatException e) {
            throw new MalformedJsonException("not a number of this interface: more than 64 bits");
        }
    }

    private void word(String word) throws MalformedJsonException {
        if (!text.startsWith(word, at)) {
            throw unexpected("a value");
        }
        at += word.length();
    }

    /** Whether {@code c} is next, which is read then. */
    private boolean taken(char c) throws MalformedJsonException {
        skipBlanks();
        if (peek() != c) {
            return false;
        }
        at++;
        return true;
    }

    private void take(char c) throws MalformedJsonException {
        if (!taken(c)) {
            throw unexpected("'" + c + "'");
        }
    }

    private char peek() throws MalformedJsonException {
        if (at >= text.length()) {
            throw new MalformedJsonException("not JSON: it ends in the middle");
        }
        return text.charAt(at);
    }

    private void skipBlanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private MalformedJsonException unexpected(String wanted) {
        return new MalformedJsonException("not JSON: " + wanted + " was expected at character " + (at + 1));
    }
}
