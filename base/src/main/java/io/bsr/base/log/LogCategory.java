package io.bsr.base.log;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a detail of the log is about; details of each category can be switched on and off. The order is that of the bits in
 * the setting (command-line reference, section 5.1), and must not change.
 */
public enum LogCategory {
    VOLUME,
    IO,
    IO_ERROR,
    BITMAP,
    LRU,
    REQUEST,
    PEER_REQUEST,
    RESYNC_OV,
    REPLICATION,
    CONNECTION,
    UUID,
    TWOPC,
    THREAD,
    SEND_BUFFER,
    STATE,
    SOCKET,
    DRIVER,
    NETLINK,
    GENL,
    PROTOCOL,
    MEMORY,
    LOG,
    LATENCY,
    VERIFY,
    OUT_OF_SYNC,
    ETC,
    REF;

    /** The category of that name, in letters of any case. */
    public static Optional<LogCategory> named(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        return Arrays.stream(values()).filter(c -> c.name().equals(upper)).findFirst();
    }

    /** Those that are on if nobody has switched any. */
    public static Set<LogCategory> usual() {
        return EnumSet.complementOf(EnumSet.of(LATENCY, VERIFY, OUT_OF_SYNC));
    }

    /** Categories as the bits of a number. */
    public static int bits(Set<LogCategory> categories) {
        int bits = 0;
        int bit = 1;
        for (LogCategory category : values()) {
            bits += categories.contains(category) ? bit : 0;
            bit <<= 1;
        }
        return bits;
    }

    /** The categories whose bits are set. */
    public static Set<LogCategory> ofBits(int bits) {
        EnumSet<LogCategory> categories = EnumSet.noneOf(LogCategory.class);
        int left = bits;
        for (LogCategory category : values()) {
            if ((left & 1) != 0) {
                categories.add(category);
            }
            left >>>= 1;
        }
        return categories;
    }
}
