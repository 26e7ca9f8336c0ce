package io.bsr.frontend.nbd;

import static io.bsr.frontend.nbd.HandshakeCode.*;
import static io.bsr.frontend.nbd.TransmissionCode.*;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A client for tests: writes what it is told, right or wrong, and takes the server's answers apart strictly. */
final class NbdTestClient {
    /** A reply to an option. */
    static final class OptionReply {
        private final int option;
        private final int type;
        private final byte[] data;

        OptionReply(int option, int type, byte[] data) {
            this.option = option;
            this.type = type;
            this.data = data;
        }

        int option() {
            return option;
        }

        int type() {
            return type;
        }

        byte[] data() {
            return data;
        }

        String text() {
            return new String(data, StandardCharsets.UTF_8);
        }

        ByteBuffer buffer() {
            return ByteBuffer.wrap(data);
        }
    }

    /** What came back for one request. */
    static final class Reply {
        private final int command;
        private final long offset;
        private final long length;
        boolean done;
        int error;
        String text = "";
        int chunks;
        final TreeMap<Long, byte[]> data = new TreeMap<>();
        final List<int[]> descriptors = new ArrayList<>();

        Reply(int command, long offset, long length) {
            this.command = command;
            this.offset = offset;
            this.length = length;
        }

        /** The data of all chunks, which must join without gaps. */
        byte[] bytes() {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            long at = data.isEmpty() ? 0 : data.firstKey();
            for (Map.Entry<Long, byte[]> chunk : data.entrySet()) {
                check(chunk.getKey() == at, "a gap or an overlap in the data of a READ at " + at);
                all.writeBytes(chunk.getValue());
                at += chunk.getValue().length;
            }
            return all.toByteArray();
        }
    }

    private final VirtualLoop loop;
    final MemoryStream stream;
    private final Map<Long, Reply> inFlight = new HashMap<>();
    private final Map<Long, Reply> replies = new HashMap<>();
    private boolean structured;
    private long nextCookie = 0x1122334455667788L;
    long exportSize;
    int exportFlags;

    NbdTestClient(VirtualLoop loop, MemoryStream stream) {
        this.loop = loop;
        this.stream = stream;
    }

    // Negotiation

    NbdTestClient greet(int flags) {
        loop.run();
        ByteBuffer greeting = take(18);
        check(greeting.getLong() == GREETING_MAGIC && greeting.getLong() == OPTION_MAGIC, "greeting");
        check(greeting.getShort() == (FLAG_FIXED_NEWSTYLE | FLAG_NO_ZEROES), "handshake flags");
        send(out -> out.writeInt(flags));
        return this;
    }

    NbdTestClient greet() {
        return greet(FLAG_FIXED_NEWSTYLE | FLAG_NO_ZEROES);
    }

    List<OptionReply> option(int option, byte[] data) {
        sendOption(option, data);
        loop.run();
        List<OptionReply> result = new ArrayList<>();
        while (stream.clientHas() > 0) {
            ByteBuffer head = take(20);
            check(head.getLong() == OPTION_REPLY_MAGIC, "magic of an option reply");
            OptionReply reply = new OptionReply(head.getInt(), head.getInt(), new byte[head.getInt()]);
            take(reply.data().length).get(reply.data());
            check(reply.option() == option, "reply to another option");
            result.add(reply);
        }
        if (option == OPT_STRUCTURED_REPLY && result.getLast().type() == REP_ACK) {
            structured = true;
        }
        return result;
    }

    void sendOption(int option, byte[] data) {
        send(out -> {
            out.writeLong(OPTION_MAGIC);
            out.writeInt(option);
            out.writeInt(data.length);
            out.write(data);
        });
    }

    static byte[] goData(String name, int... information) {
        return bytes(out -> {
            byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
            out.writeInt(utf8.length);
            out.write(utf8);
            out.writeShort(information.length);
            for (int i : information) {
                out.writeShort(i);
            }
        });
    }

    static byte[] contextData(String name, String... queries) {
        return bytes(out -> {
            byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
            out.writeInt(utf8.length);
            out.write(utf8);
            out.writeInt(queries.length);
            for (String query : queries) {
                byte[] q = query.getBytes(StandardCharsets.UTF_8);
                out.writeInt(q.length);
                out.write(q);
            }
        });
    }

    NbdTestClient structured() {
        check(option(OPT_STRUCTURED_REPLY, new byte[0]).getLast().type() == REP_ACK, "structured replies");
        return this;
    }

    NbdTestClient allocationContext(String export) {
        List<OptionReply> result = option(OPT_SET_META_CONTEXT, contextData(export, "base:allocation"));
        check(result.size() == 2 && result.getFirst().type() == REP_META_CONTEXT, "metadata context");
        return this;
    }

    /** Negotiates with GO. */
    NbdTestClient go(String export) {
        List<OptionReply> result = option(OPT_GO, goData(export, INFO_BLOCK_SIZE));
        check(
                result.getLast().type() == REP_ACK,
                "GO was refused: " + result.getLast().text());
        ByteBuffer info = result.getFirst().buffer();
        check(info.getShort() == INFO_EXPORT, "the first information");
        exportSize = info.getLong();
        exportFlags = Short.toUnsignedInt(info.getShort());
        return this;
    }

    // Transmission

    /** Sends a request and tells its cookie. */
    long request(int command, int flags, long offset, long length, byte @Nullable [] payload) {
        long cookie = nextCookie++;
        Reply reply = new Reply(command, offset, length);
        inFlight.put(cookie, reply);
        replies.put(cookie, reply);
        send(out -> {
            out.writeInt(REQUEST_MAGIC);
            out.writeShort(flags);
            out.writeShort(command);
            out.writeLong(cookie);
            out.writeLong(offset);
            out.writeInt((int) length);
            if (payload != null) {
                out.write(payload);
            }
        });
        return cookie;
    }

    long read(long offset, int length) {
        return request(CMD_READ, 0, offset, length, null);
    }

    long write(long offset, byte[] payload) {
        return request(CMD_WRITE, 0, offset, payload.length, payload);
    }

    /** Sends a request, runs the loop, and returns its reply, which must be complete. */
    Reply call(int command, int flags, long offset, long length, byte @Nullable [] payload) {
        long cookie = request(command, flags, offset, length, payload);
        loop.run();
        return reply(cookie);
    }

    /** The complete reply to a request. */
    Reply reply(long cookie) {
        parse();
        Reply reply = replies.get(cookie);
        if (reply == null || !reply.done) {
            throw new AssertionError("request " + Long.toHexString(cookie) + " is not answered");
        }
        return reply;
    }

    boolean answered(long cookie) {
        parse();
        Reply reply = replies.get(cookie);
        return reply != null && reply.done;
    }

    int unanswered() {
        parse();
        return inFlight.size();
    }

    void forget(long cookie) {
        replies.remove(cookie);
    }

    private byte[] unparsed = new byte[0];

    private void parse() {
        byte[] more = stream.clientTakes(stream.clientHas());
        ByteBuffer in = ByteBuffer.allocate(unparsed.length + more.length)
                .put(unparsed)
                .put(more)
                .flip();
        while (parseOne(in)) {
            in.mark();
        }
        unparsed = new byte[in.remaining()];
        in.get(unparsed);
    }

    /** Takes one whole message; leaves the position where it was if there is none. */
    private boolean parseOne(ByteBuffer in) {
        int start = in.position();
        if (in.remaining() < 16) {
            return false;
        }
        int magic = in.getInt(start);
        boolean whole;
        if (magic == SIMPLE_REPLY_MAGIC) {
            whole = parseSimple(in, start);
        } else {
            check(magic == STRUCTURED_REPLY_MAGIC && structured, "magic of a reply: " + Integer.toHexString(magic));
            whole = in.remaining() >= 20 && in.remaining() >= 20 + in.getInt(start + 16);
            if (whole) {
                parseChunk(in);
            }
        }
        return whole;
    }

    private boolean parseSimple(ByteBuffer in, int start) {
        int error = in.getInt(start + 4);
        long cookie = in.getLong(start + 8);
        Reply reply = expected(cookie);
        check(!structured || reply.command != CMD_READ, "a simple reply to READ after structured replies were agreed");
        int length = reply.command == CMD_READ && error == 0 ? (int) reply.length : 0;
        if (in.remaining() < 16 + length) {
            return false;
        }
        in.position(start + 16);
        reply.error = error;
        if (length > 0) {
            byte[] data = new byte[length];
            in.get(data);
            reply.data.put(reply.offset, data);
        }
        reply.done = true;
        inFlight.remove(cookie);
        return true;
    }

    private Reply expected(long cookie) {
        Reply reply = inFlight.get(cookie);
        if (reply == null) {
            throw new AssertionError("a reply to nothing, cookie " + Long.toHexString(cookie));
        }
        return reply;
    }

    private void parseChunk(ByteBuffer in) {
        in.getInt();
        int flags = in.getShort();
        int type = Short.toUnsignedInt(in.getShort());
        long cookie = in.getLong();
        int length = in.getInt();
        Reply reply = expected(cookie);
        reply.chunks++;
        int end = in.position() + length;
        switch (type) {
            case REPLY_NONE -> check(length == 0 && flags == REPLY_FLAG_DONE, "a NONE chunk");
            case REPLY_OFFSET_DATA -> {
                long offset = in.getLong();
                byte[] data = new byte[length - 8];
                in.get(data);
                check(
                        data.length > 0
                                && offset >= reply.offset
                                && offset + data.length <= reply.offset + reply.length,
                        "data outside of the request");
                check(reply.data.put(offset, data) == null, "data twice");
            }
            case REPLY_BLOCK_STATUS -> {
                check(in.getInt() == ALLOCATION_CONTEXT, "context");
                while (in.position() < end) {
                    reply.descriptors.add(new int[] {in.getInt(), in.getInt()});
                }
            }
            case REPLY_ERROR -> {
                reply.error = in.getInt();
                byte[] text = new byte[in.getShort()];
                in.get(text);
                reply.text = new String(text, StandardCharsets.UTF_8);
                check(reply.error != 0 && !reply.text.isEmpty(), "an error without error");
            }
            default -> throw new AssertionError("chunk type " + type);
        }
        check(in.position() == end, "length of a chunk");
        if ((flags & REPLY_FLAG_DONE) != 0) {
            reply.done = true;
            inFlight.remove(cookie);
        }
    }

    // Bytes

    interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    static byte[] bytes(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            writing.to(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    void send(Writing writing) {
        stream.clientSends(bytes(writing));
    }

    ByteBuffer take(int length) {
        loop.run();
        check(stream.clientHas() >= length, "wanted " + length + " bytes, the server sent " + stream.clientHas());
        return ByteBuffer.wrap(stream.clientTakes(length));
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
