package io.bsr.wire;

/** The two TCP connections between a pair of nodes (reference 2). */
public enum StreamRole {
    /** Carries writes, resync data and the session's packets ({@code sock}). */
    DATA,
    /** Carries acknowledgements and pings ({@code msock}). */
    CONTROL
}
