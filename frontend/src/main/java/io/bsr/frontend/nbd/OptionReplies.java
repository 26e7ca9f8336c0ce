package io.bsr.frontend.nbd;

import static io.bsr.frontend.nbd.HandshakeCode.INFO_BLOCK_SIZE;
import static io.bsr.frontend.nbd.HandshakeCode.INFO_EXPORT;
import static io.bsr.frontend.nbd.HandshakeCode.OPTION_REPLY_MAGIC;
import static io.bsr.frontend.nbd.HandshakeCode.REP_ACK;
import static io.bsr.frontend.nbd.HandshakeCode.REP_INFO;
import static io.bsr.frontend.nbd.HandshakeCode.REP_META_CONTEXT;
import static io.bsr.frontend.nbd.HandshakeCode.REP_SERVER;

import io.bsr.base.port.Stream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Writes the replies to options. Layout, offsets in bytes:
 *
 * <pre>
 *   0        8        12      16       20
 *   | magic  | option | type  | length | data
 *   |  u64   |  u32   |  u32  |  u32   | length bytes; for an error: text for humans
 * </pre>
 */
final class OptionReplies {
    private static final int HEADER_BYTES = 20;
    private final Stream stream;
    private int option;

    OptionReplies(Stream stream) {
        this.stream = stream;
    }

    /** The replies that follow belong to {@code option}. */
    void begin(int option) {
        this.option = option;
    }

    void acknowledge() {
        reply(REP_ACK, 0);
    }

    void error(int type, String text) {
        byte[] bytes = Printable.protocolString(text);
        reply(type, bytes.length).put(bytes);
    }

    void server(Export export) {
        byte[] name = Printable.protocolString(export.name());
        byte[] description = Printable.protocolString(export.description());
        reply(REP_SERVER, 4 + name.length + description.length)
                .putInt(name.length)
                .put(name)
                .put(description);
    }

    void infoExport(long size, int transmissionFlags) {
        reply(REP_INFO, 12).putShort((short) INFO_EXPORT).putLong(size).putShort((short) transmissionFlags);
    }

    void infoBlockSize(int minimum, int preferred, int longestPayload) {
        reply(REP_INFO, 14)
                .putShort((short) INFO_BLOCK_SIZE)
                .putInt(minimum)
                .putInt(preferred)
                .putInt(longestPayload);
    }

    /** NBD_INFO_NAME or NBD_INFO_DESCRIPTION. */
    void infoText(int information, String text) {
        byte[] bytes = Printable.protocolString(text);
        reply(REP_INFO, 2 + bytes.length).putShort((short) information).put(bytes);
    }

    void metaContext(int identifier, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        reply(REP_META_CONTEXT, 4 + bytes.length).putInt(identifier).put(bytes);
    }

    private ByteBuffer reply(int type, int length) {
        return stream.output(HEADER_BYTES + length)
                .putLong(OPTION_REPLY_MAGIC)
                .putInt(option)
                .putInt(type)
                .putInt(length);
    }
}
