package io.bsr.config.plan;

import java.util.List;
import java.util.Set;

/**
 * What to do instead when a command fails: ask the metadata of a disk that is not attached.
 *
 * @param commands run if the first command fails
 * @param finalCodes exit codes of the first command that are the answer: with them nothing else is tried
 * @param keptCodes exit codes of the first command that are the answer if the others fail as well
 */
public record Fallback(List<Command> commands, Set<Integer> finalCodes, Set<Integer> keptCodes) {
    public Fallback {
        commands = List.copyOf(commands);
        finalCodes = Set.copyOf(finalCodes);
        keptCodes = Set.copyOf(keptCodes);
    }

    /** Where only the other commands can know. */
    static Fallback to(List<Command> commands) {
        return new Fallback(commands, Set.of(), Set.of());
    }
}
