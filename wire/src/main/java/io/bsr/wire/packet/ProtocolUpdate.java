package io.bsr.wire.packet;

import io.bsr.wire.Agreement;
import io.bsr.wire.PacketType;
import java.nio.ByteBuffer;

/** P_PROTOCOL_UPDATE: the sender changed its options at run time; its digest changes here in the stream (reference 7.1). */
public record ProtocolUpdate(ProtocolSettings settings) implements SessionPacket {
    @Override
    public PacketType type() {
        return PacketType.PROTOCOL_UPDATE;
    }

    @Override
    public int length(Agreement agreed) {
        return settings.length(type(), agreed);
    }

    @Override
    public void encode(ByteBuffer out, Agreement agreed) {
        settings.encode(out, agreed);
    }
}
