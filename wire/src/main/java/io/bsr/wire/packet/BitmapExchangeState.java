package io.bsr.wire.packet;

import io.bsr.wire.Agreement;
import io.bsr.wire.PacketType;
import java.nio.ByteBuffer;

/**
 * P_BM_EXCHANGE_STATE, bsr from version 113 on: the source has the target's bitmap, requests may begin.
 *
 * <pre>
 *   0        4       8
 *   ├────────┼───────┤
 *   │ state  │ pad   │
 * </pre>
 *
 * @param state {@link #COMPLETE}
 */
public record BitmapExchangeState(int state) implements SessionPacket {
    public static final int COMPLETE = 1;

    @Override
    public PacketType type() {
        return PacketType.BM_EXCHANGE_STATE;
    }

    @Override
    public int length(Agreement agreed) {
        return type().layout().bytes();
    }

    @Override
    public void encode(ByteBuffer out, Agreement agreed) {
        out.putInt(state).putInt(0);
    }

    static BitmapExchangeState decode(ByteBuffer in) {
        BitmapExchangeState packet = new BitmapExchangeState(in.getInt());
        in.getInt();
        return packet;
    }
}
