package io.bsr.sim.oracle;

/** A change of a volume that a user asked for, and what became of it. Stamps count submissions and completions. */
public final class WriteRecord {
    /** What it does to the sectors. */
    public enum Kind {
        WRITE,
        /** The sectors become zero. */
        ZEROES,
        /** The sectors become zero or stay. */
        TRIM,
        /** Contents from before the volume was created. */
        GARBAGE
    }

    /** {@link #ended} while the request is in flight. */
    public static final long NEVER = Long.MAX_VALUE;

    final int id;
    final Kind kind;
    final long firstSector;
    final int count;
    final int node;
    final long submitted;
    final boolean fua;
    final boolean maybeMirrored;
    final int sessionAtSubmit;

    /** I/O was suspended when it was submitted: nobody has it before that ends. */
    final boolean heldBack;

    /** How many promotions there had been. */
    final int era;

    /** When it was completed, failed, or was cut off by a crash. */
    long ended = NEVER;

    boolean acknowledged;

    /** At the acknowledgement, the Primary believed the peer UpToDate and connected. */
    boolean peerWasCurrent;

    /** From the moment when it was begun to its acknowledgement there was one connection. */
    boolean sameSession;

    /** The copies, as bits, whose history includes this write. */
    int held;

    /** The copies, as bits, that must have it on disk. */
    int bound;

    /** The copies, as bits, on whose disk it was found when the connection ended before it was acknowledged. */
    int found;

    /** A power failure took it from a copy before it was flushed. */
    boolean lostToPower;

    WriteRecord(
            int id,
            Kind kind,
            long firstSector,
            int count,
            int node,
            long submitted,
            boolean fua,
            boolean maybeMirrored,
            int sessionAtSubmit,
            boolean heldBack,
            int era) {
        this.era = era;
        this.id = id;
        this.kind = kind;
        this.firstSector = firstSector;
        this.count = count;
        this.node = node;
        this.submitted = submitted;
        this.fua = fua;
        this.maybeMirrored = maybeMirrored;
        this.sessionAtSubmit = sessionAtSubmit;
        this.heldBack = heldBack;
    }

    /** The number in the contents of its sectors. */
    public int id() {
        return id;
    }

    public boolean inFlight() {
        return ended == NEVER;
    }

    /** The history of this node's copy includes it. */
    boolean heldBy(int node) {
        return (held & 1 << node) != 0;
    }

    boolean leavesZeroes() {
        return kind == Kind.ZEROES || kind == Kind.TRIM;
    }

    /** True if its effect is certain once it is acknowledged. */
    boolean binding() {
        return kind == Kind.WRITE || kind == Kind.ZEROES;
    }

    @Override
    public String toString() {
        return "#" + id + " (" + kind + " " + firstSector + "+" + count + " on n" + node
                + (acknowledged ? ", acknowledged" : inFlight() ? ", in flight" : ", failed or cut off")
                + (peerWasCurrent ? ", mirrored" : "") + (lostToPower ? ", lost to power" : "") + ")";
    }
}
