package io.bsr.wire.packet;

import io.bsr.wire.Agreement;
import io.bsr.wire.PacketType;
import java.nio.ByteBuffer;

/**
 * P_CURRENT_UUID, from version 110 on: the identifier of the sender's data, without a full set.
 *
 * <pre>
 *   0         8            16
 *   ├─────────┼────────────┤
 *   │ current │ weak nodes │
 * </pre>
 */
public record CurrentUuid(long current, long weakNodes) implements SessionPacket {
    @Override
    public PacketType type() {
        return PacketType.CURRENT_UUID;
    }

    @Override
    public int length(Agreement agreed) {
        return type().layout().bytes();
    }

    @Override
    public void encode(ByteBuffer out, Agreement agreed) {
        out.putLong(current).putLong(weakNodes);
    }

    static CurrentUuid decode(ByteBuffer in) {
        return new CurrentUuid(in.getLong(), in.getLong());
    }
}
