package io.bsr.engine.command;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;

/** A command cannot be carried out; nothing was changed. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Outcome outcome;

    Refusal(ErrorCode code, String detail) {
        super(code.text() + ": " + detail);
        this.outcome = Outcome.of(code, detail);
    }

    Outcome outcome() {
        return outcome;
    }
}
