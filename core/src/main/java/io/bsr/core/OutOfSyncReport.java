package io.bsr.core;

/** What a verify found, told in runs: one line for blocks that follow each other. */
final class OutOfSyncReport {
    private final PeerDevice peerDevice;
    private final Resource resource;
    private long start;
    private long end;
    private long sectors;
    private int reports;

    OutOfSyncReport(PeerDevice peerDevice, Resource resource) {
        this.peerDevice = peerDevice;
        this.resource = resource;
    }

    void begin() {
        start = 0;
        end = 0;
        sectors = 0;
        reports = 0;
    }

    /** These sectors differ. */
    void add(long from, int count) {
        sectors += count;
        if (end > start && from == end) {
            end += count;
            return;
        }
        flush();
        start = from;
        end = from + count;
    }

    /** Tells the run that may still grow. */
    void flush() {
        if (end > start) {
            resource.log(
                    Events.Level.ERROR,
                    peerDevice.label(),
                    "Report(" + reports++ + ") out of sync: start=" + start + ", size=" + (end - start) + " (sectors)");
        }
        start = 0;
        end = 0;
    }

    /** 4 KiB blocks that differ, counted as sectors and rounded up. */
    long blocks() {
        return (sectors + 7) / 8;
    }

    /** The verify has come to its end: the handler hears of it if there is something to hear. */
    void tell() {
        if (sectors > 0) {
            resource.happened(new Happening.HandlerDue(
                    "out-of-sync",
                    peerDevice.connection().peer().value(),
                    peerDevice.volume().number()));
        }
    }

    /** The verify is over. */
    void end(long verifiedSectors, long nanos) {
        flush();
        long seconds = Math.max(1, nanos / 1_000_000_000L);
        resource.log(
                Events.Level.INFO,
                peerDevice.label(),
                "Online verify done (total " + seconds + " sec; " + verifiedSectors / 2 / seconds + " K/sec)");
        if (sectors > 0) {
            resource.log(
                    Events.Level.ERROR,
                    peerDevice.label(),
                    "Online verify found " + blocks() + " 4k block out of sync");
        }
    }
}
