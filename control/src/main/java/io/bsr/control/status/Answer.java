package io.bsr.control.status;

import io.bsr.base.error.Outcome;

/** The end of a command: how it went, and what it answers. */
public record Answer(Outcome outcome, Result result) {
    public static Answer of(Outcome outcome) {
        return new Answer(outcome, Result.Nothing.NOTHING);
    }

    public static Answer of(Result result) {
        return new Answer(Outcome.OK, result);
    }
}
