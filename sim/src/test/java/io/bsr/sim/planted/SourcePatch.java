package io.bsr.sim.planted;

import java.util.List;

/**
 * A change of one source file, at one place in it.
 *
 * @param file below {@code core/src/main/java}
 * @param before whole lines that must be there once
 * @param after what they become
 */
record SourcePatch(String file, List<String> before, List<String> after) {
    /** The patched text. */
    String apply(String bug, String source) {
        String old = text(before);
        String lines = "\n" + source;
        int at = lines.indexOf("\n" + old);
        if (at < 0 || lines.indexOf("\n" + old, at + 1) >= 0) {
            throw new IllegalStateException("the planted bug " + bug + " does not fit the source any more: in " + file
                    + " these lines are " + (at < 0 ? "not to be found" : "there more than once") + ":\n" + old
                    + "Plant it anew, in src/test/resources/planted");
        }
        return source.substring(0, at) + text(after) + source.substring(at + old.length());
    }

    private static String text(List<String> lines) {
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }
}
