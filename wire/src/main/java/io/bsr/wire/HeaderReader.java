package io.bsr.wire;

import io.bsr.wire.ProtocolException.Fault;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the headers of one stream and checks them (reference 3.1 to 3.3): after {@link #read} said yes, the packet
 * exists, travels on this stream, belongs to the agreed version and features, and its length is one that it can have.
 *
 * <p>One object serves a stream for its life and allocates nothing unless it throws.
 */
public final class HeaderReader {
    private StreamRole stream;
    private Agreement agreed = Agreement.NONE_YET;
    private @Nullable PacketType type;
    private int volume;
    private int length;
    private int headerBytes;

    /**
     * A reader of a new stream, for which nothing is agreed yet.
     *
     * @param stream DATA as long as the first packet has not told the role of an accepted socket
     */
    public HeaderReader(StreamRole stream) {
        this.stream = stream;
    }

    /** From the next header on the stream has this role. */
    public void become(StreamRole role) {
        stream = role;
    }

    /**
     * From the next header on this is agreed. The control stream may bring packets of the agreed version before the
     * data stream has brought the peer's features: do not read it until then.
     */
    public void agree(Agreement agreement) {
        agreed = agreement;
    }

    public Agreement agreed() {
        return agreed;
    }

    /**
     * Reads one header.
     *
     * @param in big-endian; moved behind the header if one is complete, else left alone
     * @return false if the header is not complete
     * @throws ProtocolException as soon as the bytes cannot be a valid header; the stream must be closed. On the
     *     control stream an {@link Fault#UNKNOWN_COMMAND} makes real peers go StandAlone, everything else reconnect.
     */
    public boolean read(ByteBuffer in) throws ProtocolException {
        if (in.remaining() < HeaderFormat.H80.bytes()) {
            return false;
        }
        int at = in.position();
        int magic = in.getInt(at);
        int number;
        if (agreed.version() >= Versions.HEADER_100) {
            if (magic != HeaderFormat.MAGIC_100) {
                throw wrongMagic(magic);
            }
            if (in.remaining() < HeaderFormat.H100.bytes()) {
                return false;
            }
            headerBytes = HeaderFormat.H100.bytes();
            volume = in.getShort(at + 4);
            if (volume < PacketHeader.CONNECTION) {
                volume &= 0xffff;
            }
            number = in.getShort(at + 6) & 0xffff;
            length = in.getInt(at + 8);
            int pad = in.getInt(at + 12);
            if (pad != 0) {
                throw new ProtocolException(
                        Fault.NONZERO_PAD, "packet header refused", "its last four bytes are 0x" + hex(pad));
            }
        } else {
            headerBytes = HeaderFormat.H80.bytes();
            volume = 0;
            if (magic == HeaderFormat.MAGIC_80) {
                number = in.getShort(at + 4) & 0xffff;
                length = in.getShort(at + 6) & 0xffff;
            } else if (magic >>> 16 == HeaderFormat.MAGIC_95) {
                number = magic & 0xffff;
                length = in.getInt(at + 4);
            } else {
                throw wrongMagic(magic);
            }
        }
        type = checked(number);
        type.checkLength(length, agreed);
        in.position(at + headerBytes);
        return true;
    }

    private PacketType checked(int number) throws ProtocolException {
        PacketType found = PacketType.ofNumber(number);
        if (found == null) {
            throw new ProtocolException(
                    Fault.UNKNOWN_COMMAND, "unknown packet", "command 0x" + Integer.toHexString(number));
        }
        if (!found.travelsOn(stream)) {
            throw new ProtocolException(
                    Fault.UNKNOWN_COMMAND, found + " refused", "it does not belong on the " + name(stream) + " stream");
        }
        if (!found.allowedBy(agreed)) {
            throw new ProtocolException(
                    Fault.NOT_AGREED,
                    found + " refused",
                    "it is not part of protocol version " + agreed.version() + " with features 0x"
                            + Integer.toHexString(agreed.features()));
        }
        return found;
    }

    private ProtocolException wrongMagic(int magic) {
        return new ProtocolException(
                Fault.WRONG_MAGIC,
                "packet header refused",
                "0x" + hex(magic) + " does not begin a header of protocol version " + agreed.version());
    }

    private static String name(StreamRole stream) {
        return stream == StreamRole.DATA ? "data" : "control";
    }

    private static String hex(int value) {
        String digits = Integer.toHexString(value);
        return "0".repeat(8 - digits.length()) + digits;
    }

    /** The packet of the header read last. */
    public PacketType type() {
        PacketType last = type;
        if (last == null) {
            throw new IllegalStateException("no header was read yet");
        }
        return last;
    }

    /** 0 … 65534, or {@link PacketHeader#CONNECTION}; always 0 below version 100. */
    public int volume() {
        return volume;
    }

    /** Bytes that follow the header: sub-header and payload. */
    public int length() {
        return length;
    }

    /** Bytes of the header itself: 8 or 16. */
    public int headerBytes() {
        return headerBytes;
    }

    /** Bytes of the fixed part of the body. */
    public int subHeaderBytes() {
        return type().subHeaderBytes(agreed);
    }

    /** Bytes of the body after its fixed part. */
    public int payloadBytes() {
        return length - subHeaderBytes();
    }
}
