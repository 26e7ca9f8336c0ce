package io.bsr.wire.data;

import io.bsr.wire.Agreement;
import io.bsr.wire.PacketHeader;
import io.bsr.wire.PacketType;
import java.nio.ByteBuffer;

/**
 * p_barrier: P_BARRIER ends an epoch; and p_barrier_ack: P_BARRIER_ACK says that the epoch is durable.
 *
 * <pre>
 *                  0               4               8
 *   P_BARRIER      │ barrier, raw  │ pad           │
 *   P_BARRIER_ACK  │ barrier, raw  │ set size      │
 * </pre>
 *
 * The number is opaque to the receiver, who echoes it: an int read here and put back has the same bytes.
 */
public final class BarrierLayout {
    public static final int BARRIER = 0;
    public static final int SET_SIZE = 4;

    /** Bytes of the body of both packets. */
    public static final int BYTES = 8;

    private BarrierLayout() {}

    /**
     * Puts a whole P_BARRIER.
     *
     * @param volume 0 towards DRBD 8.4, else {@link PacketHeader#CONNECTION}; receivers ignore it
     * @param barrier the number of the epoch that ended
     * @return bytes put
     */
    public static int put(ByteBuffer out, Agreement agreed, int volume, int barrier) {
        int header = PacketHeader.put(out, agreed, PacketType.BARRIER, volume, BYTES);
        out.putInt(barrier).putInt(0);
        return header + BYTES;
    }

    /**
     * Puts a whole P_BARRIER_ACK.
     *
     * @param barrier as received
     * @param setSize the number of writes received in the epoch; a wrong one makes the peer drop the connection
     * @return bytes put
     */
    public static int putAck(ByteBuffer out, Agreement agreed, int volume, int barrier, int setSize) {
        int header = PacketHeader.put(out, agreed, PacketType.BARRIER_ACK, volume, BYTES);
        out.putInt(barrier).putInt(setSize);
        return header + BYTES;
    }

    public static int barrier(ByteBuffer in, int offset) {
        return in.getInt(offset + BARRIER);
    }

    /** P_BARRIER_ACK: the number of writes in the epoch; nobody has checked it. */
    public static int setSize(ByteBuffer in, int offset) {
        return in.getInt(offset + SET_SIZE);
    }
}
