package io.bsr.wire.packet;

import io.bsr.wire.Agreement;
import io.bsr.wire.PacketType;
import java.nio.ByteBuffer;

/**
 * P_PEERS_IN_SYNC, from version 110 on: these nodes are in sync in an area (reference 14.3). On the control stream.
 *
 * <pre>
 *   0        8       16      20      24
 *   ├────────┼───────┼───────┼───────┤
 *   │ sector │ mask  │ size  │ pad   │
 * </pre>
 *
 * @param mask node ids
 * @param sizeBytes unsigned 32 bits; nobody has compared sector and size with the device
 */
public record PeersInSync(long sector, long mask, long sizeBytes) implements SessionPacket {
    public PeersInSync {
        Body.checkUnsigned("size", sizeBytes);
    }

    @Override
    public PacketType type() {
        return PacketType.PEERS_IN_SYNC;
    }

    @Override
    public int length(Agreement agreed) {
        return type().layout().bytes();
    }

    @Override
    public void encode(ByteBuffer out, Agreement agreed) {
        out.putLong(sector).putLong(mask).putInt((int) sizeBytes).putInt(0);
    }

    static PeersInSync decode(ByteBuffer in) {
        PeersInSync packet = new PeersInSync(in.getLong(), in.getLong(), Body.unsigned(in));
        in.getInt();
        return packet;
    }
}
