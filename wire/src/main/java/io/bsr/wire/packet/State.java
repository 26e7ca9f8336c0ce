package io.bsr.wire.packet;

import io.bsr.wire.Agreement;
import io.bsr.wire.DiskNumbering;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolException;
import io.bsr.wire.StateWord;
import java.nio.ByteBuffer;

/**
 * P_STATE (4 bytes). The word has today's disk states; below version 110 they are converted on the way.
 *
 * @param word every field has a name; checked on reception
 */
public record State(StateWord word) implements SessionPacket {
    @Override
    public PacketType type() {
        return PacketType.STATE;
    }

    @Override
    public int length(Agreement agreed) {
        return type().layout().bytes();
    }

    @Override
    public void encode(ByteBuffer out, Agreement agreed) {
        out.putInt(word.renumbered(DiskNumbering.ofVersion(agreed.version())).bits());
    }

    static State decode(ByteBuffer in, Agreement agreed) throws ProtocolException {
        return new State(StateWord.ofWire(in.getInt(), DiskNumbering.ofVersion(agreed.version())));
    }
}
