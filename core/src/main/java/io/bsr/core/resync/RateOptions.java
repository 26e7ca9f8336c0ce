package io.bsr.core.resync;

/**
 * The options of the resync speed, in the units of the configuration.
 *
 * @param resyncRate KiB/s, 1 … 4194304: fixed speed if {@code planAhead} is 0, else speed at the start
 * @param planAhead tenths of a second, 0 … 300 (c-plan-ahead); 0: fixed speed
 * @param delayTarget tenths of a second, 1 … 100 (c-delay-target), used if {@code fillTarget} is 0
 * @param fillTarget sectors to keep in flight, 0 … 1048576 (c-fill-target)
 * @param maxRate KiB/s, 250 … 4194304 (c-max-rate)
 * @param minRate KiB/s, 0 … 4194304 (c-min-rate)
 */
public record RateOptions(int resyncRate, int planAhead, int delayTarget, int fillTarget, int maxRate, int minRate) {
    /** The longest plan, in turns of a tenth of a second. */
    public static final int MAX_PLAN_AHEAD = 300;

    /** The defaults of bsr. */
    public static final RateOptions DEFAULT = new RateOptions(250, 20, 10, 100, 5120, 250);

    private static final int MAX_RATE = 4_194_304;

    /**
     * @throws IllegalArgumentException if a value is out of its range
     */
    public RateOptions {
        require("resync-rate", resyncRate, 1, MAX_RATE);
        require("c-plan-ahead", planAhead, 0, MAX_PLAN_AHEAD);
        require("c-delay-target", delayTarget, 1, 100);
        require("c-fill-target", fillTarget, 0, 1_048_576);
        require("c-max-rate", maxRate, 250, MAX_RATE);
        require("c-min-rate", minRate, 0, MAX_RATE);
    }

    private static void require(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("%s %d is not in %d … %d".formatted(option, value, least, most));
        }
    }
}
