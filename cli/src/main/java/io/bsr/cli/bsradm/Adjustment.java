package io.bsr.cli.bsradm;

import io.bsr.cli.status.RunningConfiguration;
import io.bsr.config.model.ResourceView;
import io.bsr.config.plan.AdjustPlan;
import io.bsr.config.plan.AdmCommand;
import io.bsr.config.plan.PlannedChange;
import io.bsr.config.plan.SetupPlan;
import io.bsr.config.running.RunningResource;
import io.bsr.control.ControlClient;
import io.bsr.control.ControlException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code adjust}, {@code adjust --explain} and {@code adjust-with-progress}; command-line reference, section 2.6. */
final class Adjustment {
    private final Invocation invocation;

    Adjustment(Invocation invocation) {
        this.invocation = invocation;
    }

    int run() throws AdmException {
        List<ResourceView> resources = invocation.resources();
        invocation.requireLocalAddresses(resources);
        boolean explain = invocation.arguments().has("explain");
        Map<String, RunningResource> running = running(explain);
        Map<String, AdjustPlan> plans = new LinkedHashMap<>();
        for (ResourceView resource : resources) {
            plans.put(resource.name(), AdjustPlan.of(resource, running.get(resource.name()), scope()));
        }
        if (explain) {
            plans.forEach(this::explain);
        }
        List<String> refusals = plans.values().stream()
                .flatMap(plan -> plan.refusals().stream())
                .toList();
        if (!refusals.isEmpty()) {
            throw new AdmException(AdmException.INVALID, String.join("\n", refusals));
        }
        if (explain) {
            return 0;
        }
        SetupPlan all =
                SetupPlan.byStage(plans.values().stream().map(AdjustPlan::plan).toList());
        boolean progress = invocation.command() == AdmCommand.ADJUST_WITH_PROGRESS
                && !invocation.dryRun()
                && !invocation.arguments().has("verbose");
        return progress
                ? invocation.runner().runStagesWithProgress(all)
                : invocation.runner().runStages(all);
    }

    private AdjustPlan.Scope scope() {
        List<String> connectOptions = new ArrayList<>();
        for (String word : invocation.handedOn()) {
            if (!word.startsWith("--skip-") && !word.startsWith("--explain")) {
                connectOptions.add(word);
            }
        }
        return new AdjustPlan.Scope(
                invocation.arguments().has("skip-disk"), invocation.arguments().has("skip-net"), connectOptions);
    }

    private void explain(String resource, AdjustPlan plan) {
        if (plan.changes().isEmpty()) {
            invocation.print(
                    resource + ": " + (plan.refusals().isEmpty() ? "runs as configured" : "cannot be adjusted"));
            return;
        }
        invocation.print(resource + ":");
        for (PlannedChange change : plan.changes()) {
            change.explanation().forEach(line -> invocation.print("    " + line));
        }
    }

    /** What the engine has. A dry run or an explanation is possible without one, which then has nothing. */
    private Map<String, RunningResource> running(boolean explain) throws AdmException {
        Map<String, RunningResource> running = new TreeMap<>();
        try (ControlClient client =
                ControlClient.connect(invocation.surroundings().files())) {
            client.status().resources().forEach(status -> running.put(status.name(), RunningConfiguration.of(status)));
        } catch (ControlException e) {
            boolean needed = !invocation.dryRun() && !(explain && e.kind() == ControlException.Kind.NOT_RUNNING);
            if (needed) {
                throw new AdmException(StepRunner.FATAL, String.valueOf(e.getMessage()));
            }
        }
        return running;
    }
}
