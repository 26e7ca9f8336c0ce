package io.bsr.core;

/**
 * The epochs of writes sent on a session, from the first write of one to its P_BARRIER_ACK (wire-protocol reference,
 * section 10.7).
 */
final class SentEpochs {
    /** One more than the most epochs with a write in flight. */
    private static final int CAPACITY = TransferLog.CAPACITY + 1;

    private final int[] epochs = new int[CAPACITY];
    private final int[] writes = new int[CAPACITY];
    private int first;
    private int count;

    /** The epoch of the writes sent last; its barrier has not been sent. */
    private int openEpoch;

    private int openWrites;

    /** A write of {@code epoch} is being sent. */
    void writeSent(int epoch) {
        openEpoch = epoch;
        openWrites++;
    }

    /** True if a barrier must be sent before a write of {@code epoch}. */
    boolean barrierNeededBefore(int epoch) {
        return openWrites > 0 && epoch != openEpoch;
    }

    /** True if writes have been sent whose epoch is over. */
    boolean barrierDue(int currentEpoch) {
        return openWrites > 0 && openEpoch != currentEpoch;
    }

    /** The barrier of the open epoch is being sent; returns its number. */
    int closeOpen() {
        int at = (first + count++) % CAPACITY;
        epochs[at] = openEpoch;
        writes[at] = openWrites;
        openWrites = 0;
        return openEpoch;
    }

    /** True if {@code barrier} is the oldest one that is not acknowledged and had {@code setSize} writes; then drops it. */
    boolean acknowledge(int barrier, int setSize) {
        if (count == 0 || epochs[first] != barrier || writes[first] != setSize) {
            return false;
        }
        first = (first + 1) % CAPACITY;
        count--;
        return true;
    }

    /** True if the peer has closed every epoch up to {@code epoch} of which it got writes. */
    boolean closedUpTo(int epoch) {
        if (count > 0 && epochs[first] - epoch <= 0) {
            return false;
        }
        return openWrites == 0 || openEpoch - epoch > 0;
    }

    String expected() {
        return count == 0 ? "none" : epochs[first] + " with " + writes[first] + " writes";
    }
}
