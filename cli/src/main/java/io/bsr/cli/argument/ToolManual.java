package io.bsr.cli.argument;

import java.util.List;

/**
 * What there is to say about a tool.
 *
 * @param purpose one line
 * @param synopsis its command line
 * @param options of the tool itself
 * @param places what stands in front of a command, in this order
 * @param listNames the words that print the names which may follow a command; empty if names are no resources
 */
public record ToolManual(
        String name,
        String purpose,
        String synopsis,
        List<Option> options,
        List<Place> places,
        List<Entry> commands,
        String listNames) {

    /**
     * A word in front of the command.
     *
     * @param words what it may be; empty if it is a file or a number
     */
    public record Place(String name, List<String> words) {
        public Place {
            words = List.copyOf(words);
        }
    }

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
        places = List.copyOf(places);
        options = List.copyOf(options);
        commands = List.copyOf(commands);
    }
}
