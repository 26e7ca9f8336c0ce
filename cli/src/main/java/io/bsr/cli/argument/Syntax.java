package io.bsr.cli.argument;

import io.bsr.config.diagnostic.NearestWord;
import io.bsr.config.option.OptionDefinition;
import io.bsr.config.option.OptionValue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * What a command line may look like.
 *
 * @param command for messages and help, {@code bsrsetup attach}
 * @param operands names of the operands; one in brackets may be left out, one that ends in {@code ...} may repeat
 */
public record Syntax(String command, List<String> operands, List<Option> options) {
    private static final String END_OF_OPTIONS = "--";

    public Syntax {
        operands = List.copyOf(operands);
        options = List.copyOf(options);
    }

    /**
     * Reads words.
     *
     * @throws UsageException if an operand is missing or too many, an option unknown, or its value not acceptable
     */
    public Arguments parse(List<String> words) throws UsageException {
        List<String> found = new ArrayList<>();
        List<Arguments.Given> given = new ArrayList<>();
        Deque<String> left = new ArrayDeque<>(words);
        while (!left.isEmpty()) {
            String word = left.removeFirst();
            if (word.equals(END_OF_OPTIONS)) {
                found.addAll(left);
                left.clear();
            } else if (word.startsWith("--")) {
                given.add(longOption(word, left));
            } else if (word.startsWith("-") && word.length() > 1) {
                shortOptions(word, left, given);
            } else {
                found.add(word);
            }
        }
        checkCount(found);
        return new Arguments(found, given);
    }

    private Arguments.Given longOption(String word, Deque<String> left) throws UsageException {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word : word.substring(0, equals);
        Option option = named(name);
        if (equals < 0) {
            return given(option, name, left);
        }
        if (option.value() == Option.Value.NONE) {
            throw new UsageException("option '" + name + "' doesn't allow an argument.");
        }
        return given(option, word.substring(equals + 1));
    }

    /** One letter after the other; what follows the letter of an option with a value is the value. */
    private void shortOptions(String word, Deque<String> left, List<Arguments.Given> given) throws UsageException {
        for (int i = 1; i < word.length(); i++) {
            String name = "-" + word.charAt(i);
            Option option = options.stream()
                    .filter(one -> one.names().contains(name))
                    .findFirst()
                    .orElseThrow(() -> unrecognized(name));
            String rest = word.substring(i + 1);
            if (option.value() == Option.Value.NONE || rest.isEmpty()) {
                given.add(given(option, name, left));
            } else {
                given.add(given(option, rest.startsWith("=") ? rest.substring(1) : rest));
                return;
            }
        }
    }

    private static Arguments.Given given(Option option, String name, Deque<String> left) throws UsageException {
        if (option.value() != Option.Value.REQUIRED) {
            return new Arguments.Given(option, option.bare());
        }
        if (left.isEmpty()) {
            throw new UsageException("option '" + name + "' requires an argument.");
        }
        return given(option, left.removeFirst());
    }

    private static Arguments.Given given(Option option, String value) throws UsageException {
        check(option, value);
        return new Arguments.Given(option, value);
    }

    /** The option of that name, which may be shortened as long as one option remains. */
    private Option named(String name) throws UsageException {
        List<Option> begin = new ArrayList<>();
        for (Option option : options) {
            if (option.names().contains(name)) {
                return option;
            }
            if (name.length() > 2 && option.names().stream().anyMatch(one -> one.startsWith(name))) {
                begin.add(option);
            }
        }
        if (begin.size() > 1) {
            throw new UsageException("option '" + name + "' is ambiguous: "
                    + String.join(
                            ", ", begin.stream().map(one -> "--" + one.key()).toList()) + ".");
        }
        if (begin.isEmpty()) {
            throw unrecognized(name);
        }
        return begin.getFirst();
    }

    private UsageException unrecognized(String name) {
        String nearest = NearestWord.of(
                name,
                options.stream().flatMap(option -> option.names().stream()).toList());
        return new UsageException(
                "unrecognized option '" + name + "'." + (nearest.isEmpty() ? "" : " Did you mean '" + nearest + "'?"));
    }

    private static void check(Option option, String value) throws UsageException {
        OptionDefinition definition = option.definition();
        if (definition == null) {
            return;
        }
        Optional<OptionValue.Refusal> refusal = OptionValue.check(definition, value);
        if (refusal.isPresent()) {
            throw new UsageException("option '--" + option.key() + "': '" + value + "' is "
                    + refusal.get().message() + ". Accepted: "
                    + String.join(" | ", refusal.get().expected()) + ".");
        }
    }

    private void checkCount(List<String> found) throws UsageException {
        long needed = operands.stream().filter(name -> !name.startsWith("[")).count();
        boolean repeats = !operands.isEmpty() && operands.getLast().contains("...");
        if (found.size() < needed) {
            throw new UsageException("missing " + operands.get(found.size()) + ". Usage: " + usage());
        }
        if (!repeats && found.size() > operands.size()) {
            throw new UsageException("excess arguments: "
                    + String.join(" ", found.subList(operands.size(), found.size())) + ". Usage: " + usage());
        }
    }

    /** The one line that says how to use the command. */
    public String usage() {
        return command
                + (operands.isEmpty() ? "" : " " + String.join(" ", operands))
                + (options.isEmpty() ? "" : " [OPTION...]");
    }

    /** The help text. */
    public String help(String purpose) {
        StringBuilder text = new StringBuilder("USAGE: " + usage() + "\n");
        if (!purpose.isEmpty()) {
            text.append("\n").append(purpose).append("\n");
        }
        if (!options.isEmpty()) {
            text.append("\nOPTIONS:\n");
            options.forEach(option -> text.append(option.help()).append('\n'));
        }
        return text.toString();
    }
}
