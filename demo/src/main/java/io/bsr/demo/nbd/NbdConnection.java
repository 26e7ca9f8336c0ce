package io.bsr.demo.nbd;

import io.bsr.demo.failure.DemoException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One connection to an export, fixed newstyle with simple replies. Requests are sent one after the other and answered in
 * any order; up to {@link #WINDOW} writes are in flight.
 *
 * <pre>
 *   request, 28 bytes:  magic 25609513 | flags 16 | type 16 | handle 64 | offset 64 | length 32   then data of a write
 *   reply, 16 bytes:    magic 67446698 | error 32 | handle 64                                     then data of a read
 * </pre>
 */
public final class NbdConnection implements AutoCloseable {
    /** Writes in flight at most. */
    public static final int WINDOW = 16;

    private static final long MAGIC = 0x4e42444d41474943L;
    private static final long OPTION_MAGIC = 0x49484156454F5054L;
    private static final long OPTION_REPLY_MAGIC = 0x3e889045565a9L;
    private static final int OPTION_GO = 7;
    private static final int REPLY_ACK = 1;
    private static final int REPLY_INFO = 3;
    private static final int INFO_EXPORT = 0;
    private static final int REQUEST_MAGIC = 0x25609513;
    private static final int REPLY_MAGIC = 0x67446698;
    private static final int READ = 0;
    private static final int WRITE = 1;
    private static final int DISCONNECT = 2;
    private static final int FLUSH = 3;
    private static final int MOST_TEXT = 64 << 10;

    private final SocketChannel channel;
    private final DataInputStream in;
    private final DataOutputStream out;
    private long size;
    private long handle;
    private int inFlight;

    private NbdConnection(SocketChannel channel) {
        this.channel = channel;
        in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel), 1 << 16));
        out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 18));
    }

    /**
     * Opens an export.
     *
     * @throws DemoException if the server refuses, with its reason
     */
    public static NbdConnection open(Path socket, String export) throws DemoException {
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(socket));
            NbdConnection connection = new NbdConnection(channel);
            connection.negotiate(export);
            return connection;
        } catch (IOException e) {
            closeQuietly(channel);
            throw new DemoException("NBD at " + socket + ", export " + export + ": " + e.getMessage(), e);
        }
    }

    private static void closeQuietly(@Nullable SocketChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // The reason why it could not be opened is what counts.
            assert !channel.isOpen();
        }
    }

    /** Bytes of the export. */
    public long size() {
        return size;
    }

    private void negotiate(String export) throws IOException {
        require(in.readLong() == MAGIC && in.readLong() == OPTION_MAGIC, "this is no NBD server");
        int flags = in.readUnsignedShort();
        require((flags & 1) != 0, "the server does not speak fixed newstyle");
        out.writeInt(flags & 3);
        byte[] name = export.getBytes(StandardCharsets.UTF_8);
        out.writeLong(OPTION_MAGIC);
        out.writeInt(OPTION_GO);
        out.writeInt(Integer.BYTES + name.length + Short.BYTES);
        out.writeInt(name.length);
        out.write(name);
        out.writeShort(0);
        out.flush();
        while (true) {
            require(in.readLong() == OPTION_REPLY_MAGIC && in.readInt() == OPTION_GO, "the answer makes no sense");
            int type = in.readInt();
            int length = in.readInt();
            require(length >= 0 && length <= MOST_TEXT, "the answer is too long");
            byte[] data = in.readNBytes(length);
            require(data.length == length, "the server has gone");
            if (type == REPLY_ACK) {
                return;
            }
            if (type == REPLY_INFO && length >= 12 && data[0] == 0 && data[1] == INFO_EXPORT) {
                size = new DataInputStream(new ByteArrayInputStream(data, 2, 8)).readLong();
            } else if (type < 0) {
                throw new IOException("refused: " + new String(data, StandardCharsets.UTF_8));
            }
        }
    }

    private static void require(boolean condition, String otherwise) throws IOException {
        if (!condition) {
            throw new IOException(otherwise);
        }
    }

    private void request(int type, long offset, int length) throws IOException {
        out.writeInt(REQUEST_MAGIC);
        out.writeShort(0);
        out.writeShort(type);
        out.writeLong(++handle);
        out.writeLong(offset);
        out.writeInt(length);
    }

    private void reply() throws IOException {
        require(in.readInt() == REPLY_MAGIC, "the answer makes no sense");
        int error = in.readInt();
        long answered = in.readLong();
        require(error == 0, "request " + answered + " failed with error " + error);
        require(answered > 0 && answered <= handle, "an answer to no request");
    }

    /** Sends a write; waits for the oldest answers if too many are missing. */
    public void write(long offset, byte[] data, int length) throws IOException {
        request(WRITE, offset, length);
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

    /** Everything written before is durable when this returns. */
    public void flush() throws IOException {
        drain();
        request(FLUSH, 0, 0);
        out.flush();
        reply();
    }

    public void read(long offset, byte[] target, int length) throws IOException {
        drain();
        request(READ, offset, length);
        out.flush();
        reply();
        if (in.readNBytes(target, 0, length) != length) {
            throw new EOFException("the server has gone");
        }
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            request(DISCONNECT, 0, 0);
            out.flush();
        }
    }
}
