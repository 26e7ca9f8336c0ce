package io.bsr.cli.bsradm;

import io.bsr.cli.argument.OldNames;
import io.bsr.cli.argument.Option;
import io.bsr.config.plan.AdmCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The options of {@code bsradm} itself and of its commands; command-line reference, section 2.1. */
final class GeneralOptions {
    static final List<Option> ALL = List.of(
            Option.flag("stacked", "accepted for old scripts", "-S"),
            Option.flag("dry-run", "print the commands, do not run them", "-d"),
            Option.flag(
                    "log-level-trace", "log also the commands that are run for this one, with what they came to", "-T"),
            Option.flag("ignore-hostname", "resources of other hosts too (sh-resources-list, dump RESOURCE)", "-i"),
            Option.flag("verbose", "print commands while running; dump everything that is implied", "-v"),
            Option.valued("config-file", "FILE", "the configuration; - is standard input", "-c"),
            Option.valued("config-to-test", "FILE", "read this file too", "-t"),
            Option.valued("config-to-exclude", "FILE", "treat this file as already included", "-E"),
            Option.valued("bsrsetup", "PATH", "the program to use instead of the one that is built in", "-s"),
            Option.valued("bsrmeta", "PATH", "the program to use instead of the one that is built in", "-m"),
            Option.valued("bsr-proxy-ctl", "PATH", "the program to use", "-p"),
            Option.valued("sh-varname", "NAME", "the option that sh-*-option prints, with _ for -", "-n"),
            Option.valued("peer", "NAME", "accepted for old scripts", "-P"),
            Option.flag("version", "show the version", "-V"),
            Option.valued("setup-option", "OPTION", "hand OPTION on to bsrsetup", "-W"),
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

    /** Options that a command takes beside the general ones. */
    static List<Option> of(AdmCommand command) {
        return command.options().stream()
                .map(row -> OldNames.with(command.verb(), Option.of(row), ALL))
                .toList();
    }

    /** All options that may stand on the command line of a command. */
    static List<Option> with(List<Option> own) {
        List<Option> all = new ArrayList<>(ALL);
        all.addAll(own);
        return all;
    }
}
