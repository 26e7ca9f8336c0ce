package io.bsr.cli.bsradm;

import io.bsr.cli.terminal.Surroundings;
import io.bsr.config.plan.Command;
import io.bsr.config.plan.CommandPlan;
import io.bsr.config.plan.Fallback;
import io.bsr.config.plan.SetupPlan;
import io.bsr.config.plan.Stage;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.HashSet;
import java.util.List;
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

    StepRunner(Surroundings surroundings, boolean dryRun, boolean verbose) {
        this.surroundings = surroundings;
        this.dryRun = dryRun;
        this.verbose = verbose;
    }

    /** Runs one step; a failure worth a word is reported. */
    int run(Command command) {
        return run(command, surroundings, true);
    }

    private int run(Command command, Surroundings where, boolean report) {
        if (dryRun || verbose) {
            surroundings.out().println(command.shellLine());
        }
        if (dryRun) {
            return 0;
        }
        int code =
                switch (command.program()) {
                    case BSRSETUP -> io.bsr.cli.bsrsetup.Main.run(where, command.arguments());
                    case BSRMETA -> io.bsr.cli.bsrmeta.Main.run(where, command.arguments());
                };
        if (report && code >= REPORTED) {
            surroundings.complain("Command '" + command.shellLine() + "' terminated with exit code " + code);
        }
        return code;
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

    private int runWithFallback(CommandPlan.Step step) {
        Fallback fallback = step.fallback();
        if (fallback == null || dryRun) {
            return run(step.command());
        }
        int code = run(step.command(), surroundings, false);
        if (code == 0 || fallback.finalCodes().contains(code)) {
            return code;
        }
        int worst = 0;
        for (Command instead : fallback.commands()) {
            worst = Math.max(worst, run(instead));
        }
        return worst;
    }

    /**
     * Stage by stage over all resources. A resource that cannot be created is left alone from then on; a stage with a
     * failure is the last one.
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
                    if (code >= FATAL && command.program() == Command.Program.BSRSETUP) {
                        return code;
                    }
                }
            }
            if (failed) {
                return STAGE_FAILED;
            }
        }
        return 0;
    }

    /** An attach makes no sense after the activity log of its disk could not be applied. */
    private static boolean sameVolume(Command meta, Command next) {
        return next.program() == Command.Program.BSRSETUP
                && next.verb().equals("attach")
                && next.arguments().get(1).equals(meta.arguments().getFirst());
    }
}
