package io.bsr.wire.data;

import io.bsr.wire.Agreement;
import io.bsr.wire.PacketHeader;
import io.bsr.wire.PacketType;
import java.nio.ByteBuffer;

/**
 * p_data: P_DATA, P_DATA_REPLY, P_RS_DATA_REPLY. A digest (if one is configured) and the data follow.
 *
 * <pre>
 *   0               8               16      20      24
 *   ├───────────────┼───────────────┼───────┼───────┤
 *   │ sector        │ block id, raw │ seq   │ flags │ [digest] data …
 * </pre>
 */
public final class DataLayout {
    public static final int SECTOR = 0;
    public static final int BLOCK_ID = 8;
    public static final int SEQUENCE = 16;
    public static final int FLAGS = 20;

    /** Bytes of the fixed part. */
    public static final int BYTES = 24;

    private DataLayout() {}

    /**
     * Puts header and fixed part; the payload is the caller's.
     *
     * @param type P_DATA, P_DATA_REPLY or P_RS_DATA_REPLY
     * @param sequence P_DATA: the sequence number; P_RS_DATA_REPLY: the resync sequence from version 116 on; else 0
     * @param flags {@link io.bsr.wire.DpFlags}; 0 in replies
     * @param payloadBytes bytes that follow: digest and data
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
            int payloadBytes) {
        assert type.layout() == PacketType.Layout.DATA : type;
        int header = PacketHeader.put(out, agreed, type, volume, BYTES + payloadBytes);
        out.putLong(sector).putLong(blockId).putInt(sequence).putInt(flags);
        return header + BYTES;
    }

    /** The first sector. */
    public static long sector(ByteBuffer in, int offset) {
        return in.getLong(offset + SECTOR);
    }

    /** To be echoed in acknowledgements and replies. */
    public static long blockId(ByteBuffer in, int offset) {
        return in.getLong(offset + BLOCK_ID);
    }

    /** The sequence number (modulo 2³²); in P_RS_DATA_REPLY the resync sequence from version 116 on. */
    public static int sequence(ByteBuffer in, int offset) {
        return in.getInt(offset + SEQUENCE);
    }

    /** {@link io.bsr.wire.DpFlags}. */
    public static int flags(ByteBuffer in, int offset) {
        return in.getInt(offset + FLAGS);
    }
}
