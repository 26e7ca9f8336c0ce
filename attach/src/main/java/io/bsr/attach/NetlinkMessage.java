package io.bsr.attach;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One message of generic netlink, in the byte order of the machine ({@code linux/netlink.h}, {@code linux/genetlink.h}).
 *
 * <pre>
 *    0  length of all (u32)   4  family (u16)   6  flags (u16)   8  sequence (u32)   12  port (u32)
 *   16  command (u8)   17  version (u8)   18  0 (u16)
 *   20  attributes: length (u16), type (u16), value, padded to 4 bytes; an attribute may hold attributes
 * </pre>
 */
final class NetlinkMessage {
    static final int ERROR = 2;

    private static final int HEAD_BYTES = 16;
    private static final int COMMAND_BYTES = 4;
    private static final int ATTRIBUTE_BYTES = 4;
    private static final int NESTED = 0x8000;
    private static final int TYPE_MASK = 0x3fff;
    private static final int REQUEST_ACK = 1 | 4;
    private static final int MOST_BYTES = 4096;

    private final ByteBuffer out = ByteBuffer.allocate(MOST_BYTES).order(ByteOrder.nativeOrder());

    private NetlinkMessage() {}

    /** Begins a request that is to be acknowledged. */
    static NetlinkMessage request(int family, int command, int version, int sequence) {
        NetlinkMessage message = new NetlinkMessage();
        message.out.putInt(0).putShort((short) family).putShort((short) REQUEST_ACK);
        message.out.putInt(sequence).putInt(0);
        message.out.put((byte) command).put((byte) version).putShort((short) 0);
        return message;
    }

    NetlinkMessage number32(int type, int value) {
        out.putShort((short) (ATTRIBUTE_BYTES + Integer.BYTES)).putShort((short) type);
        out.putInt(value);
        return this;
    }

    NetlinkMessage number64(int type, long value) {
        out.putShort((short) (ATTRIBUTE_BYTES + Long.BYTES)).putShort((short) type);
        out.putLong(value);
        return this;
    }

    /** A text with the zero behind it. */
    NetlinkMessage text(int type, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        out.putShort((short) (ATTRIBUTE_BYTES + bytes.length + 1)).putShort((short) type);
        out.put(bytes).put((byte) 0);
        out.position((out.position() + 3) & ~3);
        return this;
    }

    /** An attribute that holds one that holds a number: {@code outer { inner { type = value } } }. */
    NetlinkMessage listOfOne(int outer, int inner, int type, int value) {
        int number = ATTRIBUTE_BYTES + Integer.BYTES;
        out.putShort((short) (2 * ATTRIBUTE_BYTES + number)).putShort((short) (outer | NESTED));
        out.putShort((short) (ATTRIBUTE_BYTES + number)).putShort((short) (inner | NESTED));
        return number32(type, value);
    }

    byte[] bytes() {
        out.putInt(0, out.position());
        return Arrays.copyOf(out.array(), out.position());
    }

    /**
     * What the kernel has sent.
     *
     * @param error of an acknowledgement: 0, or a negative error number; 0 in others
     * @param attributes values by type; none in an acknowledgement
     */
    record Answer(int type, int sequence, int error, Map<Integer, byte[]> attributes) {
        boolean acknowledges() {
            return type == ERROR;
        }

        /** A number of two or four bytes. */
        Optional<Integer> number(int attribute) {
            byte[] value = attributes.get(attribute);
            if (value == null || (value.length != Short.BYTES && value.length != Integer.BYTES)) {
                return Optional.empty();
            }
            ByteBuffer bytes = ByteBuffer.wrap(value).order(ByteOrder.nativeOrder());
            return Optional.of(
                    value.length == Short.BYTES
                            ? Short.toUnsignedInt(bytes.getShort())
                            : Integer.valueOf(bytes.getInt()));
        }
    }

    /**
     * The messages of one datagram.
     *
     * @throws IllegalArgumentException if they are cut off, or a length leads out of them
     */
    static List<Answer> decode(byte[] datagram, int length) {
        List<Answer> answers = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(datagram, 0, length).slice().order(ByteOrder.nativeOrder());
        try {
            while (in.hasRemaining()) {
                int start = in.position();
                int bytes = in.getInt();
                int type = Short.toUnsignedInt(in.getShort());
                in.getShort();
                int sequence = in.getInt();
                in.getInt();
                if (bytes < HEAD_BYTES || bytes > length - start) {
                    throw new IllegalArgumentException("a message of " + bytes + " bytes where there are " + length);
                }
                answers.add(answer(type, sequence, in.slice(start + HEAD_BYTES, bytes - HEAD_BYTES)));
                in.position(Math.min(length, start + ((bytes + 3) & ~3)));
            }
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("a message that is cut off", e);
        }
        return answers;
    }

    private static Answer answer(int type, int sequence, ByteBuffer slice) {
        ByteBuffer body = slice.order(ByteOrder.nativeOrder());
        if (type == ERROR) {
            return new Answer(type, sequence, body.getInt(), Map.of());
        }
        Map<Integer, byte[]> attributes = new TreeMap<>();
        if (body.remaining() >= COMMAND_BYTES) {
            body.position(COMMAND_BYTES);
            while (body.remaining() >= ATTRIBUTE_BYTES) {
                int start = body.position();
                int bytes = Short.toUnsignedInt(body.getShort());
                int name = Short.toUnsignedInt(body.getShort()) & TYPE_MASK;
                if (bytes < ATTRIBUTE_BYTES || bytes > body.limit() - start) {
                    throw new IllegalArgumentException("an attribute of " + bytes + " bytes leads out of its message");
                }
                byte[] value = new byte[bytes - ATTRIBUTE_BYTES];
                body.get(value);
                attributes.put(name, value);
                body.position(Math.min(body.limit(), start + ((bytes + 3) & ~3)));
            }
        }
        return new Answer(type, sequence, 0, attributes);
    }
}
