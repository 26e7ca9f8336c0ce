package io.bsr.cli.bsradm;

import io.bsr.cli.argument.Arguments;
import io.bsr.cli.argument.Option;
import io.bsr.cli.argument.Syntax;
import io.bsr.cli.argument.UsageException;
import io.bsr.cli.terminal.Surroundings;
import io.bsr.cli.terminal.Tool;
import io.bsr.config.diagnostic.NearestWord;
import io.bsr.config.plan.AdmCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** {@code bsradm}. */
public final class Main {
    private static final String PROGRAM = "bsradm";
    private static final String VERSION = "1.7.8.1";
    private static final String VERSION_CODE = "0x01070801";

    /** Commands that are more than one line of the table of {@link AdmCommand}. */
    private static final Map<String, String> OWN = new TreeMap<>(Map.of(
            "create-md", "create metadata on the disks",
            "up", "bring resources up",
            "adjust", "make what runs agree with the configuration",
            "dump", "print the configuration",
            "sh-nop", "only check the configuration",
            "sh-resources", "print the names of the resources",
            "sh-resource", "print the name of the resource",
            "sh-dev", "print the devices",
            "sh-minor", "print the minor numbers",
            "sh-ll-dev", "print the backing disks"));

    /** Rows of the table whose engine side does not exist here. */
    private static final Set<AdmCommand> NOT_HERE = Set.of(
            AdmCommand.RESIZE,
            AdmCommand.VERIFY,
            AdmCommand.VERIFY_STOP,
            AdmCommand.WAIT_CONNECT,
            AdmCommand.WAIT_SYNC,
            AdmCommand.SUSPEND_IO,
            AdmCommand.RESUME_IO,
            AdmCommand.NEW_CURRENT_UUID,
            AdmCommand.FORGET_PEER,
            AdmCommand.CHECK_RESIZE);

    private Main() {}

    public static void main(String[] words) {
        Tool.main(PROGRAM, AdmException.USAGE, words, Main::run);
    }

    /** Runs one command line; returns the exit code. */
    public static int run(Surroundings surroundings, List<String> words) {
        List<String> ours = new ArrayList<>(words);
        List<String> handedOn = List.of();
        int dashes = ours.indexOf("--");
        if (dashes >= 0) {
            handedOn = List.copyOf(ours.subList(dashes + 1, ours.size()));
            ours = new ArrayList<>(ours.subList(0, dashes));
        }
        int at = GeneralOptions.commandAt(ours);
        String verb = at < 0 ? "" : ours.remove(at);
        try {
            return run(surroundings, verb, ours, handedOn);
        } catch (UsageException e) {
            surroundings.complain(PROGRAM + ": " + e.getMessage());
            return AdmException.USAGE;
        } catch (AdmException e) {
            if (!String.valueOf(e.getMessage()).isEmpty()) {
                surroundings.complain(String.valueOf(e.getMessage()));
            }
            return e.code();
        }
    }

    private static int run(Surroundings surroundings, String verb, List<String> words, List<String> handedOn)
            throws UsageException, AdmException {
        boolean isKnown = known().contains(verb);
        if (NOT_HERE.stream().anyMatch(command -> command.verb().equals(verb))) {
            throw new AdmException(
                    AdmException.USAGE,
                    PROGRAM + ": '" + verb + "' is a command of bsr that this engine does not have yet."
                            + " 'bsradm help' names those it has.");
        }
        if (!verb.isEmpty() && !verb.equals("help") && !isKnown) {
            String nearest = NearestWord.of(verb, known());
            throw new AdmException(
                    AdmException.USAGE,
                    PROGRAM + ": Unknown command '" + verb + "'"
                            + (nearest.isEmpty() ? "" : ". Did you mean '" + nearest + "'?"));
        }
        List<Option> own = GeneralOptions.of(verb);
        Syntax syntax = new Syntax(
                verb.isEmpty() ? PROGRAM : PROGRAM + " " + verb, List.of("[RESOURCE...]"), GeneralOptions.with(own));
        Arguments arguments = syntax.parse(words);
        if (arguments.has("version")) {
            return version(surroundings);
        }
        if (arguments.has("help") || verb.equals("help")) {
            return help(
                    surroundings,
                    arguments.operands().isEmpty() ? verb : arguments.operands().getFirst());
        }
        if (verb.isEmpty()) {
            help(surroundings, "");
            throw new AdmException(AdmException.USAGE, "\nNo command specified");
        }
        // Below another root the node is one of several on this host, and its name is given on purpose.
        if (surroundings.pretending() && surroundings.files().root().getNameCount() == 0) {
            surroundings.complain(
                    "   found __BSR_NODE__ in environment\n   PRETENDING that I am >>" + surroundings.node() + "<<\n");
        }
        return new AdmRun(surroundings, verb, arguments, handedOn(arguments, own, handedOn)).run();
    }

    private static List<String> handedOn(Arguments arguments, List<Option> own, List<String> behindDashes) {
        List<String> given =
                new ArrayList<>(arguments.words(own.stream().map(Option::key).toList()));
        arguments.value("setup-option").ifPresent(option -> given.add(option.startsWith("-") ? option : "--" + option));
        given.addAll(behindDashes);
        return given;
    }

    private static Set<String> known() {
        Set<String> verbs = new TreeSet<>(OWN.keySet());
        for (AdmCommand command : AdmCommand.values()) {
            if (!NOT_HERE.contains(command)) {
                verbs.add(command.verb());
            }
        }
        return verbs;
    }

    private static int version(Surroundings surroundings) {
        surroundings.out().println("BSRADM_BUILDTAG=" + VERSION + "\\ java");
        surroundings.out().println("BSRADM_API_VERSION=2");
        surroundings.out().println("BSR_KERNEL_VERSION_CODE=" + VERSION_CODE);
        surroundings.out().println("BSR_KERNEL_VERSION=" + VERSION);
        surroundings.out().println("BSRADM_VERSION_CODE=" + VERSION_CODE);
        surroundings.out().println("BSRADM_VERSION=" + VERSION);
        return 0;
    }

    private static int help(Surroundings surroundings, String verb) {
        if (known().contains(verb)) {
            Syntax syntax = new Syntax(PROGRAM + " " + verb, List.of("{all|RESOURCE...}"), GeneralOptions.of(verb));
            surroundings.out().print(syntax.help(OWN.getOrDefault(verb, "")));
            return 0;
        }
        surroundings.out().println("\nUSAGE: bsradm COMMAND [OPTION...] {all|RESOURCE...}\n\nGENERAL OPTIONS:");
        surroundings
                .out()
                .println("  --root=DIR                          where the engine's files and etc/bsr.conf are");
        GeneralOptions.ALL.forEach(option -> surroundings.out().println(option.help()));
        surroundings.out().println("\nCOMMANDS:");
        known().forEach(command -> surroundings.out().println("  " + command));
        return 0;
    }
}
