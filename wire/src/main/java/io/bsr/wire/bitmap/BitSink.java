package io.bsr.wire.bitmap;

/** A bitmap as something to merge a received one into. */
@FunctionalInterface
public interface BitSink {
    /**
     * Sets the bits {@code from} … {@code to} − 1, of which some may be set already.
     *
     * @param from 0 … to − 1
     * @param to at most the size of the bitmap
     */
    void setRange(long from, long to);
}
