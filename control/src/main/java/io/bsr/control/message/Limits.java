package io.bsr.control.message;

import java.time.Duration;

/** What either side accepts. */
public final class Limits {
    /** Version of the schema: the number changes when an older reader would misunderstand. */
    public static final int VERSION = 1;

    /** Longest line of a request, in bytes. */
    public static final int REQUEST_BYTES = 256 * 1024;

    /** Longest line of an answer or event, in bytes. */
    public static final int ANSWER_BYTES = 32 * 1024 * 1024;

    /** How long a command may take unless the request says otherwise. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    /** How long a command may take at most. */
    public static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(10);

    private Limits() {}
}
