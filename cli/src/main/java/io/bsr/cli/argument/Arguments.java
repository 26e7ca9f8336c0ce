package io.bsr.cli.argument;

import io.bsr.config.option.OptionDefinition;
import io.bsr.config.option.OptionValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A command line, understood.
 *
 * @param operands the words that are no options
 * @param given options in the order in which they were given
 */
public record Arguments(List<String> operands, List<Given> given) {

    /** An option and its value. */
    public record Given(Option option, String value) {}

    public Arguments {
        operands = List.copyOf(operands);
        given = List.copyOf(given);
    }

    /** The value of an option if it was given. */
    public Optional<String> value(String key) {
        return given.stream()
                .filter(one -> one.option().key().equals(key))
                .map(Given::value)
                .reduce((first, last) -> last);
    }

    /** Whether an option was given, and not with {@code no}. */
    public boolean has(String key) {
        return value(key)
                .filter(value -> !value.equals("no") && !value.equals("false"))
                .isPresent();
    }

    /** Options of the option table by name, numbers in the unit of the table and without suffix. */
    public Map<String, String> plainValues() {
        Map<String, String> values = new LinkedHashMap<>();
        for (Given one : given) {
            OptionDefinition definition = one.option().definition();
            if (definition != null) {
                values.put(definition.name(), OptionValue.canonical(definition, one.value()));
            }
        }
        return values;
    }

    /** The words that hand the options with these keys on to another tool. */
    public List<String> words(List<String> keys) {
        List<String> words = new ArrayList<>();
        for (Given one : given) {
            Option option = one.option();
            if (keys.contains(option.key())) {
                boolean bare =
                        option.value() != Option.Value.REQUIRED && one.value().equals(option.bare());
                words.add("--" + option.key() + (bare ? "" : "=" + one.value()));
            }
        }
        return words;
    }
}
