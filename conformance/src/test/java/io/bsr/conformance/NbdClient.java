package io.bsr.conformance;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** An application: one request at a time to an export, fixed newstyle with simple replies. */
final class NbdClient implements AutoCloseable {
    static final long OPTION_MAGIC = 0x49484156454F5054L;
    static final int REQUEST_MAGIC = 0x25609513;
    static final int GO = 7;
    static final int WRITE = 1;

    private static final int REPLY_MAGIC = 0x67446698;
    private static final long OPTION_REPLY_MAGIC = 0x3e889045565a9L;
    private static final int ACK = 1;
    private static final int MOST_TEXT = 1 << 16;

    private final SocketChannel channel;
    private final DataInputStream in;
    private final DataOutputStream out;

    private NbdClient(SocketChannel channel) {
        this.channel = channel;
        in = new DataInputStream(Channels.newInputStream(channel));
        out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 17));
    }

    /** Opens the volume of a node. */
    static NbdClient open(Node node) throws IOException {
        NbdClient client = connect(node);
        try {
            client.negotiate();
            return client;
        } catch (IOException e) {
            client.close();
            throw e;
        }
    }

    /** Only connects and reads the greeting and answers it. */
    static NbdClient connect(Node node) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(node.files().nbdSocket()));
        NbdClient client = new NbdClient(channel);
        if (client.in.readNBytes(18).length != 18) {
            throw new IOException("no greeting");
        }
        client.out.writeInt(3);
        client.out.flush();
        return client;
    }

    private void negotiate() throws IOException {
        byte[] name = Pair.EXPORT.getBytes(StandardCharsets.UTF_8);
        out.writeLong(OPTION_MAGIC);
        out.writeInt(GO);
        out.writeInt(4 + name.length + 2);
        out.writeInt(name.length);
        out.write(name);
        out.writeShort(0);
        out.flush();
        for (int type = 0; type != ACK; ) {
            if (in.readLong() != OPTION_REPLY_MAGIC || in.readInt() != GO) {
                throw new IOException("the answer makes no sense");
            }
            type = in.readInt();
            byte[] data = in.readNBytes(Math.clamp(in.readInt(), 0, MOST_TEXT));
            if (type < 0) {
                throw new IOException(new String(data, StandardCharsets.UTF_8));
            }
        }
    }

    void write(long offset, byte[] data) throws IOException {
        request(WRITE, offset, data.length);
        out.write(data);
        out.flush();
        reply();
    }

    byte[] read(long offset, int length) throws IOException {
        request(0, offset, length);
        out.flush();
        reply();
        byte[] data = in.readNBytes(length);
        if (data.length != length) {
            throw new IOException("the server has gone");
        }
        return data;
    }

    void request(int type, long offset, int length) throws IOException {
        out.writeInt(REQUEST_MAGIC);
        out.writeShort(0);
        out.writeShort(type);
        out.writeLong(1);
        out.writeLong(offset);
        out.writeInt(length);
    }

    private void reply() throws IOException {
        if (in.readInt() != REPLY_MAGIC) {
            throw new IOException("the answer makes no sense");
        }
        int error = in.readInt();
        in.readLong();
        if (error != 0) {
            throw new IOException("NBD error " + error);
        }
    }

    /** Whatever bytes; the server may have closed in the middle of them. */
    boolean throwAt(byte[] bytes) {
        try {
            out.flush();
            channel.write(ByteBuffer.wrap(bytes));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
