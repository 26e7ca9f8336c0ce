package io.bsr.loop;

/**
 * Counters of one loop since its start.
 *
 * @param turns turns of the loop
 * @param completions I/O events handled: completions of the ring, or ready sockets and ended file operations
 * @param tasks tasks run
 * @param timers timers that fired
 * @param systemCalls calls into the kernel to submit or wait
 * @param processorNanos processor time of the loop's thread, in user and kernel mode
 * @param totalNanos time since the loop was started
 * @param failures exceptions that callbacks let through
 */
public record LoopStatistics(
        long turns,
        long completions,
        long tasks,
        long timers,
        long systemCalls,
        long processorNanos,
        long totalNanos,
        long failures) {
    /** Share of the time since start in which the loop's thread was busy, 0 … 1. */
    public double load() {
        return totalNanos <= 0 ? 0 : Math.min(1.0, (double) processorNanos / totalNanos);
    }
}
