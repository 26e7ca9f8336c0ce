package io.bsr.wire.packet;

import io.bsr.wire.Agreement;
import io.bsr.wire.PacketType;
import java.nio.ByteBuffer;

/**
 * P_UUIDS, below version 110: the generation identifiers of one volume.
 *
 * <pre>
 *   0         8         16          24          32           40      48
 *   ├─────────┼─────────┼───────────┼───────────┼────────────┼───────┤
 *   │ current │ bitmap  │ history 0 │ history 1 │ dirty bits │ flags │
 * </pre>
 *
 * @param dirtyBits bits set in the sender's bitmap; nobody has checked it
 * @param flags {@link io.bsr.wire.UuidFlags}
 */
public record Uuids(long current, long bitmap, long history0, long history1, long dirtyBits, long flags)
        implements SessionPacket {
    @Override
    public PacketType type() {
        return PacketType.UUIDS;
    }

    @Override
    public int length(Agreement agreed) {
        return type().layout().bytes();
    }

    @Override
    public void encode(ByteBuffer out, Agreement agreed) {
        out.putLong(current).putLong(bitmap).putLong(history0).putLong(history1);
        out.putLong(dirtyBits).putLong(flags);
    }

    static Uuids decode(ByteBuffer in) {
        return new Uuids(in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong());
    }
}
