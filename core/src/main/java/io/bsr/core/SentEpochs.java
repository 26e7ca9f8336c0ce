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

    /** How many of them the peer threw away: their epoch is acknowledged without them, or not at all. */
    private final int[] thrownAway = new int[CAPACITY];

    private int first;
    private int count;

    /** The epoch of the writes sent last; its barrier has not been sent. */
    private int openEpoch;

    private int openWrites;
    private int openThrownAway;

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
        thrownAway[at] = openThrownAway;
        openWrites = 0;
        openThrownAway = 0;
        forgetEmpty();
        return openEpoch;
    }

    /** The peer has not written one of the writes of {@code epoch}. */
    void thrownAway(int epoch) {
        if (openWrites > 0 && openEpoch == epoch) {
            openThrownAway++;
            return;
        }
        int at = find(epoch);
        if (at >= 0) {
            thrownAway[at]++;
            forgetEmpty();
        }
    }

    /** True if there is an epoch of which the peer has written a part only, and which it has not closed. */
    boolean awaitsPart() {
        for (int i = 0; i < count; i++) {
            int at = place(i);
            if (thrownAway[at] > 0 && writes[at] > thrownAway[at]) {
                return true;
            }
        }
        return openThrownAway > 0 && openWrites > openThrownAway;
    }

    private int find(int epoch) {
        for (int i = 0; i < count; i++) {
            int at = place(i);
            if (epochs[at] == epoch) {
                return at;
            }
        }
        return -1;
    }

    /** An epoch of which the peer has written nothing is not acknowledged. */
    private void forgetEmpty() {
        while (count > 0 && writes[first] == thrownAway[first]) {
            forgetFirst();
        }
    }

    private void forgetFirst() {
        first = (first + 1) % CAPACITY;
        count--;
    }

    /**
     * True if {@code barrier} is the oldest one that is not acknowledged and had {@code setSize} writes; then drops it. Those
     * of which the peer threw writes away may be passed over: DRBD 8.4 never acknowledges them.
     */
    boolean acknowledge(int barrier, int setSize) {
        int passed = 0;
        while (passed < count && epochs[place(passed)] != barrier && thrownAway[place(passed)] > 0) {
            passed++;
        }
        if (passed == count
                || epochs[place(passed)] != barrier
                || writes[place(passed)] - thrownAway[place(passed)] != setSize) {
            return false;
        }
        for (int i = 0; i <= passed; i++) {
            forgetFirst();
        }
        forgetEmpty();
        return true;
    }

    private int place(int index) {
        return (first + index) % CAPACITY;
    }

    /** True if the peer has closed every epoch up to {@code epoch} of which it got writes. */
    boolean closedUpTo(int epoch) {
        if (count > 0 && epochs[first] - epoch <= 0) {
            return false;
        }
        return openWrites == openThrownAway || openEpoch - epoch > 0;
    }

    String expected() {
        return count == 0 ? "none" : epochs[first] + " with " + writes[first] + " writes";
    }
}
