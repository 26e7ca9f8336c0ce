package io.bsr.config.file;

/** The patterns of {@code glob(3)}: {@code *}, {@code ?}, {@code [abc]}, {@code [!a-z]}; one path element at a time. */
final class Glob {
    private Glob() {}

    static boolean hasWildcard(String text) {
        return text.chars().anyMatch(c -> c == '*' || c == '?' || c == '[');
    }

    /** Whether a name matches. A leading dot has to be written out. Cost: at most length times length. */
    static boolean matches(String pattern, String name) {
        if (name.startsWith(".") && !pattern.startsWith(".")) {
            return false;
        }
        int p = 0;
        int n = 0;
        int star = -1;
        int resume = 0;
        while (n < name.length()) {
            int width = p < pattern.length() ? elementWidth(pattern, p) : 0;
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                resume = n;
            } else if (width > 0 && elementMatches(pattern, p, width, name.charAt(n))) {
                p += width;
                n++;
            } else if (star >= 0) {
                p = star + 1;
                n = ++resume;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    private static int elementWidth(String pattern, int at) {
        if (pattern.charAt(at) == '[') {
            int close = pattern.indexOf(']', Math.min(pattern.length(), at + (negated(pattern, at) ? 3 : 2)));
            if (close > 0) {
                return close + 1 - at;
            }
        }
        return 1;
    }

    private static boolean negated(String pattern, int at) {
        return at + 1 < pattern.length() && "!^".indexOf(pattern.charAt(at + 1)) >= 0;
    }

    private static boolean elementMatches(String pattern, int at, int width, char c) {
        if (width == 1) {
            return pattern.charAt(at) == '?' || pattern.charAt(at) == c;
        }
        boolean negated = negated(pattern, at);
        boolean found = false;
        int end = at + width - 1;
        for (int i = at + (negated ? 2 : 1); i < end; i++) {
            if (i + 2 < end && pattern.charAt(i + 1) == '-') {
                found |= pattern.charAt(i) <= c && c <= pattern.charAt(i + 2);
                i += 2;
            } else {
                found |= pattern.charAt(i) == c;
            }
        }
        return found != negated;
    }
}
