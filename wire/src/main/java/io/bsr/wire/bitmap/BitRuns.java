package io.bsr.wire.bitmap;

/** A bitmap as something to send. */
public interface BitRuns {
    /** Size in bits. */
    long bits();

    /** The first set bit at or after {@code from} (0 … bits − 1); {@link #bits} or more if there is none. */
    long nextSet(long from);

    /** The first clear bit at or after {@code from} (0 … bits − 1); {@link #bits} or more if there is none. */
    long nextClear(long from);
}
