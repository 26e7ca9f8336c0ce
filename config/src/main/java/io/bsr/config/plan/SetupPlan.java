package io.bsr.config.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Calls of the lower tools in the order in which they run.
 *
 * @param commands in order
 */
public record SetupPlan(List<Command> commands) {
    public SetupPlan {
        commands = List.copyOf(commands);
    }

    /** Nothing to do. */
    public static SetupPlan empty() {
        return new SetupPlan(List.of());
    }

    /** Several plans as one: stage by stage, within a stage in the order of the plans. */
    public static SetupPlan byStage(List<SetupPlan> plans) {
        List<Command> ordered = new ArrayList<>();
        for (Stage stage : Stage.values()) {
            plans.forEach(plan -> ordered.addAll(plan.of(stage)));
        }
        return new SetupPlan(ordered);
    }

    /** The commands of one stage. */
    public List<Command> of(Stage stage) {
        return commands.stream().filter(command -> command.stage() == stage).toList();
    }

    public boolean isEmpty() {
        return commands.isEmpty();
    }

    /** The stages that have commands. */
    public List<Stage> stages() {
        return Arrays.stream(Stage.values())
                .filter(stage -> commands.stream().anyMatch(command -> command.stage() == stage))
                .toList();
    }

    /** The lines that a dry run prints. */
    public List<String> shellLines() {
        return commands.stream().map(Command::shellLine).toList();
    }
}
