package io.bsr.conformance;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;

/**
 * A peer of which a test says what it sends, byte by byte (wire-protocol reference, sections 2 and 4.1): it dials both
 * streams of a node and keeps them open.
 */
final class ScriptedPeer implements AutoCloseable {
    static final int FEATURES = 0xfffe;
    static final int FEATURES_BYTES = 72;

    private static final int MAGIC_80 = 0x83740267;
    private static final int MAGIC_100 = 0x8620ec20;
    private static final int INITIAL_META = 0xfff1;
    private static final int INITIAL_DATA = 0xfff2;
    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket control;
    private final Socket data;

    private ScriptedPeer(Socket control, Socket data) {
        this.control = control;
        this.data = data;
    }

    /** Dials both streams, as soon as the node listens, and waits for its features; returns after them. */
    static ScriptedPeer meet(Node node, int port) throws IOException {
        node.until(node.name() + " to listen", () -> listens(port));
        ScriptedPeer peer = new ScriptedPeer(dial(port, INITIAL_META), dial(port, INITIAL_DATA));
        try {
            peer.readFeatures();
            return peer;
        } catch (IOException e) {
            peer.close();
            throw e;
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static Socket dial(int port, int first) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
        send(socket, packet80(first, new byte[0]));
        return socket;
    }

    private static void send(Socket socket, byte[] bytes) throws IOException {
        new DataOutputStream(socket.getOutputStream()).write(bytes);
    }

    private static byte[] packet80(int command, byte[] body) {
        return ByteBuffer.allocate(8 + body.length)
                .putInt(MAGIC_80)
                .putShort((short) command)
                .putShort((short) body.length)
                .put(body)
                .array();
    }

    private void readFeatures() throws IOException {
        DataInputStream in = new DataInputStream(data.getInputStream());
        int magic = in.readInt();
        int command = in.readUnsignedShort();
        int length = in.readUnsignedShort();
        if (magic != MAGIC_80 || command != FEATURES || length != FEATURES_BYTES) {
            throw new IOException("these are no features: " + Integer.toHexString(magic) + " " + command);
        }
        in.readNBytes(length);
    }

    /** Features as a node with these versions and ids sends them. */
    void sendFeatures(int oldest, int newest, int self, int receiver) throws IOException {
        sendOnData(
                FEATURES,
                ByteBuffer.allocate(FEATURES_BYTES)
                        .putInt(oldest)
                        .putInt(0xf)
                        .putInt(newest)
                        .putInt(self)
                        .putInt(receiver)
                        .array());
    }

    /** A packet of the handshake with any contents. */
    void sendOnData(int command, byte[] body) throws IOException {
        send(data, packet80(command, body));
    }

    /** A packet with the header of the agreed version. */
    void send100OnData(int command, byte[] body) throws IOException {
        send(data, packet100(command, body));
    }

    void send100OnControl(int command, byte[] body) throws IOException {
        send(control, packet100(command, body));
    }

    private static byte[] packet100(int command, byte[] body) {
        return ByteBuffer.allocate(16 + body.length)
                .putInt(MAGIC_100)
                .putShort((short) -1)
                .putShort((short) command)
                .putInt(body.length)
                .putInt(0)
                .put(body)
                .array();
    }

    /** Waits until the node has closed the data stream; whatever it sends before is read. */
    void awaitEnd() throws IOException {
        data.getInputStream().transferTo(OutputStream.nullOutputStream());
    }

    @Override
    public void close() throws IOException {
        data.close();
        control.close();
    }
}
