package io.bsr.wire.packet;

import io.bsr.wire.Agreement;
import io.bsr.wire.PacketType;
import java.nio.ByteBuffer;

/**
 * P_PEER_ACK, from version 110 on: which nodes have the writes up to a dagtag (reference 14.2).
 *
 * <pre>
 *   0       8        16
 *   ├───────┼────────┤
 *   │ mask  │ dagtag │
 * </pre>
 */
public record PeerAck(long mask, long dagtag) implements SessionPacket {
    @Override
    public PacketType type() {
        return PacketType.PEER_ACK;
    }

    @Override
    public int length(Agreement agreed) {
        return type().layout().bytes();
    }

    @Override
    public void encode(ByteBuffer out, Agreement agreed) {
        out.putLong(mask).putLong(dagtag);
    }

    static PeerAck decode(ByteBuffer in) {
        return new PeerAck(in.getLong(), in.getLong());
    }
}
