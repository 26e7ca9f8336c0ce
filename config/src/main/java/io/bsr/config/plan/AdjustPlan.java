package io.bsr.config.plan;

import static io.bsr.config.plan.CommandBuilder.options;

import io.bsr.config.model.ResourceView;
import io.bsr.config.option.Settings;
import io.bsr.config.plan.PlannedChange.Effect;
import io.bsr.config.running.RunningResource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code adjust} does: the calls that lead from what runs to what is configured; command-line reference, section 2.6.
 *
 * @param plan nothing but apply-persist-role if both agree
 * @param changes what it changes and why, in the order in which it was found
 * @param refusals why it cannot be done; with any, nothing of the plan may run
 */
public record AdjustPlan(SetupPlan plan, List<PlannedChange> changes, List<String> refusals) {
    public AdjustPlan {
        changes = List.copyOf(changes);
        refusals = List.copyOf(refusals);
    }

    /**
     * What to leave alone and what to add.
     *
     * @param skipDisk leave disks as they are
     * @param skipNet leave connections as they are
     * @param connectOptions further arguments of connect
     */
    public record Scope(boolean skipDisk, boolean skipNet, List<String> connectOptions) {
        public static final Scope ALL = new Scope(false, false, List.of());

        public Scope {
            connectOptions = List.copyOf(connectOptions);
        }
    }

    /**
     * The difference for one resource.
     *
     * @param running what the engine has, null if it does not know the resource
     */
    public static AdjustPlan of(ResourceView wanted, @Nullable RunningResource running, Scope scope) {
        if (running == null) {
            SetupPlan all = UpPlan.create(wanted, true, scope.connectOptions());
            PlannedChange start = new PlannedChange(
                    "resource " + wanted.name(), Effect.START, List.of("it does not run"), all.commands());
            return new AdjustPlan(all, List.of(start), List.of());
        }
        if (running.nodeId() != wanted.self().nodeId()) {
            return new AdjustPlan(
                    SetupPlan.empty(),
                    List.of(),
                    List.of("resource " + wanted.name() + " runs with node-id " + running.nodeId()
                            + ", it cannot change to " + wanted.self().nodeId() + " before it is taken down"));
        }
        CommandBuilder builder = new CommandBuilder(wanted);
        List<PlannedChange> changes = new ArrayList<>();
        if (!wanted.resourceOptions().sameEffect(running.options())) {
            changes.add(new PlannedChange(
                    "resource options",
                    Effect.LIVE,
                    PlannedChange.differences(running.options(), wanted.resourceOptions()),
                    List.of(builder.resource(
                            Stage.RESOURCE, "resource-options", options(true, wanted.resourceOptions())))));
        }
        if (nodeOptionsDiffer(wanted, running)) {
            changes.add(new PlannedChange(
                    "options of this node",
                    Effect.LIVE,
                    nodeDifferences(wanted, running),
                    List.of(builder.nodeOptions(true))));
        }
        List<String> refusals = new ArrayList<>();
        AdjustDisks disks = new AdjustDisks(wanted, running, builder);
        if (!scope.skipDisk()) {
            disks.add(changes, refusals);
        }
        if (!scope.skipNet()) {
            new AdjustConnections(wanted, running, builder, disks.newVolumes(), scope.connectOptions()).add(changes);
        }
        List<Command> commands = new ArrayList<>();
        changes.forEach(change -> commands.addAll(change.commands()));
        commands.add(builder.applyPersistRole());
        return new AdjustPlan(SetupPlan.byStage(List.of(new SetupPlan(commands))), changes, refusals);
    }

    private static List<String> nodeDifferences(ResourceView wanted, RunningResource running) {
        List<String> lines = new ArrayList<>(PlannedChange.differences(
                running.nodeOptions().without("node-name").without("group"),
                wanted.self().nodeOptions()));
        String group = wanted.self().group() == null ? "" : wanted.self().group();
        if (!wanted.self().name().equals(running.nodeName())) {
            lines.add(
                    "node-name: " + running.nodeName() + " -> " + wanted.self().name());
        }
        if (!group.equals(running.group())) {
            lines.add("group: " + running.group() + " -> " + group);
        }
        return lines;
    }

    private static boolean nodeOptionsDiffer(ResourceView wanted, RunningResource running) {
        Settings configured = wanted.self().nodeOptions();
        String group = wanted.self().group() == null ? "" : wanted.self().group();
        return !configured.sameEffect(running.nodeOptions().without("node-name").without("group"))
                || !wanted.self().name().equals(running.nodeName())
                || !group.equals(running.group());
    }
}
