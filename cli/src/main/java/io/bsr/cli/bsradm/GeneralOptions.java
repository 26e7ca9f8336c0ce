package io.bsr.cli.bsradm;

import io.bsr.cli.argument.Option;
import io.bsr.config.option.OptionGroup;
import io.bsr.config.option.OptionTable;
import io.bsr.config.plan.AdmCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The options of {@code bsradm} itself and of its commands; command-line reference, section 2.1. */
final class GeneralOptions {
    static final List<Option> ALL = List.of(
            Option.flag("stacked", "accepted for old scripts", "-S"),
            Option.flag("dry-run", "print the commands, do not run them", "-d"),
            Option.flag("log-level-trace", "accepted for old scripts", "-T"),
            Option.flag("ignore-hostname", "do not insist on an own host section", "-i"),
            Option.flag("verbose", "print commands while running; dump everything that is implied", "-v"),
            Option.valued("config-file", "FILE", "the configuration; - is standard input", "-c"),
            Option.valued("config-to-test", "FILE", "read this file too", "-t"),
            Option.valued("config-to-exclude", "FILE", "treat this file as already included", "-E"),
            Option.valued("bsrsetup", "PATH", "accepted; the tool is built in", "-s"),
            Option.valued("bsrmeta", "PATH", "accepted; the tool is built in", "-m"),
            Option.valued("peer", "NAME", "accepted for old scripts", "-P"),
            Option.valued("setup-option", "OPTION", "hand OPTION on to bsrsetup", "-W"),
            Option.flag("version", "show the version", "-V"),
            Option.flag("help", "this text", "-h"));

    private GeneralOptions() {}

    /** Where the first word is that belongs to no general option: the command. -1 if there is none. */
    static int commandAt(List<String> words) {
        Set<String> valued = Set.copyOf(ALL.stream()
                .filter(option -> option.value() == Option.Value.REQUIRED)
                .flatMap(option -> option.names().stream())
                .toList());
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (valued.contains(word)) {
                i++;
            } else if (!word.startsWith("-") || word.equals("-")) {
                return i;
            }
        }
        return -1;
    }

    /** Options that a command takes beside the general ones, and hands on. */
    static List<Option> of(String verb) {
        return switch (verb) {
            case "create-md" -> named("max-peers", "peer-max-bio-size", "al-stripes", "al-stripe-size-kB", "force");
            case "primary" -> named("force", "skip-check-fs", "full-sync-on-fail");
            case "adjust" -> named("skip-disk", "skip-net", "tentative", "discard-my-data");
            case "up", "dump", "help" -> List.of();
            case "dump-md" -> named("force");
            default ->
                AdmCommand.named(verb).map(AdmCommand::options).orElse(List.of()).stream()
                        .map(row -> Option.of(row))
                        .toList();
        };
    }

    private static List<Option> named(String... names) {
        return Stream.of(names)
                .map(name -> Option.of(OptionTable.get(OptionGroup.COMMAND, name)))
                .toList();
    }

    /** All options that may stand on the command line of a command. */
    static List<Option> with(List<Option> own) {
        List<Option> all = new ArrayList<>(ALL);
        all.addAll(own);
        return all;
    }
}
