package io.bsr.cli.argument;

import io.bsr.config.diagnostic.NearestWord;
import io.bsr.config.option.OptionDefinition;
import io.bsr.config.option.OptionValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What a command line may look like.
 *
 * @param command for messages and help, {@code bsrsetup attach}
 * @param operands names of the operands; one in brackets may be left out, one that ends in {@code ...} may repeat
 */
public record Syntax(String command, List<String> operands, List<Option> options) {
    /** An operand that picocli would take for a cluster of no short options. */
    private static final String LONE_DASH = "-";

    private static final String STANDS_FOR_DASH = "\0-";

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
        ParseResult result;
        try {
            result = new CommandLine(spec())
                    .setExpandAtFiles(false)
                    .setTrimQuotes(false)
                    .setInterpolateVariables(false)
                    .setAbbreviatedOptionsAllowed(true)
                    .setOverwrittenOptionsAllowed(true)
                    .parseArgs(words.stream()
                            .map(word -> word.equals(LONE_DASH) ? STANDS_FOR_DASH : word)
                            .toArray(String[]::new));
        } catch (ParameterException e) {
            throw refused(e);
        }
        List<Arguments.Given> given = new ArrayList<>();
        for (OptionSpec found : result.matchedOptions()) {
            Option option = (Option) found.userObject();
            String value = option.value() == Option.Value.NONE ? option.bare() : found.<String>getValue();
            check(option, value);
            given.add(new Arguments.Given(option, value));
        }
        List<String> found = result.matchedPositionalValue(0, List.<String>of()).stream()
                .map(word -> word.equals(STANDS_FOR_DASH) ? LONE_DASH : word)
                .toList();
        checkCount(found);
        return new Arguments(found, given);
    }

    private CommandSpec spec() {
        CommandSpec spec = CommandSpec.create();
        for (Option option : options) {
            OptionSpec.Builder builder = OptionSpec.builder(option.names().toArray(String[]::new))
                    .userObject(option)
                    .paramLabel(option.label().isEmpty() ? "VALUE" : option.label());
            switch (option.value()) {
                case NONE -> builder.arity("0").type(boolean.class);
                case REQUIRED -> builder.arity("1").type(String.class);
                case OPTIONAL ->
                    builder.arity("1").type(String.class).preprocessor((stack, command, argument, info) -> {
                        // A value that is not attached is the next operand.
                        Object separator = info.get("separator");
                        if (separator == null || separator.equals(" ")) {
                            stack.push(option.bare());
                        }
                        return false;
                    });
            }
            spec.addOption(builder.build());
        }
        spec.addPositional(PositionalParamSpec.builder()
                .index("0..*")
                .arity("0..*")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .paramLabel("OPERAND")
                .build());
        return spec;
    }

    private UsageException refused(ParameterException e) {
        return switch (e) {
            case UnmatchedArgumentException unmatched -> {
                String word = unmatched.getUnmatched().getFirst();
                int equals = word.indexOf('=');
                String name = equals < 0 ? word : word.substring(0, equals);
                String nearest = NearestWord.of(
                        name, options.stream().flatMap(o -> o.names().stream()).toList());
                yield new UsageException("unrecognized option '" + name + "'."
                        + (nearest.isEmpty() ? "" : " Did you mean '" + nearest + "'?"));
            }
            case MissingParameterException missing ->
                new UsageException("option '"
                        + missing.getMissing().stream()
                                .map(spec -> ((OptionSpec) spec).longestName())
                                .collect(Collectors.joining(", "))
                        + "' requires an argument.");
            default -> new UsageException(String.valueOf(e.getMessage()) + ".");
        };
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
