package io.bsr.sim.disk;

import io.bsr.base.port.Errno;
import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.VirtualClock;
import org.jspecify.annotations.Nullable;

/** What is wrong with a disk at the moment. */
public final class DiskFaults {
    private double readError;
    private double writeError;
    private double flushError;
    private long badFrom;
    private long badTo;
    private long failCall = -1;
    private long stalledUntil;
    private int errno = Errno.EIO;
    private @Nullable Failing failing;
    private long failingAfter;
    private boolean failingForEver;
    private Runnable whenFailing = () -> {};
    private @Nullable Failing slow;
    private double slowShare;
    private long slowDelay;
    private @Nullable SimRandom slowRandom;
    private boolean lossyFlush;
    private long loseWrite = -1;
    private long hangAfter = Long.MAX_VALUE;
    private long uninterrupted;
    private double interruptedAt;
    private @Nullable Runnable interruption;

    /** Each read, write and flush fails with these probabilities. */
    public void errors(double read, double write, double flush, int errno) {
        this.readError = read;
        this.writeError = write;
        this.flushError = flush;
        this.errno = errno;
    }

    /** Reads and writes that touch bytes {@code from} … {@code to − 1} fail. */
    public void badRange(long from, long to) {
        this.badFrom = from;
        this.badTo = to;
    }

    /** The operation that comes after {@code calls} others fails. */
    public void failAfter(long calls) {
        this.failCall = calls;
    }

    /** Which operations {@link #failNth} counts; discards and zeroes are writes. */
    public enum Failing {
        READ,
        WRITE,
        FLUSH
    }

    /**
     * The operation of this kind that comes after {@code others} of it fails.
     *
     * @param forEver all later ones fail as well, until {@link #heal}
     * @param whenItDoes called before each that does
     */
    public void failNth(Failing kind, long others, boolean forEver, int errno, Runnable whenItDoes) {
        this.whenFailing = whenItDoes;
        this.failing = kind;
        this.failingAfter = others;
        this.failingForEver = forEver;
        this.errno = errno;
    }

    /** A share of the operations of this kind takes up to {@code delay} ns longer. */
    public void slow(Failing kind, double share, long delay, SimRandom random) {
        this.slow = share > 0 ? kind : null;
        this.slowShare = share;
        this.slowDelay = delay;
        this.slowRandom = random;
    }

    /** How much longer an operation takes. */
    long delay(boolean read, boolean flush) {
        SimRandom random = slowRandom;
        return random != null && slow == kind(read, flush) && random.chance(slowShare)
                ? random.between(0, slowDelay)
                : 0;
    }

    private static Failing kind(boolean read, boolean flush) {
        return flush ? Failing.FLUSH : read ? Failing.READ : Failing.WRITE;
    }

    /** Nothing completes before {@code time}. */
    public void stallUntil(long time) {
        this.stalledUntil = Math.max(stalledUntil, time);
    }

    /** Lie: flush and FUA do nothing. For canaries of the oracles. */
    public void plantLossyFlush() {
        this.lossyFlush = true;
    }

    /** Lie: the write that comes after {@code writes} others is acknowledged and forgotten. */
    public void plantLostWrite(long writes) {
        this.loseWrite = writes;
    }

    /** After so many operations no operation ever completes. */
    public void plantHang(long operations) {
        this.hangAfter = operations;
    }

    /**
     * Something happens in the midst of an operation that makes others durable: a flush, or a write with FUA.
     *
     * @param others how many of them come before that one
     * @param part of the time that the operation takes
     */
    public void interrupt(long others, double part, Runnable action) {
        this.uninterrupted = others;
        this.interruptedAt = part;
        this.interruption = action;
    }

    /** An operation that makes others durable has begun. */
    void durabilityBegins(VirtualClock clock, long due) {
        Runnable action = interruption;
        if (action != null && uninterrupted-- == 0) {
            interruption = null;
            clock.after((long) ((due - clock.now()) * interruptedAt), action);
        }
    }

    /** Ends all errors and stalls that have not begun for an operation. */
    public void heal() {
        errors(0, 0, 0, Errno.EIO);
        badRange(0, 0);
        failCall = -1;
        failing = null;
        slow = null;
        stalledUntil = 0;
        interruption = null;
    }

    long stalledUntil() {
        return stalledUntil;
    }

    boolean lossyFlush() {
        return lossyFlush;
    }

    boolean loses() {
        return loseWrite >= 0 && loseWrite-- == 0;
    }

    boolean hangs() {
        return hangAfter-- <= 0;
    }

    /** The error number that an operation ends with. */
    int decide(SimRandom random, boolean read, boolean flush, long offset, long length) {
        if (failCall >= 0 && failCall-- == 0) {
            return errno;
        }
        if (failing == kind(read, flush) && failingAfter-- <= 0) {
            failing = failingForEver ? failing : null;
            whenFailing.run();
            return errno;
        }
        double probability = flush ? flushError : read ? readError : writeError;
        if (probability > 0 && random.chance(probability)) {
            return errno;
        }
        return !flush && offset < badTo && offset + length > badFrom ? errno : 0;
    }
}
