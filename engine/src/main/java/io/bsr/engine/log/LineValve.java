package io.bsr.engine.log;

/** Counts the lines of one source and lets a bounded number of them pass per second. Not thread-safe. */
final class LineValve {
    /** Lines per second. */
    static final int LINES = 200;

    private static final long SECOND = 1_000_000_000L;

    private long windowStart;
    private int passed;
    private int heldBack;

    LineValve(long now) {
        windowStart = now;
    }

    /**
     * Asks for one line to pass.
     *
     * @return lines that were held back and are to be mentioned before this one; -1 if this one is held back too
     */
    int ask(long now) {
        if (now - windowStart >= SECOND) {
            windowStart = now;
            passed = 0;
        }
        if (passed >= LINES) {
            heldBack++;
            return -1;
        }
        passed++;
        int before = heldBack;
        heldBack = 0;
        return before;
    }
}
