package io.bsr.config.diagnostic;

import java.util.Collection;

/** Finds the known word that a mistyped one was probably meant to be. */
public final class NearestWord {
    /** Longer words are not compared: the cost is the product of both lengths. */
    private static final int LONGEST = 64;

    private NearestWord() {}

    /**
     * The word with the smallest edit distance (insert, delete, replace, swap of neighbours), if it is near enough to be
     * meant: at most a third of the word, at least one.
     *
     * @return the word, or an empty string
     */
    public static String of(String typed, Collection<String> known) {
        if (typed.isEmpty() || typed.length() > LONGEST) {
            return "";
        }
        String best = "";
        int bestDistance = Math.max(1, typed.length() / 3) + 1;
        for (String word : known) {
            if (Math.abs(word.length() - typed.length()) < bestDistance && word.length() <= LONGEST) {
                int distance = distance(typed, word);
                if (distance < bestDistance) {
                    bestDistance = distance;
                    best = word;
                }
            }
        }
        return best;
    }

    private static int distance(String a, String b) {
        int[] beforePrevious = new int[b.length() + 1];
        int[] previous = new int[b.length() + 1];
        int[] current = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replace = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replace, Math.min(previous[j], current[j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    current[j] = Math.min(current[j], beforePrevious[j - 2] + 1);
                }
            }
            int[] free = beforePrevious;
            beforePrevious = previous;
            previous = current;
            current = free;
        }
        return previous[b.length()];
    }
}
