package io.bsr.core;

import io.bsr.base.error.Outcome;

/** Told once how a command ended; on the loop of the resource, possibly before the call returned. */
@FunctionalInterface
public interface Reply {
    void done(Outcome outcome);
}
