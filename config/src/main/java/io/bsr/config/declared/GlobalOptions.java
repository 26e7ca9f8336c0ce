package io.bsr.config.declared;

/**
 * The {@code global} section; configuration-language reference, section 5.
 *
 * @param disableIpVerification take addresses as they are
 * @param udevAlwaysUseVnr name the links of an implicit volume with its number
 * @param minorCount number of devices, 0 if not given (1 … 255)
 * @param dialogRefresh seconds between redraws of the wait dialog (0 … 600), default 1
 * @param timeoutShort seconds for short commands (0 … 900), default 5; commands are given twice that
 * @param timeoutMedium seconds for commands that can take long, default 121
 * @param timeoutLong seconds for handlers and metadata work, default 600
 * @param hostname own host name, empty if the system's is used
 * @param usageCount yes, no or ask; has no effect
 */
public record GlobalOptions(
        boolean disableIpVerification,
        boolean udevAlwaysUseVnr,
        int minorCount,
        int dialogRefresh,
        int timeoutShort,
        int timeoutMedium,
        int timeoutLong,
        String hostname,
        String usageCount) {
    public static final GlobalOptions DEFAULTS = new GlobalOptions(false, false, 0, 1, 5, 121, 600, "", "ask");
}
