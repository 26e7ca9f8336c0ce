package io.bsr.base.error;

/**
 * The end of a command.
 *
 * @param code what the tools print and turn into an exit status
 * @param detail what happened, why, and what to do, in words; empty if the code says it all
 */
public record Outcome(ErrorCode code, String detail) {
    public static final Outcome OK = new Outcome(ErrorCode.SUCCESS, "");
    public static final Outcome NOTHING_TO_DO = new Outcome(ErrorCode.NOTHING_TO_DO, "");

    public static Outcome of(ErrorCode code, String detail) {
        return new Outcome(code, detail);
    }

    public boolean success() {
        return code.success();
    }
}
