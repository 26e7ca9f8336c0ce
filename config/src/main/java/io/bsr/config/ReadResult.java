package io.bsr.config;

import io.bsr.config.diagnostic.ConfigException;
import io.bsr.config.diagnostic.Diagnostic;
import io.bsr.config.model.NodeIdentity;
import io.bsr.config.model.NodeView;
import java.util.List;

/**
 * What came out of reading.
 *
 * @param configuration as far as it could be understood: complete only if {@link #valid()}
 * @param node whose view was checked: with the name that the configuration gives it
 * @param nodeView the configuration as that node sees it, as far as it could be understood
 * @param diagnostics errors and warnings in the order in which they were found
 */
public record ReadResult(
        Configuration configuration, NodeIdentity node, NodeView nodeView, List<Diagnostic> diagnostics) {
    public ReadResult {
        diagnostics = List.copyOf(diagnostics);
    }

    /** Whether there are no errors; there may be warnings. */
    public boolean valid() {
        return diagnostics.stream().noneMatch(Diagnostic::isError);
    }

    /**
     * The configuration if it is valid.
     *
     * @throws ConfigException if it is not
     */
    public Configuration orThrow() throws ConfigException {
        if (!valid()) {
            throw new ConfigException(diagnostics);
        }
        return configuration;
    }

    /**
     * The configuration as the node sees it, if it is valid.
     *
     * @throws ConfigException if it is not
     */
    public NodeView view() throws ConfigException {
        orThrow();
        return nodeView;
    }
}
