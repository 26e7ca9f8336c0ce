package io.bsr.cli.bsrsetup;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.cli.argument.Arguments;
import io.bsr.cli.argument.Syntax;
import io.bsr.cli.argument.ToolManual;
import io.bsr.cli.argument.UsageException;
import io.bsr.cli.terminal.ConfigurationLinks;
import io.bsr.cli.terminal.Surroundings;
import io.bsr.cli.terminal.Tool;
import io.bsr.config.diagnostic.NearestWord;
import io.bsr.control.ControlClient;
import io.bsr.control.ControlException;
import io.bsr.control.ControlException.Kind;
import io.bsr.control.command.Command;
import io.bsr.control.status.ResourceStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code bsrsetup}. */
public final class Main {
    private static final String XML_HELP = "xml-help";
    private static final Set<String> HELP = Set.of("help", XML_HELP, "-h", "--help");
    private static final String PROGRAM = "bsrsetup";

    /** What a single command may take in the engine. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(62);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private Main() {}

    public static void main(String[] words) {
        Tool.main(PROGRAM, ExitCodes.LOCAL, words, tool());
    }

    /** The tool, for whoever runs it within another process. */
    public static Tool tool() {
        return Main::run;
    }

    /** Runs one command line; returns the exit code. */
    public static int run(Surroundings surroundings, List<String> words) {
        String verb = words.isEmpty() ? "" : commandFirst(words).getFirst();
        boolean asks = SetupCommand.named(verb).filter(SetupCommand::asks).isPresent();
        return Tool.logged(PROGRAM, surroundings, words, verb, asks, Main::carryOut);
    }

    private static int carryOut(Surroundings surroundings, List<String> words) {
        if (words.isEmpty() || HELP.contains(words.getFirst())) {
            return help(surroundings, words);
        }
        List<String> ordered = commandFirst(words);
        SetupCommand command = SetupCommand.named(ordered.getFirst()).orElse(null);
        if (command == null) {
            String nearest = NearestWord.of(words.getFirst(), SetupCommand.verbs());
            surroundings.complain(PROGRAM + ": Unknown command '" + words.getFirst() + "'"
                    + (nearest.isEmpty() ? "" : ". Did you mean '" + nearest + "'?"));
            return ExitCodes.LOCAL;
        }
        List<String> rest = ordered.subList(1, ordered.size());
        if (rest.contains("--help") || rest.contains("-h")) {
            surroundings.out().print(command.syntax().help(command.text()));
            return ExitCodes.OK;
        }
        try {
            Arguments arguments = command.syntax().parse(rest);
            Command request = EngineRequests.of(command, arguments);
            OutputOptions.check(command, arguments, surroundings);
            if (command.waits()) {
                return new Waiting(surroundings, command, arguments).run();
            }
            return run(surroundings, command, arguments, request);
        } catch (UsageException | IllegalArgumentException e) {
            surroundings.complain(PROGRAM + " " + command.verb() + ": " + e.getMessage());
            return ExitCodes.LOCAL;
        } catch (ControlException e) {
            boolean idle = e.kind() == Kind.NOT_RUNNING && command.idleWithoutEngine();
            if (!idle) {
                surroundings.complain(String.valueOf(e.getMessage()));
            }
            return idle ? ExitCodes.OK : ExitCodes.LOCAL;
        }
    }

    private static int run(
            Surroundings surroundings, SetupCommand command, Arguments arguments, @Nullable Command request)
            throws ControlException, UsageException {
        try (ControlClient client = ControlClient.connect(surroundings.files())) {
            if (request == null) {
                return new Queries(surroundings, client, arguments).answer(command);
            }
            if (request instanceof Command.Down(String name) && name.equals("all")) {
                return downAll(surroundings, client);
            }
            return change(surroundings, client, arguments.operands().getFirst(), request);
        }
    }

    private static int downAll(Surroundings surroundings, ControlClient client) throws ControlException {
        int worst = ExitCodes.OK;
        for (ResourceStatus resource : client.status().resources()) {
            worst = Math.max(worst, change(surroundings, client, resource.name(), new Command.Down(resource.name())));
        }
        return worst;
    }

    private static int change(Surroundings surroundings, ControlClient client, String object, Command request)
            throws ControlException {
        List<Path> links = linksOf(surroundings, client, request);
        Outcome outcome = patiently(client, request);
        if (outcome.success()) {
            remove(surroundings, links);
        }
        if (!outcome.success()) {
            surroundings.complain(ExitCodes.text(object, outcome));
        } else if (!outcome.detail().isEmpty()) {
            surroundings.complain(outcome.detail());
        }
        return ExitCodes.of(outcome);
    }

    /** The links that have no meaning any more when the request was carried out. */
    private static List<Path> linksOf(Surroundings surroundings, ControlClient client, Command request)
            throws ControlException {
        ConfigurationLinks links = new ConfigurationLinks(surroundings.files());
        List<Path> found = new ArrayList<>();
        if (request instanceof Command.DelMinor(int minor)) {
            found.add(links.ofMinor(minor));
        } else if (request instanceof Command.DelResource(String name)) {
            links.ofResource(name).ifPresent(found::add);
        } else if (request instanceof Command.Down(String name)) {
            links.ofResource(name).ifPresent(found::add);
            for (ResourceStatus resource : client.status().resources()) {
                if (resource.name().equals(name)) {
                    resource.volumes().forEach(volume -> found.add(links.ofMinor(volume.minor())));
                }
            }
        }
        return found;
    }

    private static void remove(Surroundings surroundings, List<Path> links) {
        for (Path link : links) {
            try {
                ConfigurationLinks.remove(link);
            } catch (IOException e) {
                surroundings.complain("Can not remove the link " + link + ": " + e.getMessage()
                        + ". Remove it by hand, or handlers may read an old configuration.");
            }
        }
    }

    /** A state that is about to change is waited for, with growing pauses. */
    private static Outcome patiently(ControlClient client, Command request) throws ControlException {
        long end = System.nanoTime() + LIMIT.toNanos();
        Duration pause = FIRST_PAUSE;
        while (true) {
            Outcome outcome = client.call(request, LIMIT).outcome();
            if (outcome.code() != ErrorCode.IN_TRANSIENT_STATE || System.nanoTime() - end > 0) {
                return outcome;
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return outcome;
            }
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    /** Scripts of old write the object first: {@code bsrsetup 0 dstate}. */
    private static List<String> commandFirst(List<String> words) {
        boolean swapped = words.size() > 1
                && SetupCommand.named(words.get(0)).isEmpty()
                && SetupCommand.named(words.get(1)).isPresent();
        if (!swapped) {
            return words;
        }
        List<String> ordered = new ArrayList<>(words);
        ordered.set(0, words.get(1));
        ordered.set(1, words.get(0));
        return ordered;
    }

    /** What the manual says. */
    public static ToolManual manual() {
        List<ToolManual.Entry> entries = new ArrayList<>();
        for (SetupCommand command : SetupCommand.values()) {
            Syntax syntax = command.syntax();
            entries.add(new ToolManual.Entry(
                    command.verb(), String.join(" ", syntax.operands()), command.text(), syntax.options()));
        }
        return new ToolManual(
                PROGRAM,
                "tell the engine what to do",
                "bsrsetup [--root DIR] COMMAND [ARGUMENTS] [OPTION...]",
                List.of(),
                List.of(),
                entries,
                "bsradm sh-resources");
    }

    private static int help(Surroundings surroundings, List<String> words) {
        if (words.size() > 1) {
            SetupCommand command = SetupCommand.named(words.get(1)).orElse(null);
            if (command != null) {
                boolean xml = words.getFirst().equals(XML_HELP);
                surroundings
                        .out()
                        .print(xml ? XmlHelp.of(command) : command.syntax().help(command.text()));
                return ExitCodes.OK;
            }
        }
        surroundings.out().println("USAGE: bsrsetup [--root DIR] COMMAND [ARGUMENTS] [OPTION...]\n\nCOMMANDS:");
        for (SetupCommand command : SetupCommand.values()) {
            Syntax syntax = command.syntax();
            surroundings.out().printf("  %-22s %s%n", command.verb(), String.join(" ", syntax.operands()));
        }
        surroundings
                .out()
                .println("\n'bsrsetup help COMMAND' explains one of them, 'bsrsetup xml-help COMMAND' to programs.");
        return ExitCodes.LOCAL;
    }
}
