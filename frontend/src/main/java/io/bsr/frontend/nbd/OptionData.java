package io.bsr.frontend.nbd;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads the data of one option and never beyond its end, whatever the lengths inside claim. */
final class OptionData {
    private final ByteBuffer in;
    private final int end;

    /** The option data from the position of {@code in}, {@code length} bytes, which are there. */
    OptionData(ByteBuffer in, int length) {
        this.in = in;
        this.end = in.position() + length;
    }

    int remaining() {
        return end - in.position();
    }

    int u16(String what) throws InvalidOption {
        need(2, what);
        return Short.toUnsignedInt(in.getShort());
    }

    long u32(String what) throws InvalidOption {
        need(4, what);
        return Integer.toUnsignedLong(in.getInt());
    }

    /** A string of {@code length} bytes. */
    String string(long length, String what) throws InvalidOption {
        if (length > HandshakeCode.LONGEST_STRING) {
            throw new InvalidOption(what + " has " + length + " bytes; at most " + HandshakeCode.LONGEST_STRING);
        }
        need(length, what);
        byte[] bytes = new byte[(int) length];
        in.get(bytes);
        for (byte b : bytes) {
            if (b == 0) {
                throw new InvalidOption(what + " contains a zero byte");
            }
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    void end() throws InvalidOption {
        if (remaining() != 0) {
            throw new InvalidOption("the option has " + remaining() + " bytes more than it should");
        }
    }

    /** Moves to the end, so that the next option is found whatever was read of this one. */
    void skipRest() {
        in.position(end);
    }

    private void need(long bytes, String what) throws InvalidOption {
        if (bytes > remaining()) {
            throw new InvalidOption(what + " is beyond the end of the option: " + bytes + " bytes wanted, "
                    + remaining() + " are there");
        }
    }

    /** The data does not have the form that the option demands; the message goes to the client. */
    static final class InvalidOption extends Exception {
        private static final long serialVersionUID = 1L;

        InvalidOption(String message) {
            super(message);
        }
    }
}
