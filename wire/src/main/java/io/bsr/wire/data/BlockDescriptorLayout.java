package io.bsr.wire.data;

import io.bsr.wire.Agreement;
import io.bsr.wire.PacketHeader;
import io.bsr.wire.PacketType;
import java.nio.ByteBuffer;

/**
 * p_block_desc: P_OUT_OF_SYNC and P_RS_DEALLOCATED.
 *
 * <pre>
 *   0               8       12      16
 *   ├───────────────┼───────┼───────┤
 *   │ sector        │ size  │ pad   │
 * </pre>
 */
public final class BlockDescriptorLayout {
    public static final int SECTOR = 0;
    public static final int SIZE = 8;

    /** Bytes of the body. */
    public static final int BYTES = 16;

    private BlockDescriptorLayout() {}

    /**
     * Puts a whole packet.
     *
     * @param type P_OUT_OF_SYNC or P_RS_DEALLOCATED
     * @param sector P_OUT_OF_SYNC from version 115 on: {@link io.bsr.wire.BlockIds#OUT_OF_SYNC_FINISHED_SECTOR} with
     *     size 0 ends the marking
     * @return bytes put
     */
    public static int put(ByteBuffer out, Agreement agreed, PacketType type, int volume, long sector, int sizeBytes) {
        assert type.layout() == PacketType.Layout.BLOCK_DESCRIPTOR : type;
        int header = PacketHeader.put(out, agreed, type, volume, BYTES);
        out.putLong(sector).putInt(sizeBytes).putInt(0);
        return header + BYTES;
    }

    public static long sector(ByteBuffer in, int offset) {
        return in.getLong(offset + SECTOR);
    }

    /** Size of the area, unsigned: 0 … 4294967295; nobody has checked it. */
    public static long sizeBytes(ByteBuffer in, int offset) {
        return in.getInt(offset + SIZE) & 0xffff_ffffL;
    }
}
