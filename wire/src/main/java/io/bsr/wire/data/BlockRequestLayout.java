package io.bsr.wire.data;

import io.bsr.wire.Agreement;
import io.bsr.wire.PacketHeader;
import io.bsr.wire.PacketType;
import java.nio.ByteBuffer;

/**
 * p_block_req: P_DATA_REQUEST, P_RS_DATA_REQUEST, P_RS_THIN_REQ, P_OV_REQUEST; with a digest behind it P_OV_REPLY and
 * P_CSUM_RS_REQUEST.
 *
 * <pre>
 *   0               8               16      20      24
 *   ├───────────────┼───────────────┼───────┼───────┤
 *   │ sector        │ block id, raw │ size  │ pad   │ [digest]
 * </pre>
 */
public final class BlockRequestLayout {
    public static final int SECTOR = 0;
    public static final int BLOCK_ID = 8;
    public static final int SIZE = 16;

    /** Bytes of the fixed part. */
    public static final int BYTES = 24;

    private BlockRequestLayout() {}

    /**
     * Puts header and fixed part; a digest is the caller's.
     *
     * @param blockId to be echoed; resync and verify: {@link io.bsr.wire.BlockIds#SYNCER}, P_OV_REQUEST from version
     *     114 on {@link io.bsr.wire.BlockIds#ofBlocksLeft}
     * @param sizeBytes bytes of the block
     * @param digestBytes bytes that follow; 0 except for P_OV_REPLY and P_CSUM_RS_REQUEST
     * @return bytes put
     */
    public static int put(
            ByteBuffer out,
            Agreement agreed,
            PacketType type,
            int volume,
            long sector,
            long blockId,
            int sizeBytes,
            int digestBytes) {
        assert type.layout() == PacketType.Layout.BLOCK_REQUEST : type;
        int header = PacketHeader.put(out, agreed, type, volume, BYTES + digestBytes);
        out.putLong(sector).putLong(blockId).putInt(sizeBytes).putInt(0);
        return header + BYTES;
    }

    public static long sector(ByteBuffer in, int offset) {
        return in.getLong(offset + SECTOR);
    }

    public static long blockId(ByteBuffer in, int offset) {
        return in.getLong(offset + BLOCK_ID);
    }

    /** Size of the block, unsigned: 0 … 4294967295; nobody has checked it. */
    public static long sizeBytes(ByteBuffer in, int offset) {
        return in.getInt(offset + SIZE) & 0xffff_ffffL;
    }
}
