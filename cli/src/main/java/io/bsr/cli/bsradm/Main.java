package io.bsr.cli.bsradm;

import io.bsr.cli.argument.Arguments;
import io.bsr.cli.argument.Option;
import io.bsr.cli.argument.Syntax;
import io.bsr.cli.argument.ToolManual;
import io.bsr.cli.argument.UsageException;
import io.bsr.cli.terminal.Surroundings;
import io.bsr.cli.terminal.Tool;
import io.bsr.config.diagnostic.NearestWord;
import io.bsr.config.option.OptionGroup;
import io.bsr.config.option.OptionTable;
import io.bsr.config.plan.AdmCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code bsradm}. */
public final class Main {
    private static final String PROGRAM = "bsradm";
    private static final String VERSION = VersionBlock.VERSION;

    /** Commands of old scripts and what they are called now. */
    private static final Map<String, String> OLD_NAMES = Map.of("state", "role");

    private Main() {}

    public static void main(String[] words) {
        Tool.main(PROGRAM, AdmException.USAGE, words, tool());
    }

    /** The tool, for whoever runs it within another process. */
    public static Tool tool() {
        return Main::run;
    }

    /** Runs one command line; returns the exit code. */
    public static int run(Surroundings surroundings, List<String> words) {
        int at = GeneralOptions.commandAt(words);
        String verb = at < 0 ? "" : words.get(at);
        boolean asks = AdmCommand.named(verb).filter(Main::asks).isPresent();
        return Tool.logged(PROGRAM, surroundings, words, verb, asks, Main::carryOut);
    }

    private static boolean asks(AdmCommand command) {
        return switch (command) {
            case CSTATE, DSTATE, STATUS, DUMP, DUMP_XML, SHOW_GI, GET_GI -> true;
            default -> false;
        };
    }

    private static int carryOut(Surroundings surroundings, List<String> words) {
        List<String> ours = new ArrayList<>(words);
        List<String> handedOn = List.of();
        int dashes = ours.indexOf("--");
        if (dashes >= 0) {
            handedOn = List.copyOf(ours.subList(dashes + 1, ours.size()));
            ours = new ArrayList<>(ours.subList(0, dashes));
            if (GeneralOptions.commandAt(ours) < 0) {
                // Scripts of old: bsradm -- --force dump-md r0.
                int end = 0;
                while (end < handedOn.size() && handedOn.get(end).startsWith("-")) {
                    end++;
                }
                ours.addAll(handedOn.subList(end, handedOn.size()));
                handedOn = handedOn.subList(0, end);
            }
        }
        int at = GeneralOptions.commandAt(ours);
        String verb = at < 0 ? "" : ours.remove(at);
        try {
            return run(surroundings, verb, ours, handedOn);
        } catch (UsageException e) {
            boolean known = AdmCommand.named(verb).isPresent();
            surroundings.complain(PROGRAM + ": " + e.getMessage());
            surroundings.complain("try '" + PROGRAM + " help" + (known ? " " + verb : "") + "'");
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
        String name = OLD_NAMES.getOrDefault(verb, verb);
        if (!name.equals(verb)) {
            surroundings.complain("'bsradm " + verb + "' is deprecated, use 'bsradm " + name + "' instead.");
        }
        AdmCommand command = AdmCommand.named(name).orElse(null);
        boolean handler = HandlerCall.is(name);
        if (command == null && !handler && !name.isEmpty() && !name.equals("help")) {
            String nearest = NearestWord.of(name, HelpText.known());
            throw new AdmException(
                    AdmException.USAGE,
                    PROGRAM + ": Unknown command '" + name + "'"
                            + (nearest.isEmpty() ? "" : ". Did you mean '" + nearest + "'?"));
        }
        List<Option> own = command == null ? List.of() : GeneralOptions.of(command);
        Syntax syntax = new Syntax(
                name.isEmpty() ? PROGRAM : PROGRAM + " " + name, List.of("[RESOURCE...]"), GeneralOptions.with(own));
        Arguments arguments = syntax.parse(words);
        if (arguments.has("log-level-trace")) {
            surroundings.journal().startTracing();
        }
        if (arguments.has("version")) {
            return VersionBlock.print(surroundings);
        }
        if (arguments.has("help") || name.equals("help")) {
            String about = name.equals("help")
                    ? arguments.operands().stream().findFirst().orElse("")
                    : name;
            surroundings.out().print(help(about));
            boolean known = about.isEmpty()
                    || AdmCommand.named(about).isPresent()
                    || HandlerCall.is(about)
                    || about.equals("help");
            return known ? 0 : AdmException.USAGE;
        }
        if (name.isEmpty()) {
            surroundings.out().print(help(""));
            throw new AdmException(AdmException.USAGE, "\nNo command specified");
        }
        // Below another root the node is one of several on this host, and its name is given on purpose.
        if (surroundings.pretending() && surroundings.files().root().getNameCount() == 0) {
            surroundings.complain("\n   found __BSR_NODE__ in environment\n   PRETENDING that I am >>"
                    + surroundings.node() + "<<\n");
        }
        return command == null
                ? HandlerCall.run(surroundings, name, arguments)
                : new AdmRun(surroundings, command, arguments, handedOn(arguments, own, handedOn)).run();
    }

    private static List<String> handedOn(Arguments arguments, List<Option> own, List<String> behindDashes) {
        List<String> given =
                new ArrayList<>(arguments.words(own.stream().map(Option::key).toList()));
        arguments.value("setup-option").ifPresent(option -> given.add(option.startsWith("-") ? option : "--" + option));
        given.addAll(behindDashes);
        return given;
    }

    /** What the manual says. */
    public static ToolManual manual() {
        List<ToolManual.Entry> entries = new ArrayList<>();
        for (AdmCommand.Level level : AdmCommand.Level.values()) {
            for (AdmCommand command : AdmCommand.of(level)) {
                String operands = command.over() == AdmCommand.Over.NOTHING ? "" : "{all|RESOURCE...}";
                entries.add(new ToolManual.Entry(command.verb(), operands, command.text(), GeneralOptions.of(command)));
            }
        }
        for (String handler : HandlerCall.names()) {
            String text = OptionTable.get(OptionGroup.HANDLER, handler).text();
            entries.add(new ToolManual.Entry(handler, "RESOURCE", "run the handler: " + text, List.of()));
        }
        return new ToolManual(
                PROGRAM,
                "make what runs agree with the configuration",
                "bsradm [OPTION...] COMMAND [OPTION...] {all|RESOURCE[:PEER][/VOLUME]...}",
                GeneralOptions.ALL,
                List.of(),
                entries,
                "bsradm sh-resources");
    }

    private static String help(String about) {
        return AdmCommand.named(about)
                .map(command -> HelpText.command(command, GeneralOptions.of(command), VERSION))
                .orElseGet(() -> HandlerCall.is(about) ? HelpText.handler(about, VERSION) : HelpText.general(VERSION));
    }
}
