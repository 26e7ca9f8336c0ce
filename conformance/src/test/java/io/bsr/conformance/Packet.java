package io.bsr.conformance;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A packet as bytes, with its header of 8 or of 16 bytes (wire-protocol reference, section 3.1). */
final class Packet {
    static final int MAGIC_80 = 0x83740267;
    static final int MAGIC_100 = 0x8620ec20;

    private static final int MOST_BYTES = 2 << 20;

    private final int command;
    private final int headerBytes;
    private final byte[] bytes;

    private Packet(int command, int headerBytes, byte[] bytes) {
        this.command = command;
        this.headerBytes = headerBytes;
        this.bytes = bytes;
    }

    int command() {
        return command;
    }

    byte[] bytes() {
        return bytes;
    }

    /** Without a body, as from protocol 100 on. */
    static Packet of(int command) {
        return new Packet(
                command,
                16,
                ByteBuffer.allocate(16)
                        .putInt(MAGIC_100)
                        .putShort((short) 0)
                        .putShort((short) command)
                        .array());
    }

    ByteBuffer body() {
        return ByteBuffer.wrap(bytes, headerBytes, bytes.length - headerBytes).slice();
    }

    static Packet read(DataInputStream in) throws IOException {
        byte[] header = in.readNBytes(8);
        if (header.length < 8) {
            throw new IOException("the stream has ended");
        }
        ByteBuffer h = ByteBuffer.wrap(header);
        if (h.getInt(0) == MAGIC_80) {
            return complete(in, header, h.getShort(4) & 0xffff, h.getShort(6) & 0xffff);
        }
        byte[] rest = in.readNBytes(8);
        if (h.getInt(0) != MAGIC_100 || rest.length < 8) {
            throw new IOException("no packet begins with " + Integer.toHexString(h.getInt(0)));
        }
        byte[] whole = ByteBuffer.allocate(16).put(header).put(rest).array();
        return complete(in, whole, h.getShort(6) & 0xffff, ByteBuffer.wrap(rest).getInt(0));
    }

    private static Packet complete(DataInputStream in, byte[] header, int command, int length) throws IOException {
        if (length < 0 || length > MOST_BYTES) {
            throw new IOException("a packet of " + length + " bytes");
        }
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new IOException("the stream has ended in a packet");
        }
        byte[] all = ByteBuffer.allocate(header.length + length)
                .put(header)
                .put(body)
                .array();
        return new Packet(command, header.length, all);
    }

    /** The first packet of the bytes from their position on, which is moved behind it; null if it is not complete. */
    static @Nullable Packet next(ByteBuffer in) throws IOException {
        int start = in.position();
        if (in.remaining() < 16) {
            return null;
        }
        boolean old = in.getInt(start) == MAGIC_80;
        int header = old ? 8 : 16;
        int length = old ? in.getShort(start + 6) & 0xffff : in.getInt(start + 8);
        if (length < 0 || length > MOST_BYTES) {
            throw new IOException("a packet of " + length + " bytes");
        }
        if (in.remaining() < header + length) {
            return null;
        }
        byte[] bytes = new byte[header + length];
        in.get(bytes);
        return new Packet(in.getShort(start + (old ? 4 : 6)) & 0xffff, header, bytes);
    }
}
