package io.bsr.config.declared;

import io.bsr.config.diagnostic.DiagnosticCode;
import io.bsr.config.option.OptionDefinition;
import io.bsr.config.option.OptionGroup;
import io.bsr.config.option.OptionTable;
import io.bsr.config.option.OptionType;
import io.bsr.config.option.OptionValue;
import io.bsr.config.option.Setting;
import io.bsr.config.option.Settings;
import io.bsr.config.syntax.Item;
import io.bsr.config.syntax.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads sections that consist of options; configuration-language reference, section 8.1. */
final class OptionsReader {
    /** Names of the syncer section of old files. */
    private static final Map<String, String> OLD_NAMES =
            Map.of("after", "resync-after", "rate", "resync-rate", "outdate-peer", "fence-peer");

    /** Options that the running system or dump shows and that follow from the rest. */
    private static final Set<String> DERIVED =
            Set.of("node-name", "group", "_name", "peer-node-name", "peer-node-group");

    /** The name of a connection towards the engine; a file may set it. */
    private static final String CONNECTION_NAME = "_name";

    private final Reading reading;

    OptionsReader(Reading reading) {
        this.reading = reading;
    }

    /** The settings of a section in which the options of some groups may stand, in the order written. */
    Settings read(List<Item> items, String section, OptionGroup... groups) {
        List<Setting> settings = new ArrayList<>();
        reading.each(items, section, Set.of(), words -> option(words, section, List.of(groups), settings));
        return new Settings(settings);
    }

    private void option(Words words, String section, List<OptionGroup> groups, List<Setting> settings) {
        Token name = words.next();
        Optional<OptionDefinition> found = find(name.value(), section, groups);
        if (found.isEmpty()) {
            unknown(words, name, section, groups);
            return;
        }
        OptionDefinition option = found.get();
        if (option.type() instanceof OptionType.Ignored) {
            return;
        }
        if (option.valueless()) {
            if (words.end()) {
                settings.add(new Setting(option, "", name.location(), false));
            }
            return;
        }
        Token value = words.value(option.name());
        if (value == null || !words.end()) {
            return;
        }
        if (option.written() == OptionDefinition.Written.DERIVED
                && !option.name().equals(CONNECTION_NAME)) {
            words.report(
                    DiagnosticCode.TOLERATED,
                    name,
                    "'" + option.name() + "' follows from the rest of the configuration and is not read",
                    List.of());
            return;
        }
        check(words, option, value);
        settings.add(new Setting(option, value.value(), name.location(), false));
    }

    private static Optional<OptionDefinition> find(String name, String section, List<OptionGroup> groups) {
        String plain = section.equals("syncer") ? OLD_NAMES.getOrDefault(name, name) : name;
        return find(plain, groups)
                .or(() -> name.startsWith("no-") ? find(name.substring(3), groups) : Optional.empty());
    }

    private static Optional<OptionDefinition> find(String name, List<OptionGroup> groups) {
        return groups.stream()
                .flatMap(group -> OptionTable.find(group, name).stream())
                .filter(option -> option.inFiles() || DERIVED.contains(name))
                .findFirst();
    }

    private static void unknown(Words words, Token name, String section, List<OptionGroup> groups) {
        @Nullable OptionDefinition elsewhere = OptionTable.all().stream()
                .filter(option -> option.name().equals(name.value()))
                .filter(option -> option.inFiles())
                .findFirst()
                .orElse(null);
        if (elsewhere != null) {
            boolean sameWord = elsewhere.group().section().equals(section);
            words.unknown(
                    DiagnosticCode.MISPLACED,
                    "option '" + name.value() + "' cannot stand in this '" + section + "' section"
                            + (sameWord
                                    ? ""
                                    : ", it belongs into '" + elsewhere.group().section() + "'"),
                    List.of());
            return;
        }
        List<String> known = groups.stream()
                .flatMap(group -> OptionTable.of(group).stream())
                .filter(option -> option.inFiles())
                .map(OptionDefinition::name)
                .toList();
        words.unknown(
                DiagnosticCode.UNKNOWN_OPTION, name.shown() + " is no option of section '" + section + "'", known);
    }

    private static void check(Words words, OptionDefinition option, Token value) {
        OptionValue.check(option, value.value())
                .ifPresent(refusal -> words.report(
                        refusal.code(),
                        value,
                        "value " + value.shown() + " of '" + option.name() + "' is " + refusal.message(),
                        refusal.expected()));
    }
}
