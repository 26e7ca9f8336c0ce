package io.bsr.wire;

import java.nio.ByteBuffer;

/** Writes packet headers; {@link HeaderReader} reads them, {@link HeaderFormat} has the drawing. */
public final class PacketHeader {
    /** The volume of packets that concern the connection as a whole. */
    public static final int CONNECTION = -1;

    private PacketHeader() {}

    /**
     * Puts the header of a packet in the format of the agreed version. Allocates nothing.
     *
     * @param out big-endian, at least 16 bytes remaining
     * @param volume 0 … 65534, or {@link #CONNECTION}; not sent below version 100
     * @param length bytes that follow the header: sub-header and payload
     * @return bytes put: 8 or 16
     */
    public static int put(ByteBuffer out, Agreement agreed, PacketType type, int volume, int length) {
        HeaderFormat format = HeaderFormat.forSending(agreed.version(), length);
        switch (format) {
            case H80 ->
                out.putInt(HeaderFormat.MAGIC_80)
                        .putShort((short) type.number())
                        .putShort((short) length);
            case H95 ->
                out.putShort((short) HeaderFormat.MAGIC_95)
                        .putShort((short) type.number())
                        .putInt(length);
            case H100 ->
                out.putInt(HeaderFormat.MAGIC_100)
                        .putShort((short) volume)
                        .putShort((short) type.number())
                        .putInt(length)
                        .putInt(0);
        }
        return format.bytes();
    }
}
