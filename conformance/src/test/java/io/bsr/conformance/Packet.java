package io.bsr.conformance;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A packet as bytes, with its header of 8 or of 16 bytes (wire-protocol reference, section 3.1). */
final class Packet {
    static final int MAGIC_80 = 0x83740267;
    static final int MAGIC_100 = 0x8620ec20;

    static final int DATA = 0x00;
    static final int DATA_REPLY = 0x01;
    static final int RS_DATA_REPLY = 0x02;
    static final int BARRIER = 0x03;
    static final int BITMAP = 0x04;
    static final int UNPLUG_REMOTE = 0x07;
    static final int DATA_REQUEST = 0x08;
    static final int RS_DATA_REQUEST = 0x09;
    static final int PROTOCOL = 0x0b;
    static final int UUIDS = 0x0c;
    static final int SIZES = 0x0d;
    static final int STATE = 0x0e;
    static final int SYNC_UUID = 0x0f;
    static final int AUTH_CHALLENGE = 0x10;
    static final int AUTH_RESPONSE = 0x11;
    static final int STATE_CHANGE_REQUEST = 0x12;
    static final int PING = 0x13;
    static final int PING_ACK = 0x14;
    static final int RECV_ACK = 0x15;
    static final int WRITE_ACK = 0x16;
    static final int RS_WRITE_ACK = 0x17;
    static final int BARRIER_ACK = 0x1c;
    static final int STATE_CHANGE_REPLY = 0x1d;
    static final int OV_REQUEST = 0x1e;
    static final int OV_REPLY = 0x1f;
    static final int OV_RESULT = 0x20;
    static final int CSUM_RS_REQUEST = 0x21;
    static final int RS_IS_IN_SYNC = 0x22;
    static final int SYNC_PARAM89 = 0x23;
    static final int COMPRESSED_BITMAP = 0x24;
    static final int OUT_OF_SYNC = 0x28;
    static final int RS_CANCEL = 0x29;
    static final int CONNECTION_STATE_CHANGE_REQUEST = 0x2a;
    static final int CONNECTION_STATE_CHANGE_REPLY = 0x2b;
    static final int PROTOCOL_UPDATE = 0x2d;
    static final int TWO_PHASE_PREPARE = 0x2e;
    static final int DAGTAG = 0x30;
    static final int TRIM = 0x31;
    static final int ZEROES = 0x36;
    static final int PEER_ACK = 0x40;
    static final int PEERS_IN_SYNC = 0x41;
    static final int UUIDS110 = 0x42;
    static final int TWO_PHASE_YES = 0x45;
    static final int TWO_PHASE_COMMIT = 0x47;
    static final int BITMAP_EXCHANGE_STATE = 0x49;
    static final int UUID_ACK = 0x50;
    static final int RS_WRITE_ACK_116 = 0x51;
    static final int INITIAL_CONTROL = 0xfff1;
    static final int INITIAL_DATA = 0xfff2;

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

    /** The volume, -1 if it is about the connection, 0 in a header of 8 bytes. */
    int volume() {
        return headerBytes == 16 ? ByteBuffer.wrap(bytes).getShort(4) : 0;
    }

    byte[] bytes() {
        return bytes;
    }

    /** About volume 0, as from protocol 100 on. */
    static Packet of(int command, byte... body) {
        return new Packet(
                command,
                16,
                ByteBuffer.allocate(16 + body.length)
                        .putInt(MAGIC_100)
                        .putShort((short) 0)
                        .putShort((short) command)
                        .putInt(body.length)
                        .putInt(0)
                        .put(body)
                        .array());
    }

    /** The same packet about another volume. */
    Packet ofVolume(int volume) {
        byte[] all = bytes.clone();
        ByteBuffer.wrap(all).putShort(4, (short) volume);
        return new Packet(command, headerBytes, all);
    }

    /** The same packet with another body of the same length. */
    Packet with(byte[] body) {
        byte[] all = bytes.clone();
        System.arraycopy(body, 0, all, headerBytes, bytes.length - headerBytes);
        return new Packet(command, headerBytes, all);
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
        if (in.remaining() < 8) {
            return null;
        }
        boolean old = in.getInt(start) == MAGIC_80;
        int header = old ? 8 : 16;
        if (in.remaining() < header) {
            return null;
        }
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
