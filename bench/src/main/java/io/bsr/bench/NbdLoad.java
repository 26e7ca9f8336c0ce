package io.bsr.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * An NBD client that keeps a fixed number of 4 KiB requests on their way and allocates nothing meanwhile (the NBD
 * protocol, fixed newstyle, simple replies).
 */
final class NbdLoad implements AutoCloseable {
    static final int BLOCK = 4096;

    private static final long OPTION_MAGIC = 0x49484156454F5054L;
    private static final int REQUEST_MAGIC = 0x25609513;
    private static final int REPLY_MAGIC = 0x67446698;
    private static final int GO = 7;
    private static final int ACK = 1;
    private static final int INFO = 3;
    private static final int REQUEST_BYTES = 28;
    private static final int REPLY_BYTES = 16;

    private final SocketChannel channel;
    private final ByteBuffer out;
    private final ByteBuffer in;
    private long blocks;
    private long random = 1;

    private NbdLoad(SocketChannel channel, int depth) {
        this.channel = channel;
        this.out = ByteBuffer.allocateDirect(depth * (REQUEST_BYTES + BLOCK));
        this.in = ByteBuffer.allocateDirect(depth * (REPLY_BYTES + BLOCK));
    }

    /** Opens the export r0/0 of the server at {@code socket} for up to {@code depth} requests at once. */
    static NbdLoad open(Path socket, int depth) throws IOException {
        NbdLoad load = new NbdLoad(SocketChannel.open(UnixDomainSocketAddress.of(socket)), depth);
        load.negotiate();
        return load;
    }

    private void negotiate() throws IOException {
        receive(18);
        in.clear();
        byte[] name = "r0/0".getBytes(StandardCharsets.UTF_8);
        out.putInt(3).putLong(OPTION_MAGIC).putInt(GO).putInt(4 + name.length + 2);
        out.putInt(name.length).put(name).putShort((short) 0);
        send();
        int type = INFO;
        while (type != ACK) {
            receive(20);
            type = in.getInt(12);
            int length = in.getInt(16);
            in.clear();
            if (type < 0) {
                throw new IOException("the server refused: NBD error " + (type & 0x7fffffff));
            }
            receive(length);
            if (length == 12) {
                blocks = in.getLong(2) / BLOCK;
            }
            in.clear();
        }
    }

    /**
     * Sends {@code count} requests at random places, at most {@code depth} at once, and awaits all replies.
     *
     * @throws IOException if the server reports an error or hangs up
     */
    void run(boolean write, int count, int depth) throws IOException {
        int replyBytes = REPLY_BYTES + (write ? 0 : BLOCK);
        int sent = 0;
        int answered = 0;
        in.clear();
        while (answered < count) {
            while (sent < count && sent - answered < depth) {
                request(write);
                sent++;
            }
            send();
            if (channel.read(in) < 0) {
                throw new EOFException("the server hung up");
            }
            int at = 0;
            while (in.position() - at >= replyBytes) {
                if (in.getInt(at) != REPLY_MAGIC || in.getInt(at + 4) != 0) {
                    throw new IOException("NBD error " + in.getInt(at + 4));
                }
                at += replyBytes;
                answered++;
            }
            in.limit(in.position()).position(at);
            in.compact();
        }
    }

    private void request(boolean write) {
        random = random * 6364136223846793005L + 1442695040888963407L;
        long block = Long.remainderUnsigned(random >>> 16, blocks);
        out.putInt(REQUEST_MAGIC).putShort((short) 0).putShort((short) (write ? 1 : 0));
        out.putLong(0).putLong(block * BLOCK).putInt(BLOCK);
        if (write) {
            out.position(out.position() + BLOCK);
        }
    }

    private void send() throws IOException {
        out.flip();
        while (out.hasRemaining()) {
            channel.write(out);
        }
        out.clear();
    }

    private void receive(int bytes) throws IOException {
        in.clear().limit(bytes);
        while (in.hasRemaining()) {
            if (channel.read(in) < 0) {
                throw new EOFException("the server hung up");
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
