package io.bsr.core.option;

import java.util.Map;

/**
 * Options of a disk.
 *
 * @param flushes option {@code disk-flushes}: {@code auto} (where the store has a volatile cache), {@code yes}, {@code no}
 * @param metadataFlushes option {@code md-flushes}
 * @param maxPassthroughErrors errors tolerated by {@link OnIoError#PASSTHROUGH} before the disk is given up
 * @param alExtents slots of the activity log, 67 … 65534
 * @param activityLogUpdates option {@code al-updates}; without them a crash costs a full resync
 * @param size sectors to use at most, 0 for all
 * @param diskTimeout 0.1 s, after which a store that does not answer is given up; 0 never
 */
public record DiskOptions(
        String flushes,
        boolean metadataFlushes,
        OnIoError onIoError,
        int maxPassthroughErrors,
        int alExtents,
        boolean activityLogUpdates,
        long size,
        int diskTimeout,
        Map<String, String> given) {
    public static final DiskOptions DEFAULT = from(Map.of());

    /**
     * Reads the options out of a map of names to canonical texts.
     *
     * @throws IllegalArgumentException for a value that the option does not allow
     */
    public static DiskOptions from(Map<String, String> values) {
        OptionValues v = new OptionValues(values);
        return new DiskOptions(
                v.text("disk-flushes", "auto"),
                v.flag("md-flushes", true),
                v.choice("on-io-error", OnIoError.PASSTHROUGH, OnIoError.class),
                (int) v.number("max-passthrough-count", 100, 0, Integer.MAX_VALUE),
                (int) v.number("al-extents", 6001, 67, 65534),
                v.flag("al-updates", true),
                v.number("size", 0, 0, 1L << 41),
                (int) v.number("disk-timeout", 0, 0, 6000),
                Map.copyOf(values));
    }
}
