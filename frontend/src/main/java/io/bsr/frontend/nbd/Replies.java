package io.bsr.frontend.nbd;

import static io.bsr.frontend.nbd.TransmissionCode.*;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Stream;
import java.nio.charset.StandardCharsets;

/**
 * Writes the replies to requests. Layouts, offsets in bytes:
 *
 * <pre>
 *   0        4        8         16
 *   | magic  | error  | cookie  | data of a READ             simple reply
 *   |  u32   |  u32   |  u64    |
 *
 *   0        4       6      8         16       20
 *   | magic  | flags | type | cookie  | length | payload     chunk of a structured reply
 *   |  u32   |  u16  | u16  |  u64    |  u32   |
 * </pre>
 */
final class Replies {
    static final int SIMPLE_BYTES = 16;
    static final int CHUNK_BYTES = 20;

    private static final byte[] EPERM_TEXT = text("the volume does not permit this request");
    private static final byte[] EIO_TEXT =
            text("the volume could not complete the request; see the status of its resource");
    private static final byte[] EINVAL_TEXT =
            text("the request is unknown, malformed, outside the volume, or not aligned to its block size");
    private static final byte[] ENOSPC_TEXT =
            text("the request goes beyond the end of the volume, or its disk is full");
    private static final byte[] EOVERFLOW_TEXT =
            text("the read is too long: at most 32 MiB, and 1 MiB if it must not be fragmented");
    private static final byte[] ESHUTDOWN_TEXT = text("the volume is being taken away from its clients");

    private final Stream stream;
    private final boolean structured;

    Replies(Stream stream, boolean structured) {
        this.stream = stream;
        this.structured = structured;
    }

    /** Success without data. */
    void done(long cookie) {
        simple(cookie, 0);
    }

    /** A READ of no bytes is done. */
    void emptyRead(long cookie) {
        if (structured) {
            chunk(cookie, REPLY_FLAG_DONE, REPLY_NONE, 0);
        } else {
            simple(cookie, 0);
        }
    }

    /** The request failed; with structured replies the client gets words as well. */
    void failed(long cookie, int error) {
        if (!structured) {
            simple(cookie, error);
            return;
        }
        byte[] text = textOf(error);
        stream.output(CHUNK_BYTES + 6 + text.length)
                .putInt(STRUCTURED_REPLY_MAGIC)
                .putShort((short) REPLY_FLAG_DONE)
                .putShort((short) REPLY_ERROR)
                .putLong(cookie)
                .putInt(6 + text.length)
                .putInt(error)
                .putShort((short) text.length)
                .put(text);
    }

    /** One chunk of a READ: {@code length} bytes of the export at {@code offset}. */
    void chunkOfRead(long cookie, long offset, Buffer data, int length, boolean last) {
        stream.output(CHUNK_BYTES + 8)
                .putInt(STRUCTURED_REPLY_MAGIC)
                .putShort((short) (last ? REPLY_FLAG_DONE : 0))
                .putShort((short) REPLY_OFFSET_DATA)
                .putLong(cookie)
                .putInt(8 + length)
                .putLong(offset);
        stream.send(data, 0, length);
    }

    /** The head of a simple reply to READ; all of its data has to follow at once, with {@link #data}. */
    void headOfRead(long cookie) {
        simple(cookie, 0);
    }

    /** The next bytes of a simple reply to READ. */
    void data(Buffer data, int length) {
        stream.send(data, 0, length);
    }

    /** The answer to BLOCK_STATUS: {@code bytes} bytes of descriptors (u32 length, u32 state). */
    void allocation(long cookie, Buffer descriptors, int bytes) {
        chunk(cookie, REPLY_FLAG_DONE, REPLY_BLOCK_STATUS, 4 + bytes);
        stream.output(4).putInt(ALLOCATION_CONTEXT);
        stream.send(descriptors, 0, bytes);
    }

    private void simple(long cookie, int error) {
        stream.output(SIMPLE_BYTES).putInt(SIMPLE_REPLY_MAGIC).putInt(error).putLong(cookie);
    }

    private void chunk(long cookie, int flags, int type, int length) {
        stream.output(CHUNK_BYTES)
                .putInt(STRUCTURED_REPLY_MAGIC)
                .putShort((short) flags)
                .putShort((short) type)
                .putLong(cookie)
                .putInt(length);
    }

    private static byte[] textOf(int error) {
        return switch (error) {
            case EPERM -> EPERM_TEXT;
            case EINVAL -> EINVAL_TEXT;
            case ENOSPC -> ENOSPC_TEXT;
            case EOVERFLOW -> EOVERFLOW_TEXT;
            case ESHUTDOWN -> ESHUTDOWN_TEXT;
            default -> EIO_TEXT;
        };
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
