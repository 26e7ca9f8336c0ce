package io.bsr.config;

import io.bsr.config.diagnostic.ConfigException;
import io.bsr.config.diagnostic.Diagnostic;
import java.util.List;

/**
 * What came out of reading.
 *
 * @param configuration as far as it could be understood: complete only if {@link #valid()}
 * @param diagnostics errors and warnings in the order in which they were found
 */
public record ReadResult(Configuration configuration, List<Diagnostic> diagnostics) {
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
}
