package io.bsr.wire.packet;

import io.bsr.wire.Agreement;
import io.bsr.wire.PacketType;
import java.nio.ByteBuffer;

/** P_PROTOCOL: sent once by each side, right after authentication (reference 7.1). */
public record Protocol(ProtocolSettings settings) implements SessionPacket {
    @Override
    public PacketType type() {
        return PacketType.PROTOCOL;
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
