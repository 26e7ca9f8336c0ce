package io.bsr.wire.packet;

import io.bsr.wire.Agreement;
import io.bsr.wire.PacketType;
import java.nio.ByteBuffer;

/**
 * P_SYNC_UUID, below version 110: the source begins a resync; the target takes this identifier (8 bytes).
 */
public record SyncUuid(long uuid) implements SessionPacket {
    @Override
    public PacketType type() {
        return PacketType.SYNC_UUID;
    }

    @Override
    public int length(Agreement agreed) {
        return type().layout().bytes();
    }

    @Override
    public void encode(ByteBuffer out, Agreement agreed) {
        out.putLong(uuid);
    }

    static SyncUuid decode(ByteBuffer in) {
        return new SyncUuid(in.getLong());
    }
}
