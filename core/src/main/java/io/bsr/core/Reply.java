package io.bsr.core;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;

/** Told once how a command ended; on the loop of the resource, possibly before the call returned. */
@FunctionalInterface
public interface Reply {
    void done(Outcome outcome);

    /** Ends the command with a code that is no success, and what people should know about it. */
    default void refuse(ErrorCode code, String detail) {
        done(Outcome.of(code, detail));
    }
}
