package io.bsr.config;

import io.bsr.config.model.NodeIdentity;
import java.util.List;

/**
 * How a configuration is read.
 *
 * @param node whose view is checked along with the rest
 * @param alsoRead further files that belong to the configuration, such as one to be tested
 * @param leftOut files that are not read when they are included
 */
public record ReadOptions(NodeIdentity node, List<String> alsoRead, List<String> leftOut) {
    public ReadOptions {
        alsoRead = List.copyOf(alsoRead);
        leftOut = List.copyOf(leftOut);
    }

    /** The usual case. */
    public static ReadOptions forNode(NodeIdentity node) {
        return new ReadOptions(node, List.of(), List.of());
    }
}
