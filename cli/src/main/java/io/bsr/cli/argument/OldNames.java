package io.bsr.cli.argument;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What options were once called, by command; the old names are still understood. */
public final class OldNames {
    private static final Map<String, Map<String, String>> OF_COMMAND = Map.of(
            "primary", Map.of("force", "overwrite-data-of-peer"),
            "connect", Map.of("tentative", "dry-run"));

    private OldNames() {}

    /**
     * An option of a command with its old name, if it has one.
     *
     * @param taken options whose names are not to be given a second meaning
     */
    public static Option with(String verb, Option option, List<Option> taken) {
        String old = OF_COMMAND.getOrDefault(verb, Map.of()).get(option.key());
        String name = "--" + old;
        if (old == null || taken.stream().anyMatch(other -> other.names().contains(name))) {
            return option;
        }
        List<String> names = new ArrayList<>(option.names());
        names.add(name);
        return new Option(
                option.key(), names, option.value(), option.bare(), option.label(), option.text(), option.definition());
    }
}
