package io.bsr.engine;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A minimal NBD client: fixed newstyle, simple replies (the NBD protocol, {@code doc/proto.md}). */
final class NbdProbe implements AutoCloseable {
    private static final long OPTION_MAGIC = 0x49484156454F5054L;
    private static final long REPLY_MAGIC = 0x3e889045565a9L;
    private static final int GO = 7;
    private static final int ACK = 1;
    private static final int INFO = 3;

    private final SocketChannel channel;
    private final DataInputStream in;
    private final DataOutputStream out;
    private long handle;
    private long size;

    private NbdProbe(SocketChannel channel) {
        this.channel = channel;
        this.in = new DataInputStream(Channels.newInputStream(channel));
        this.out = new DataOutputStream(Channels.newOutputStream(channel));
    }

    /** The server did not want this client; the message is the server's. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }

    static NbdProbe open(Path socket, String export) throws IOException {
        NbdProbe probe = new NbdProbe(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
        try {
            probe.negotiate(export);
            return probe;
        } catch (IOException e) {
            probe.close();
            throw e;
        }
    }

    private void negotiate(String export) throws IOException {
        in.readLong();
        in.readLong();
        in.readUnsignedShort();
        out.writeInt(3);
        byte[] name = export.getBytes(StandardCharsets.UTF_8);
        out.writeLong(OPTION_MAGIC);
        out.writeInt(GO);
        out.writeInt(4 + name.length + 2);
        out.writeInt(name.length);
        out.write(name);
        out.writeShort(0);
        while (true) {
            if (in.readLong() != REPLY_MAGIC || in.readInt() != GO) {
                throw new IOException("not an NBD server");
            }
            int type = in.readInt();
            byte[] data = new byte[in.readInt()];
            in.readFully(data);
            if (type == ACK) {
                return;
            } else if (type == INFO && data.length == 12) {
                size = java.nio.ByteBuffer.wrap(data).getLong(2);
            } else if (type < 0) {
                throw new Refused(new String(data, StandardCharsets.UTF_8));
            }
        }
    }

    long size() {
        return size;
    }

    void write(long offset, byte[] data) throws IOException {
        request(1, offset, data.length);
        out.write(data);
        answer();
    }

    /** Announces a write and withholds its data. */
    void beginWrite(long offset, int length) throws IOException {
        request(1, offset, length);
        out.writeByte(0);
    }

    byte[] read(long offset, int length) throws IOException {
        request(0, offset, length);
        answer();
        byte[] data = new byte[length];
        in.readFully(data);
        return data;
    }

    void flush() throws IOException {
        request(3, 0, 0);
        answer();
    }

    private void request(int type, long offset, int length) throws IOException {
        out.writeInt(0x25609513);
        out.writeShort(0);
        out.writeShort(type);
        out.writeLong(++handle);
        out.writeLong(offset);
        out.writeInt(length);
    }

    private void answer() throws IOException {
        if (in.readInt() != 0x67446698) {
            throw new EOFException("not a simple reply");
        }
        int error = in.readInt();
        in.readLong();
        if (error != 0) {
            throw new IOException("NBD error " + error);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
