package io.bsr.bench;

import io.bsr.frontend.nbd.ExportClient;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * An NBD client that keeps a fixed number of 4 KiB requests on their way and allocates nothing meanwhile (the NBD
 * protocol, fixed newstyle, simple replies).
 */
final class NbdLoad implements AutoCloseable {
    static final int BLOCK = 4096;

    private static final int REQUEST_MAGIC = 0x25609513;
    private static final int REPLY_MAGIC = 0x67446698;
    private static final int REQUEST_BYTES = 28;
    private static final int REPLY_BYTES = 16;

    private final SocketChannel channel;
    private final ByteBuffer out;
    private final ByteBuffer in;
    private final long blocks;
    private long random = 1;

    private NbdLoad(ExportClient export, int depth) {
        this.channel = export.channel();
        this.blocks = export.size() / BLOCK;
        this.out = ByteBuffer.allocateDirect(depth * (REQUEST_BYTES + BLOCK));
        this.in = ByteBuffer.allocateDirect(depth * (REPLY_BYTES + BLOCK));
    }

    /** Opens the export r0/0 of the server at {@code socket} for up to {@code depth} requests at once. */
    static NbdLoad open(Path socket, int depth) throws IOException {
        return new NbdLoad(ExportClient.open(socket, "r0/0"), depth);
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

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
