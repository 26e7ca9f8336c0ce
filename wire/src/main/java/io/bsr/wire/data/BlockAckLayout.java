package io.bsr.wire.data;

import io.bsr.wire.Agreement;
import io.bsr.wire.BlockIds;
import io.bsr.wire.PacketHeader;
import io.bsr.wire.PacketType;
import java.nio.ByteBuffer;

/**
 * p_block_ack: P_RECV_ACK, P_WRITE_ACK, P_RS_WRITE_ACK, P_SUPERSEDED, P_NEG_ACK, P_NEG_DREPLY, P_NEG_RS_DREPLY,
 * P_OV_RESULT, P_RS_IS_IN_SYNC, P_RS_CANCEL, P_RETRY_WRITE; and p_block116_ack: P_RS_WRITE116_ACK.
 *
 * <pre>
 *   0               8               16      20      24         28
 *   ├───────────────┼───────────────┼───────┼───────┼──────────┤
 *   │ sector        │ block id, raw │ size  │ seq   │ rsq, raw │
 *                                                   └ only P_RS_WRITE116_ACK
 * </pre>
 *
 * rsq is the resync sequence of the P_RS_DATA_REPLY that is acknowledged. There it is big-endian; here bsr stores it in
 * host order, little-endian on all known peers.
 */
public final class BlockAckLayout {
    public static final int SECTOR = 0;
    public static final int BLOCK_ID = 8;
    public static final int SIZE = 16;
    public static final int SEQUENCE = 20;
    public static final int RESYNC_SEQUENCE = 24;

    /** Bytes of p_block_ack. */
    public static final int BYTES = 24;

    /** Bytes of p_block116_ack. */
    public static final int BYTES_116 = 28;

    private BlockAckLayout() {}

    /**
     * Puts a whole packet of the 24-byte kind.
     *
     * @param blockId of the packet that is answered, or one of {@link io.bsr.wire.BlockIds}
     * @param sizeBytes size of the block without digest
     * @param sequence of the same counter as the writes of this volume and direction
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
            int sequence) {
        assert type.layout() == PacketType.Layout.BLOCK_ACK : type;
        int header = PacketHeader.put(out, agreed, type, volume, BYTES);
        out.putLong(sector).putLong(blockId).putInt(sizeBytes).putInt(sequence);
        return header + BYTES;
    }

    /**
     * Puts a whole P_RS_WRITE116_ACK.
     *
     * @param blockId {@link io.bsr.wire.BlockIds#SYNCER} or {@link io.bsr.wire.BlockIds#SYNCER_SPLIT}: any other makes
     *     the kernel of a real bsr peer crash, so it is refused here
     * @param resyncSequence as read from the P_RS_DATA_REPLY
     * @return bytes put
     */
    public static int put116(
            ByteBuffer out,
            Agreement agreed,
            int volume,
            long sector,
            long blockId,
            int sizeBytes,
            int sequence,
            int resyncSequence) {
        if (blockId != BlockIds.SYNCER && blockId != BlockIds.SYNCER_SPLIT) {
            throw new IllegalArgumentException("a P_RS_WRITE116_ACK with this block id crashes a bsr peer");
        }
        int header = PacketHeader.put(out, agreed, PacketType.RS_WRITE116_ACK, volume, BYTES_116);
        out.putLong(sector).putLong(blockId).putInt(sizeBytes).putInt(sequence);
        out.putInt(Integer.reverseBytes(resyncSequence));
        return header + BYTES_116;
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

    /** The sequence number, modulo 2³². */
    public static int sequence(ByteBuffer in, int offset) {
        return in.getInt(offset + SEQUENCE);
    }

    /** P_RS_WRITE116_ACK only: the resync sequence, comparable with that of P_RS_DATA_REPLY. */
    public static int resyncSequence(ByteBuffer in, int offset) {
        return Integer.reverseBytes(in.getInt(offset + RESYNC_SEQUENCE));
    }
}
