package io.bsr.wire.packet;

import io.bsr.wire.Agreement;
import io.bsr.wire.PacketType;
import java.nio.ByteBuffer;

/**
 * The packets without contents.
 *
 * <p>P_DELAY_PROBE has eight bytes that mean nothing any more; receivers ignore it.
 */
public enum Signal implements SessionPacket {
    /** First packet of a TCP connection: this is the data stream. */
    INITIAL_DATA(PacketType.INITIAL_DATA),
    /** First packet of a TCP connection: this is the control stream. */
    INITIAL_META(PacketType.INITIAL_META),
    PING(PacketType.PING),
    PING_ACK(PacketType.PING_ACK),
    /** A hint to submit what is queued to the disk; no answer. */
    UNPLUG_REMOTE(PacketType.UNPLUG_REMOTE),
    /** bsr from version 115 on: answers each P_UUIDS110. */
    UUID_ACK(PacketType.UUID_ACK),
    DELAY_PROBE(PacketType.DELAY_PROBE);

    private final PacketType type;

    Signal(PacketType type) {
        this.type = type;
    }

    @Override
    public PacketType type() {
        return type;
    }

    @Override
    public int length(Agreement agreed) {
        return type.subHeaderBytes(agreed);
    }

    @Override
    public void encode(ByteBuffer out, Agreement agreed) {
        for (int i = length(agreed); i > 0; i--) {
            out.put((byte) 0);
        }
    }

    static Signal decode(PacketType type, ByteBuffer in) {
        in.position(in.position() + type.layout().bytes());
        return switch (type) {
            case INITIAL_DATA -> INITIAL_DATA;
            case INITIAL_META -> INITIAL_META;
            case PING -> PING;
            case PING_ACK -> PING_ACK;
            case UNPLUG_REMOTE -> UNPLUG_REMOTE;
            case UUID_ACK -> UUID_ACK;
            case DELAY_PROBE -> DELAY_PROBE;
            default -> throw new IllegalArgumentException(type + " is not a signal");
        };
    }
}
