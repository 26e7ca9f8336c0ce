package io.bsr.wire.packet;

import io.bsr.wire.Agreement;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolException;
import java.nio.ByteBuffer;

/**
 * P_PEER_DAGTAG, from version 110 on: how far the sender got with a lost Primary (reference 14.4).
 *
 * <pre>
 *   0        8       12
 *   ├────────┼───────┤
 *   │ dagtag │ node  │
 * </pre>
 *
 * @param nodeId the lost node, 0 … 31
 */
public record PeerDagtag(long dagtag, int nodeId) implements SessionPacket {
    @Override
    public PacketType type() {
        return PacketType.PEER_DAGTAG;
    }

    @Override
    public int length(Agreement agreed) {
        return type().layout().bytes();
    }

    @Override
    public void encode(ByteBuffer out, Agreement agreed) {
        out.putLong(dagtag).putInt(nodeId);
    }

    static PeerDagtag decode(ByteBuffer in) throws ProtocolException {
        long dagtag = in.getLong();
        return new PeerDagtag(dagtag, Body.node(in, PacketType.PEER_DAGTAG, "node id"));
    }
}
