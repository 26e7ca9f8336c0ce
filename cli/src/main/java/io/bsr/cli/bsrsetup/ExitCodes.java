package io.bsr.cli.bsrsetup;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;

/** How outcomes are told; command-line reference, sections 1.2 and 3.2. */
public final class ExitCodes {
    public static final int OK = 0;
    /** The generation identifiers of a volume without disk. */
    public static final int NOTHING_TO_SHOW = 1;
    /** The engine refused, or does not know the object. */
    public static final int REFUSED = 10;
    /** Wrong usage, no engine, no answer. */
    public static final int LOCAL = 20;

    private static final int STATE_CHANGE = 11;

    private ExitCodes() {}

    /** The exit code for an outcome. */
    public static int of(Outcome outcome) {
        ErrorCode code = outcome.code();
        if (code.success()) {
            return OK;
        }
        if (!code.stateCode()) {
            return REFUSED;
        }
        return switch (code) {
            case NO_UP_TO_DATE_DISK -> 17;
            case NO_LOCAL_DISK -> 16;
            case LOWER_THAN_OUTDATED -> 5;
            case BARRIER_ACK_PENDING_TIMEOUT -> 30;
            default -> STATE_CHANGE;
        };
    }

    /** What is printed of a refusal: the line that scripts know, and the details below a line that announces them. */
    public static String text(String object, Outcome outcome) {
        ErrorCode code = outcome.code();
        String kind = code.stateCode() ? "State change failed" : "Failure";
        return object + ": " + kind + ": (" + code.number() + ") " + code.text()
                + (outcome.detail().isEmpty() ? "" : "\nadditional info from kernel:\n" + outcome.detail());
    }
}
