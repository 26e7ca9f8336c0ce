package io.bsr.wire.packet;

import io.bsr.wire.Agreement;
import io.bsr.wire.PacketType;
import java.nio.ByteBuffer;

/**
 * P_DAGTAG, from version 110 on (8 bytes): the value of the sender's counter of written sectors (reference 14.1).
 */
public record Dagtag(long dagtag) implements SessionPacket {
    @Override
    public PacketType type() {
        return PacketType.DAGTAG;
    }

    @Override
    public int length(Agreement agreed) {
        return type().layout().bytes();
    }

    @Override
    public void encode(ByteBuffer out, Agreement agreed) {
        out.putLong(dagtag);
    }

    static Dagtag decode(ByteBuffer in) {
        return new Dagtag(in.getLong());
    }
}
