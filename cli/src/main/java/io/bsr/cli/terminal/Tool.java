package io.bsr.cli.terminal;

import java.util.List;

/** A tool: its words and its surroundings in, its exit code out. */
@FunctionalInterface
public interface Tool {
    int run(Surroundings surroundings, List<String> words);

    /** Runs a tool as this process. Does not return. */
    static void main(String name, int usageCode, String[] words, Tool tool) {
        int code;
        try {
            Surroundings.Start start = Surroundings.ofProcess(words);
            code = tool.run(start.surroundings(), start.words());
            start.surroundings().flush();
        } catch (IllegalArgumentException e) {
            System.err.println(name + ": " + e.getMessage());
            code = usageCode;
        }
        // Not exit: nothing waits for the end of a tool, and exit starts the logging of the JDK to say that it was
        // called.
        Runtime.getRuntime().halt(code);
    }
}
