package io.bsr.sim.node;

/** A command that was given to a process and has not ended. */
public final class PendingCommand {
    private final String text;
    private final long since;
    boolean over;

    PendingCommand(String text, long since) {
        this.text = text;
        this.since = since;
    }

    public String text() {
        return text;
    }

    /** Virtual time at which it was given. */
    public long since() {
        return since;
    }
}
