package io.bsr.core.option;

import java.util.Map;

/**
 * Options of a volume towards one peer: the speed of a resync. Rates are in KiB/s.
 *
 * @param resyncRate fixed rate, and the rate to begin with
 * @param planAhead 0.1 s that the controller looks ahead; 0 for the fixed rate
 * @param delayTarget 0.1 s of delay to aim for, if {@code fillTarget} is 0
 * @param fillTarget sectors in flight to aim for
 * @param maxRate upper bound of the controller
 * @param minRate guaranteed minimum
 */
public record PeerDeviceOptions(
        int resyncRate,
        int planAhead,
        int delayTarget,
        int fillTarget,
        int maxRate,
        int minRate,
        Map<String, String> given) {
    public static final PeerDeviceOptions DEFAULT = from(Map.of());

    /**
     * Reads the options out of a map of names to canonical texts.
     *
     * @throws IllegalArgumentException for a value that the option does not allow
     */
    public static PeerDeviceOptions from(Map<String, String> values) {
        OptionValues v = new OptionValues(values);
        return new PeerDeviceOptions(
                (int) v.number("resync-rate", 250, 1, 8 << 20),
                (int) v.number("c-plan-ahead", 20, 0, 300),
                (int) v.number("c-delay-target", 10, 1, 100),
                (int) v.number("c-fill-target", 100, 0, 1 << 20),
                (int) v.number("c-max-rate", 5120, 250, 8 << 20),
                (int) v.number("c-min-rate", 250, 0, 4 << 20),
                Map.copyOf(values));
    }
}
