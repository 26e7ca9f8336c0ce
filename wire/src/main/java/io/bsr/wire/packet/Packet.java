package io.bsr.wire.packet;

import io.bsr.wire.Agreement;
import io.bsr.wire.PacketHeader;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolException;
import io.bsr.wire.ProtocolException.Fault;
import java.nio.ByteBuffer;

/** A packet as an object. */
public sealed interface Packet permits SessionPacket, BulkPacket {
    /** Which packet of the table this is. */
    PacketType type();

    /** Bytes after the header, including a payload that {@link #encode} leaves to the caller. */
    int length(Agreement agreed);

    /**
     * Puts what follows the header; of a {@link BulkPacket} only the fixed part.
     *
     * @param out big-endian, with room for {@link #length}
     */
    void encode(ByteBuffer out, Agreement agreed);

    /**
     * Puts header and body.
     *
     * @param volume 0 … 65534, or {@link PacketHeader#CONNECTION}
     * @return bytes put
     */
    static int write(ByteBuffer out, Agreement agreed, int volume, Packet packet) {
        int start = out.position();
        PacketHeader.put(out, agreed, packet.type(), volume, packet.length(agreed));
        packet.encode(out, agreed);
        return out.position() - start;
    }

    /**
     * Reads what follows the header.
     *
     * @param in big-endian, at the first byte after the header; moved behind the packet, of a {@link BulkPacket} behind
     *     its fixed part. Undefined after an exception.
     * @param length the length field of the header
     * @throws ProtocolException if the bytes are not such a packet
     */
    static Packet decode(PacketType type, ByteBuffer in, int length, Agreement agreed) throws ProtocolException {
        return BulkPacket.isBulk(type)
                ? BulkPacket.decode(type, in, length, agreed)
                : SessionPacket.decode(type, in, length, agreed);
    }

    /**
     * Checks the length field, and that so many bytes are there.
     *
     * @param needed how many of the {@code length} bytes must be in the buffer
     */
    static void checkBody(PacketType type, ByteBuffer in, int length, int needed, Agreement agreed)
            throws ProtocolException {
        type.checkLength(length, agreed);
        if (in.remaining() < needed) {
            throw new ProtocolException(
                    Fault.TRUNCATED, type + " refused", "it ends after " + in.remaining() + " of " + needed + " bytes");
        }
    }
}
