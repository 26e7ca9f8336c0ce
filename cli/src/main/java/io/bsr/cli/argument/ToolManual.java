package io.bsr.cli.argument;

import java.util.List;

/**
 * What there is to say about a tool.
 *
 * @param purpose one line
 * @param synopsis its command line
 * @param options of the tool itself
 * @param listNames the words that print the names which may follow a command; empty if names are no resources
 */
public record ToolManual(
        String name, String purpose, String synopsis, List<Option> options, List<Entry> commands, String listNames) {

    /**
     * A command of a tool.
     *
     * @param operands as help shows them
     */
    public record Entry(String verb, String operands, String text, List<Option> options) {
        public Entry {
            options = List.copyOf(options);
        }
    }

    public ToolManual {
        options = List.copyOf(options);
        commands = List.copyOf(commands);
    }
}
