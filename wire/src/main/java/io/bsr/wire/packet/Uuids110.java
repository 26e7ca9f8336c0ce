package io.bsr.wire.packet;

import io.bsr.base.NodeId;
import io.bsr.wire.Agreement;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolException;
import io.bsr.wire.ProtocolException.Fault;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * P_UUIDS110, from version 110 on: the generation identifiers of one volume.
 *
 * <pre>
 *   0         8            16      24          32            40            40+8k             40+8k+8h
 *   ├─────────┼────────────┼───────┼───────────┼─────────────┼─────────────┼─────────────────┤
 *   │ current │ dirty bits │ flags │ node mask │ bitmap mask │ k of bitmaps│ h of the history│
 * </pre>
 *
 * Bit i of the bitmap mask says that the bitmap identifier for node i is among the k, which are in the order of the
 * nodes. bsr and DRBD 9 always send h = 32, newest first, and drop a peer that sends more; {@link #of} does so.
 *
 * @param dirtyBits bits set towards the receiver; nobody has checked it
 * @param flags {@link io.bsr.wire.UuidFlags}
 * @param nodeMask of a stable sender: the weak nodes, if NEW_DATAGEN; of another one: its authoritative nodes
 * @param bitmapMask nodes whose bitmap identifiers follow, bits 0 … 31
 * @param bitmaps one for each bit of the mask; {@link #DIFFERENT_DATA} has a meaning of its own
 * @param history up to 32 identifiers, newest first
 */
public record Uuids110(
        long current,
        long dirtyBits,
        long flags,
        long nodeMask,
        long bitmapMask,
        List<Long> bitmaps,
        List<Long> history)
        implements SessionPacket {
    public static final int HISTORY = 32;

    /** The same identifiers, reported when no block differs any more. */
    public Uuids110 withoutDirtyBits() {
        return new Uuids110(current, 0, flags, nodeMask, bitmapMask, bitmaps, history);
    }

    /** A bitmap identifier that says: mine is 0, but we do not have the same current identifier (reference 8.3). */
    public static final long DIFFERENT_DATA = -1;

    public Uuids110 {
        if (bitmapMask >>> NodeId.LIMIT != 0) {
            throw new IllegalArgumentException("bitmap mask 0x" + Long.toHexString(bitmapMask) + " has nodes above 31");
        }
        bitmaps = List.copyOf(bitmaps);
        history = List.copyOf(history);
        if (bitmaps.size() != Long.bitCount(bitmapMask)) {
            throw new IllegalArgumentException(
                    bitmaps.size() + " bitmap identifiers for " + Long.bitCount(bitmapMask) + " nodes");
        }
        if (history.size() > HISTORY) {
            throw new IllegalArgumentException("at most " + HISTORY + " history identifiers, not " + history.size());
        }
    }

    /** As to be sent: the history is filled up with zeroes to 32 identifiers. */
    public static Uuids110 of(
            long current,
            long dirtyBits,
            long flags,
            long nodeMask,
            long bitmapMask,
            List<Long> bitmaps,
            List<Long> history) {
        List<Long> full = new ArrayList<>(history);
        full.addAll(Collections.nCopies(Math.max(0, HISTORY - history.size()), 0L));
        return new Uuids110(current, dirtyBits, flags, nodeMask, bitmapMask, bitmaps, full);
    }

    /** The bitmap identifier for that node; 0 if the sender has none. */
    public long bitmap(int node) {
        return (bitmapMask >>> node & 1) == 0 ? 0 : bitmaps.get(Long.bitCount(bitmapMask & ((1L << node) - 1)));
    }

    @Override
    public PacketType type() {
        return PacketType.UUIDS110;
    }

    @Override
    public int length(Agreement agreed) {
        return type().layout().bytes() + Long.BYTES * (bitmaps.size() + history.size());
    }

    @Override
    public void encode(ByteBuffer out, Agreement agreed) {
        out.putLong(current).putLong(dirtyBits).putLong(flags).putLong(nodeMask).putLong(bitmapMask);
        bitmaps.forEach(out::putLong);
        history.forEach(out::putLong);
    }

    static Uuids110 decode(ByteBuffer in, int length) throws ProtocolException {
        int rest = length - PacketType.UUIDS110.layout().bytes();
        int identifiers = rest / Long.BYTES;
        long current = in.getLong();
        long dirtyBits = in.getLong();
        long flags = in.getLong();
        long nodeMask = in.getLong();
        long bitmapMask = in.getLong();
        if (bitmapMask >>> NodeId.LIMIT != 0) {
            throw Body.badValue(PacketType.UUIDS110, "bitmap mask", "0x" + Long.toHexString(bitmapMask));
        }
        int ofBitmaps = Long.bitCount(bitmapMask);
        if (rest % Long.BYTES != 0 || identifiers < ofBitmaps || identifiers - ofBitmaps > HISTORY) {
            throw new ProtocolException(
                    Fault.BAD_LENGTH,
                    PacketType.UUIDS110 + " refused",
                    rest + " bytes of identifiers, of which " + ofBitmaps + " are of bitmaps");
        }
        List<Long> bitmaps = identifiers(in, ofBitmaps);
        List<Long> history = identifiers(in, identifiers - ofBitmaps);
        return new Uuids110(current, dirtyBits, flags, nodeMask, bitmapMask, bitmaps, history);
    }

    private static List<Long> identifiers(ByteBuffer in, int count) {
        List<Long> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(in.getLong());
        }
        return values;
    }
}
