package io.bsr.core.generation;

/** The option rr-conflict: what to do when a resync would make a Primary with good data its target. */
public enum RoleConflictPolicy {
    DISCONNECT("disconnect"),
    VIOLENTLY("violently"),
    CALL_PRI_LOST("call-pri-lost");

    private final String option;

    RoleConflictPolicy(String option) {
        this.option = option;
    }

    /** The value of the option in the configuration. */
    @Override
    public String toString() {
        return option;
    }
}
