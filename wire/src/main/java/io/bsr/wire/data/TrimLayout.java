package io.bsr.wire.data;

import io.bsr.wire.Agreement;
import io.bsr.wire.PacketHeader;
import io.bsr.wire.PacketType;
import java.nio.ByteBuffer;

/**
 * p_trim: P_TRIM and P_ZEROES (nothing follows), P_WSAME (a digest if configured, and one logical block follow). It
 * begins as {@link DataLayout}.
 *
 * <pre>
 *   0               8               16      20      24      28
 *   ├───────────────┼───────────────┼───────┼───────┼───────┤
 *   │ sector        │ block id, raw │ seq   │ flags │ size  │
 * </pre>
 */
public final class TrimLayout {
    public static final int SIZE = DataLayout.BYTES;

    /** Bytes of the fixed part. */
    public static final int BYTES = 28;

    private TrimLayout() {}

    /**
     * Puts header and fixed part.
     *
     * @param type P_TRIM, P_ZEROES or P_WSAME
     * @param flags {@link io.bsr.wire.DpFlags}
     * @param sizeBytes bytes of the affected area
     * @param payloadBytes bytes that follow; 0 except for P_WSAME
     * @return bytes put
     */
    public static int put(
            ByteBuffer out,
            Agreement agreed,
            PacketType type,
            int volume,
            long sector,
            long blockId,
            int sequence,
            int flags,
            int sizeBytes,
            int payloadBytes) {
        assert type.layout() == PacketType.Layout.TRIM : type;
        int header = PacketHeader.put(out, agreed, type, volume, BYTES + payloadBytes);
        out.putLong(sector).putLong(blockId).putInt(sequence).putInt(flags).putInt(sizeBytes);
        return header + BYTES;
    }

    public static long sector(ByteBuffer in, int offset) {
        return DataLayout.sector(in, offset);
    }

    public static long blockId(ByteBuffer in, int offset) {
        return DataLayout.blockId(in, offset);
    }

    public static int sequence(ByteBuffer in, int offset) {
        return DataLayout.sequence(in, offset);
    }

    public static int flags(ByteBuffer in, int offset) {
        return DataLayout.flags(in, offset);
    }

    /** Bytes of the affected area, unsigned: 0 … 4294967295; nobody has checked it. */
    public static long sizeBytes(ByteBuffer in, int offset) {
        return in.getInt(offset + SIZE) & 0xffff_ffffL;
    }
}
