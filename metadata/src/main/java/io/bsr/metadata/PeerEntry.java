package io.bsr.metadata;

/** What the superblock remembers of one peer, by node id. Mutable; belongs to its {@link Superblock}. */
public final class PeerEntry {
    /** Value of {@link #bitmapIndex} of a node without a bitmap slot. */
    public static final int NO_SLOT = -1;

    /** The current UUID at the moment the peer was lost; 0 if the bitmap has no base. */
    public long bitmapUuid;

    /** Position in the write stream when {@link #bitmapUuid} was set; 0 with a bitmap UUID of 0. */
    public long bitmapDagtag;

    /** {@link PeerFlag} masks. */
    public int flags;

    /** The bitmap slot, 0 … max-peers − 1, or {@link #NO_SLOT}. */
    public int bitmapIndex = NO_SLOT;

    PeerEntry() {}

    public boolean has(int mask) {
        return (flags & mask) == mask;
    }

    public boolean hasSlot() {
        return bitmapIndex != NO_SLOT;
    }

    /** Sets or clears the flags in {@code mask}. */
    public void set(int mask, boolean on) {
        flags = on ? flags | mask : flags & ~mask;
    }

    void copyFrom(PeerEntry other) {
        bitmapUuid = other.bitmapUuid;
        bitmapDagtag = other.bitmapDagtag;
        flags = other.flags;
        bitmapIndex = other.bitmapIndex;
    }
}
