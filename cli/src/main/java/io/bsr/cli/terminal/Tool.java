package io.bsr.cli.terminal;

import io.bsr.cli.journal.Journal;
import java.util.List;

/** A tool: its words and its surroundings in, its exit code out. */
@FunctionalInterface
public interface Tool {
    int run(Surroundings surroundings, List<String> words);

    /**
     * Runs a tool with its log file.
     *
     * @param verb the command among the words
     * @param asks whether the command only asks
     */
    static int logged(
            String name, Surroundings surroundings, List<String> words, String verb, boolean asks, Tool tool) {
        Journal journal = Journal.begin(surroundings.files(), name, words, verb, asks);
        int code = tool.run(surroundings.withJournal(journal), words);
        journal.done(code);
        return code;
    }

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
