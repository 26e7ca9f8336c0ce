package io.bsr.wire.packet;

import io.bsr.base.NodeId;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolException;
import io.bsr.wire.ProtocolException.Fault;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The field types that several packets share. */
final class Body {
    static final int NAME_BYTES = 64;

    /** Above this a number of sectors is no size: in bytes it would not fit a long. */
    private static final long SECTOR_LIMIT = 1L << 54;

    private Body() {}

    static ProtocolException badValue(PacketType type, String field, Object value) {
        return new ProtocolException(Fault.BAD_VALUE, type + " refused", field + " is " + value);
    }

    /** An unsigned 32-bit number. */
    static long unsigned(ByteBuffer in) {
        return in.getInt() & 0xffff_ffffL;
    }

    static void checkUnsigned(String field, long value) {
        if (value >>> 32 != 0) {
            throw new IllegalArgumentException(field + " " + value + " does not fit 32 bits");
        }
    }

    static long sectors(ByteBuffer in, PacketType type, String field) throws ProtocolException {
        long value = in.getLong();
        if (value < 0 || value >= SECTOR_LIMIT) {
            throw badValue(type, field, Long.toUnsignedString(value) + " sectors");
        }
        return value;
    }

    /** A node id 0 … 31. */
    static int node(ByteBuffer in, PacketType type, String field) throws ProtocolException {
        int value = in.getInt();
        if (value < 0 || value >= NodeId.LIMIT) {
            throw badValue(type, field, Integer.toUnsignedString(value));
        }
        return value;
    }

    /** An algorithm's name: printable ASCII up to the first NUL within {@code bytes} bytes; what follows is ignored. */
    static String name(ByteBuffer in, int bytes, PacketType type, String field) throws ProtocolException {
        byte[] raw = new byte[bytes];
        in.get(raw);
        int end = 0;
        while (end < bytes && raw[end] != 0) {
            if (raw[end] <= ' ' || raw[end] > '~') {
                throw badValue(type, field, "not printable at byte " + end);
            }
            end++;
        }
        if (end == bytes) {
            throw badValue(type, field, "without the NUL at its end");
        }
        return new String(raw, 0, end, StandardCharsets.US_ASCII);
    }

    /** Puts a name, filled up with NUL to {@code bytes} bytes. */
    static void putName(ByteBuffer out, String name, int bytes) {
        byte[] raw = name.getBytes(StandardCharsets.US_ASCII);
        out.put(raw);
        for (int i = raw.length; i < bytes; i++) {
            out.put((byte) 0);
        }
    }

    static void checkName(String field, String name) {
        if (name.length() >= NAME_BYTES || !name.chars().allMatch(c -> c > ' ' && c <= '~')) {
            throw new IllegalArgumentException(field + " \"" + name + "\" is not up to 63 printable ASCII characters");
        }
    }
}
