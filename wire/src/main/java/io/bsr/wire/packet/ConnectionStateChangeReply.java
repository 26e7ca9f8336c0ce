package io.bsr.wire.packet;

import io.bsr.wire.Agreement;
import io.bsr.wire.PacketType;
import io.bsr.wire.ReturnCode;
import java.nio.ByteBuffer;

/**
 * P_CONN_ST_CHG_REPLY, below version 110: the answer to a state change request (4 bytes).
 *
 * @param code usually one of {@link ReturnCode}
 */
public record ConnectionStateChangeReply(int code) implements SessionPacket {
    @Override
    public PacketType type() {
        return PacketType.CONN_ST_CHG_REPLY;
    }

    @Override
    public int length(Agreement agreed) {
        return type().layout().bytes();
    }

    @Override
    public void encode(ByteBuffer out, Agreement agreed) {
        out.putInt(code);
    }

    /** True if the peer agrees. */
    public boolean isSuccess() {
        return code >= ReturnCode.SUCCESS.number();
    }

    static ConnectionStateChangeReply decode(ByteBuffer in) {
        return new ConnectionStateChangeReply(in.getInt());
    }
}
