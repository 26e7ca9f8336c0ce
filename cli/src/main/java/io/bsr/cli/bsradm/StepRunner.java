package io.bsr.cli.bsradm;

import io.bsr.cli.argument.Arguments;
import io.bsr.cli.terminal.ConfigurationLinks;
import io.bsr.cli.terminal.Surroundings;
import io.bsr.config.plan.Command;
import io.bsr.config.plan.CommandPlan;
import io.bsr.config.plan.Fallback;
import io.bsr.config.plan.SetupPlan;
import io.bsr.config.plan.ShellText;
import io.bsr.config.plan.Stage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Carries out the steps of plans, or prints them; command-line reference, sections 2.3 to 2.6. */
final class StepRunner {
    /** From here on a result ends everything. */
    static final int FATAL = 20;

    private static final int REPORTED = 10;
    private static final int STAGE_FAILED = 1;

    private final Surroundings surroundings;
    private final boolean dryRun;
    private final boolean verbose;
    private final Map<Command.Program, String> programs;
    private final TimeLimits limits;
    private final Optional<Path> configuration;

    private StepRunner(
            Surroundings surroundings,
            boolean dryRun,
            boolean verbose,
            Map<Command.Program, String> programs,
            TimeLimits limits,
            Optional<Path> configuration) {
        this.surroundings = surroundings;
        this.dryRun = dryRun;
        this.verbose = verbose;
        this.programs = programs;
        this.limits = limits;
        this.configuration = configuration;
    }

    /**
     * A runner as the general options want it.
     *
     * @param limits for programs that are not built in
     * @param configuration the file that was read, if it is one
     */
    static StepRunner of(
            Surroundings surroundings, Arguments arguments, TimeLimits limits, Optional<Path> configuration) {
        Map<Command.Program, String> programs = new EnumMap<>(Command.Program.class);
        for (Command.Program program : Command.Program.values()) {
            arguments.value(program.fileName()).ifPresent(path -> programs.put(program, path));
        }
        return new StepRunner(
                surroundings, arguments.has("dry-run"), arguments.has("verbose"), programs, limits, configuration);
    }

    /** Runs one step; a failure worth a word is reported. */
    int run(Command command) {
        return run(command, surroundings, true);
    }

    private int run(Command command, Surroundings where, boolean report) {
        String line = line(command);
        if (dryRun || verbose) {
            surroundings.out().println(ShellText.printed(command.argv(path(command))));
        }
        if (dryRun) {
            return 0;
        }
        int code = code(command, where);
        surroundings.journal().trace(line + " => " + code);
        if (report && code >= REPORTED) {
            surroundings.complain("Command '" + line + "' terminated with exit code " + code);
        }
        if (code == 0) {
            remember(command);
        }
        return code;
    }

    /** What was created comes from this file: handlers will want to read it again. */
    private void remember(Command command) {
        if (configuration.isEmpty() || command.program() != Command.Program.BSRSETUP) {
            return;
        }
        ConfigurationLinks links = new ConfigurationLinks(surroundings.files());
        Optional<Path> link =
                switch (command.verb()) {
                    case "new-resource" -> links.ofResource(command.resource());
                    case "new-minor" ->
                        Optional.of(links.ofMinor(
                                Integer.parseInt(command.arguments().get(2))));
                    default -> Optional.empty();
                };
        if (link.isPresent()) {
            try {
                ConfigurationLinks.lead(link.get(), configuration.get());
            } catch (IOException e) {
                surroundings.complain("Can not make the link " + link.get() + ": " + e.getMessage()
                        + ". Handlers will read the usual configuration.");
            }
        }
    }

    private String path(Command command) {
        return programs.getOrDefault(command.program(), command.program().fileName());
    }

    private String line(Command command) {
        return ShellText.line(command.argv(path(command)));
    }

    private int code(Command command, Surroundings where) {
        if (programs.containsKey(command.program())) {
            return external(command, where);
        }
        return switch (command.program()) {
            case BSRSETUP -> io.bsr.cli.bsrsetup.Main.run(where, command.arguments());
            case BSRMETA -> io.bsr.cli.bsrmeta.Main.run(where, command.arguments());
            case PROXY_CTL -> external(command, where);
        };
    }

    private int external(Command command, Surroundings where) {
        return Child.run(
                where, command.argv(path(command)), Map.of("BSR_RESOURCE", command.resource()), limits.of(command));
    }

    /** Runs a step whose output is not for the user. */
    int runSilently(Command command) {
        try (PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream())) {
            Surroundings silent = new Surroundings(
                    surroundings.files(),
                    surroundings.node(),
                    surroundings.pretending(),
                    surroundings.in(),
                    nowhere,
                    nowhere,
                    false,
                    surroundings.columns());
            return run(command, silent, false);
        }
    }

    /** One by one; what a step has to say about a volume without engine comes from its fallback. */
    int runSteps(List<CommandPlan.Step> steps) {
        int worst = 0;
        @Nullable Command failedMeta = null;
        for (CommandPlan.Step step : steps) {
            if (failedMeta != null && sameVolume(failedMeta, step.command())) {
                continue;
            }
            int code = runWithFallback(step);
            failedMeta = code != 0 && step.command().program() == Command.Program.BSRMETA ? step.command() : null;
            worst = Math.max(worst, code);
            if (code >= FATAL && code != 255) {
                return worst;
            }
        }
        return worst;
    }

    /** One after the other; after a failure the others are not tried, only what the last one has instead. */
    int runUntilFailure(List<CommandPlan.Step> steps) {
        for (CommandPlan.Step step : steps) {
            int code = run(step.command());
            if (code != 0) {
                Fallback fallback = steps.getLast().fallback();
                return fallback == null ? code : run(fallback.commands().getFirst());
            }
        }
        return 0;
    }

    private int runWithFallback(CommandPlan.Step step) {
        Fallback fallback = step.fallback();
        if (fallback == null) {
            return run(step.command());
        }
        if (dryRun) {
            run(step.command());
            fallback.commands().forEach(this::run);
            return 0;
        }
        int code = run(step.command(), surroundings, false);
        if (code == 0 || fallback.finalCodes().contains(code)) {
            return code;
        }
        int worst = 0;
        for (Command instead : fallback.commands()) {
            worst = Math.max(worst, run(instead));
        }
        return worst != 0 && fallback.keptCodes().contains(code) ? code : worst;
    }

    /**
     * Stage by stage over all resources. A resource that cannot be created is left alone from then on; a stage with a
     * failure is the last one, and the exit code says no more than that.
     */
    int runStages(SetupPlan plan) {
        for (Stage stage : plan.stages()) {
            boolean failed = false;
            Set<String> cancelled = new HashSet<>();
            @Nullable Command failedMeta = null;
            for (Command command : plan.of(stage)) {
                if (cancelled.contains(command.resource()) || (failedMeta != null && sameVolume(failedMeta, command))) {
                    failedMeta = null;
                    continue;
                }
                int code = run(command);
                failedMeta = null;
                if (code != 0) {
                    failed = true;
                    failedMeta = command.program() == Command.Program.BSRMETA ? command : null;
                    if (stage.cancelsResource()) {
                        cancelled.add(command.resource());
                        surroundings.complain(command.resource() + ": skipped due to earlier error");
                    }
                }
            }
            if (failed) {
                return STAGE_FAILED;
            }
        }
        return 0;
    }

    /**
     * Goes through all stages whatever fails in them, and shows the stages: a line for each with its resources, and what
     * failed behind the resource.
     */
    int runStagesWithProgress(SetupPlan plan) {
        PrintStream out = surroundings.out();
        Set<String> skipped = new HashSet<>();
        boolean failed = false;
        String title = "";
        out.print("[");
        for (Stage stage : plan.stages()) {
            if (!title.equals(stage.title())) {
                title = stage.title();
                out.printf("%n%15s:", title);
            }
            String resource = "";
            @Nullable Command failedMeta = null;
            for (Command command : plan.of(stage)) {
                if (skipped.contains(command.resource()) || (failedMeta != null && sameVolume(failedMeta, command))) {
                    failedMeta = null;
                    continue;
                }
                if (!resource.equals(command.resource())) {
                    resource = command.resource();
                    out.print(" " + resource);
                }
                out.flush();
                int code = run(command);
                failedMeta = null;
                if (code != 0) {
                    failed = true;
                    failedMeta = command.program() == Command.Program.BSRMETA ? command : null;
                    out.print(":failed(" + command.verb() + ":" + code + ")");
                    if (stage.cancelsResource()) {
                        skipped.add(command.resource());
                        out.print(" [skipped:" + command.resource() + "]");
                    }
                }
            }
        }
        out.println("\n]");
        return failed ? STAGE_FAILED : 0;
    }

    /** An attach makes no sense after the activity log of its disk could not be applied. */
    private static boolean sameVolume(Command meta, Command next) {
        return next.program() == Command.Program.BSRSETUP
                && next.verb().equals("attach")
                && next.arguments().get(1).equals(meta.arguments().getFirst());
    }
}
