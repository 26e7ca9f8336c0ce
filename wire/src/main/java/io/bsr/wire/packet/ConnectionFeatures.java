package io.bsr.wire.packet;

import io.bsr.wire.Agreement;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolException;
import io.bsr.wire.ProtocolOffer;
import java.nio.ByteBuffer;

/**
 * P_CONNECTION_FEATURES (reference 4.1): what a node speaks and who it is.
 *
 * <pre>
 *   0        4         8        12        16          20       24              72
 *   ├────────┼─────────┼────────┼─────────┼───────────┼────────┼───────────────┤
 *   │ oldest │ features│ newest │ sender  │ receiver  │ pad, 0 │ reserved, 0   │
 * </pre>
 *
 * @param offer versions and features
 * @param senderNodeId 0 from DRBD 8.4; not checked
 * @param receiverNodeId whom the sender believes to talk to; 0 from DRBD 8.4; not checked
 */
public record ConnectionFeatures(ProtocolOffer offer, int senderNodeId, int receiverNodeId) implements SessionPacket {
    private static final int RESERVED_LONGS = 6;

    @Override
    public PacketType type() {
        return PacketType.CONNECTION_FEATURES;
    }

    @Override
    public int length(Agreement agreed) {
        return type().layout().bytes();
    }

    @Override
    public void encode(ByteBuffer out, Agreement agreed) {
        out.putInt(offer.oldest()).putInt(offer.features()).putInt(offer.newest());
        out.putInt(senderNodeId).putInt(receiverNodeId).putInt(0);
        for (int i = 0; i < RESERVED_LONGS; i++) {
            out.putLong(0);
        }
    }

    static ConnectionFeatures decode(ByteBuffer in) throws ProtocolException {
        int oldest = in.getInt();
        int features = in.getInt();
        int newest = in.getInt();
        if (oldest < 0 || newest < 0) {
            throw Body.badValue(
                    PacketType.CONNECTION_FEATURES,
                    "protocol version",
                    Integer.toUnsignedString(Math.min(oldest, newest)));
        }
        int sender = in.getInt();
        int receiver = in.getInt();
        in.position(in.position() + Integer.BYTES + RESERVED_LONGS * Long.BYTES);
        return new ConnectionFeatures(new ProtocolOffer(oldest, newest, features), sender, receiver);
    }
}
