package io.bsr.frontend.nbd;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A blocking client of one export at a Unix socket: fixed newstyle, simple replies (NBD protocol, {@code doc/proto.md}).
 * For one thread. Whatever the server sends that makes no sense ends in an {@link IOException}.
 */
public final class ExportClient implements AutoCloseable {
    /** Writes of {@link #submitWrite} on their way at most. */
    public static final int WINDOW = 16;

    private static final int MOST_INFORMATION = 64 << 10;
    private static final int INFORMATION_OF_EXPORT_BYTES = 12;
    private static final int SIZE_AT = 2;

    private final SocketChannel channel;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final long size;
    private long handle;
    private int inFlight;

    private ExportClient(SocketChannel channel, long size) {
        this.channel = channel;
        this.size = size;
        in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel), 1 << 16));
        out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 18));
    }

    /** The server does not want to serve this export; the message is the server's. */
    public static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    /**
     * Opens an export.
     *
     * @throws RefusedException if the server refuses
     * @throws IOException if there is no server, or none that speaks this protocol; says where
     */
    @SuppressWarnings("MustBeClosedChecker") // The channel is the client's, or is closed.
    public static ExportClient open(Path socket, String export) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return new ExportClient(channel, negotiate(channel, export));
        } catch (RefusedException e) {
            channel.close();
            throw e;
        } catch (IOException e) {
            channel.close();
            throw new IOException("NBD server at " + socket + ", export " + export + ": " + e.getMessage(), e);
        }
    }

    /** Takes no byte more than the negotiation has; returns the bytes of the export. */
    private static long negotiate(SocketChannel channel, String export) throws IOException {
        InputStream stream = Channels.newInputStream(channel);
        OutputStream replies = Channels.newOutputStream(channel);
        DataInputStream in = new DataInputStream(stream);
        require(
                in.readLong() == HandshakeCode.GREETING_MAGIC && in.readLong() == HandshakeCode.OPTION_MAGIC,
                "this is no NBD server");
        int flags = in.readUnsignedShort();
        require((flags & HandshakeCode.FLAG_FIXED_NEWSTYLE) != 0, "it does not speak fixed newstyle");
        byte[] name = export.getBytes(StandardCharsets.UTF_8);
        int length = Integer.BYTES + name.length + Short.BYTES;
        replies.write(ByteBuffer.allocate(Integer.BYTES + Long.BYTES + 2 * Integer.BYTES + length)
                .putInt(flags & (HandshakeCode.FLAG_FIXED_NEWSTYLE | HandshakeCode.FLAG_NO_ZEROES))
                .putLong(HandshakeCode.OPTION_MAGIC)
                .putInt(HandshakeCode.OPT_GO)
                .putInt(length)
                .putInt(name.length)
                .put(name)
                .putShort((short) 0)
                .array());
        return answerToGo(in);
    }

    private static long answerToGo(DataInputStream in) throws IOException {
        long size = -1;
        while (true) {
            require(
                    in.readLong() == HandshakeCode.OPTION_REPLY_MAGIC && in.readInt() == HandshakeCode.OPT_GO,
                    "its answer makes no sense");
            int type = in.readInt();
            int length = in.readInt();
            require(length >= 0 && length <= MOST_INFORMATION, "its answer is too long");
            byte[] data = in.readNBytes(length);
            require(data.length == length, "it has gone");
            if (type < 0) {
                throw new RefusedException(new String(data, StandardCharsets.UTF_8));
            }
            if (type == HandshakeCode.REP_ACK) {
                require(size >= 0, "it does not say how big the export is");
                return size;
            }
            ByteBuffer information = ByteBuffer.wrap(data);
            if (type == HandshakeCode.REP_INFO
                    && length == INFORMATION_OF_EXPORT_BYTES
                    && information.getShort(0) == HandshakeCode.INFO_EXPORT) {
                size = information.getLong(SIZE_AT);
            }
        }
    }

    private static void require(boolean condition, String otherwise) throws IOException {
        if (!condition) {
            throw new IOException(otherwise);
        }
    }

    /** Bytes of the export. */
    public long size() {
        return size;
    }

    /**
     * The connection, for a caller that speaks for itself from here on: nothing is buffered in either direction before the
     * first request.
     */
    public SocketChannel channel() {
        return channel;
    }

    /**
     * Sends the header of a request and nothing else.
     *
     * @param type as the protocol numbers it: 0 read, 1 write, 3 flush
     */
    public void announce(int type, long offset, int length) throws IOException {
        request(type, offset, length);
        out.flush();
    }

    /** Sends a write; waits for answers as long as {@link #WINDOW} are missing. */
    public void submitWrite(long offset, byte[] data, int length) throws IOException {
        request(TransmissionCode.CMD_WRITE, offset, length);
        out.write(data, 0, length);
        out.flush();
        inFlight++;
        while (inFlight >= WINDOW) {
            reply();
            inFlight--;
        }
    }

    /** Waits until every write was answered. */
    public void drain() throws IOException {
        while (inFlight > 0) {
            reply();
            inFlight--;
        }
    }

    /** Writes and waits for the answer. */
    public void write(long offset, byte[] data) throws IOException {
        submitWrite(offset, data, data.length);
        drain();
    }

    /** Everything written before is durable when this returns. */
    public void flush() throws IOException {
        drain();
        announce(TransmissionCode.CMD_FLUSH, 0, 0);
        reply();
    }

    /** Discards a range and waits for the answer. */
    public void trim(long offset, int length) throws IOException {
        drain();
        announce(TransmissionCode.CMD_TRIM, offset, length);
        reply();
    }

    /** Overwrites a range with zeroes, which may be unmapped, and waits for the answer. */
    public void writeZeroes(long offset, int length) throws IOException {
        drain();
        announce(TransmissionCode.CMD_WRITE_ZEROES, offset, length);
        reply();
    }

    public void read(long offset, byte[] target, int length) throws IOException {
        drain();
        announce(TransmissionCode.CMD_READ, offset, length);
        reply();
        if (in.readNBytes(target, 0, length) != length) {
            throw new EOFException("the NBD server has gone");
        }
    }

    public byte[] read(long offset, int length) throws IOException {
        byte[] data = new byte[length];
        read(offset, data, length);
        return data;
    }

    private void request(int type, long offset, int length) throws IOException {
        out.writeInt(TransmissionCode.REQUEST_MAGIC);
        out.writeShort(0);
        out.writeShort(type);
        out.writeLong(++handle);
        out.writeLong(offset);
        out.writeInt(length);
    }

    private void reply() throws IOException {
        require(in.readInt() == TransmissionCode.SIMPLE_REPLY_MAGIC, "the answer of the NBD server makes no sense");
        int error = in.readInt();
        long answered = in.readLong();
        require(error == 0, "NBD request " + answered + " failed with error " + error);
        require(answered > 0 && answered <= handle, "the NBD server answers what was not asked");
    }

    /** Says good-bye, if the server still listens. */
    @Override
    public void close() throws IOException {
        try (channel) {
            announce(TransmissionCode.CMD_DISC, 0, 0);
        } catch (IOException e) {
            // The server has closed before: what was to be known about it was known from the answers.
            assert !channel.isOpen();
        }
    }
}
