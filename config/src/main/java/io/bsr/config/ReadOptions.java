package io.bsr.config;

import io.bsr.config.model.NodeIdentity;
import java.util.List;
import java.util.stream.Stream;

/**
 * How a configuration is read.
 *
 * @param node whose view is checked along with the rest
 * @param hostnameCounts whether {@code hostname} in the global section replaces the name of the node
 * @param alsoRead further files that belong to the configuration, such as one to be tested
 * @param leftOut files that are not read when they are included
 */
public record ReadOptions(NodeIdentity node, boolean hostnameCounts, List<String> alsoRead, List<String> leftOut) {
    public ReadOptions {
        alsoRead = List.copyOf(alsoRead);
        leftOut = List.copyOf(leftOut);
    }

    /** For a node whose name is certain: it was given in the environment. */
    public static ReadOptions forNode(NodeIdentity node) {
        return new ReadOptions(node, false, List.of(), List.of());
    }

    /** For the node that the system says it is, unless the configuration has another name for it. */
    public static ReadOptions forSystem(NodeIdentity node) {
        return new ReadOptions(node, true, List.of(), List.of());
    }

    /** The same with a further file. */
    public ReadOptions alsoReading(String file) {
        return new ReadOptions(node, hostnameCounts, with(alsoRead, file), leftOut);
    }

    /** The same without a file. */
    public ReadOptions leavingOut(String file) {
        return new ReadOptions(node, hostnameCounts, alsoRead, with(leftOut, file));
    }

    private static List<String> with(List<String> files, String file) {
        return Stream.concat(files.stream(), Stream.of(file)).toList();
    }
}
