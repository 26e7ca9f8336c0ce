package io.bsr.wire.packet;

import io.bsr.wire.Agreement;
import io.bsr.wire.PacketType;
import io.bsr.wire.StateWord;
import java.nio.ByteBuffer;

/**
 * P_STATE_CHG_REQ, below version 110: may I change this state of one volume? (reference 15.1)
 *
 * <pre>
 *   0       4       8
 *   ├───────┼───────┤
 *   │ mask  │ value │
 * </pre>
 *
 * The words are as on the wire, in the sender's view: which numbers the disk states have depends on the peer's product
 * ({@link io.bsr.wire.DiskNumbering}), so {@code value} must be renumbered by whoever knows the product.
 *
 * @param mask ones in the fields to change; nobody has checked it
 * @param value the new values
 */
public record StateChangeRequest(StateWord mask, StateWord value) implements SessionPacket {
    @Override
    public PacketType type() {
        return PacketType.STATE_CHG_REQ;
    }

    @Override
    public int length(Agreement agreed) {
        return type().layout().bytes();
    }

    @Override
    public void encode(ByteBuffer out, Agreement agreed) {
        out.putInt(mask.bits()).putInt(value.bits());
    }

    static StateChangeRequest decode(ByteBuffer in) {
        return new StateChangeRequest(new StateWord(in.getInt()), new StateWord(in.getInt()));
    }
}
