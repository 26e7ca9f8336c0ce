package io.bsr.conformance;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/** Two nodes, {@code alpha} and {@code beta}, that replicate one volume. */
final class Pair implements AutoCloseable {
    static final String RESOURCE = "r0";
    static final String EXPORT = RESOURCE + "/0";
    static final long DISK_BYTES = 48L << 20;

    /** Options of section disk: a resync as fast as it goes. */
    static final String FAST = "c-plan-ahead 0; resync-rate 400M; c-max-rate 800M;";

    /** Below the ports that the system gives to clients, so that nobody takes one by chance. */
    private static final int FIRST_PORT = 20_000;

    private static final int PORTS = 12_000;
    private static final int PORT_ATTEMPTS = 200;

    private final Node alpha;
    private final Node beta;
    private final int alphaPort = freePort();
    private final int betaPort = freePort();
    private String disk = FAST;

    Pair(Path folder) throws IOException {
        this(folder, DISK_BYTES);
    }

    Pair(Path folder, long diskBytes) throws IOException {
        alpha = new Node("alpha", folder.resolve("a"));
        beta = new Node("beta", folder.resolve("b"));
        configure(alpha, "");
        configure(beta, "");
        alpha.makeDisk(diskBytes);
        beta.makeDisk(diskBytes);
    }

    Node alpha() {
        return alpha;
    }

    Node beta() {
        return beta;
    }

    int alphaPort() {
        return alphaPort;
    }

    int betaPort() {
        return betaPort;
    }

    /** Sets the options of section disk, {@link #FAST} at first, of what is configured from now on. */
    void disk(String options) {
        disk = options;
    }

    /** Writes the configuration of a node; {@code net} holds options of section net beside the usual ones. */
    void configure(Node node, String net) throws IOException {
        configure(node, net, alphaPort, betaPort);
    }

    /** As {@link #configure(Node, String)}, with the ports at which this node sees the two. */
    void configure(Node node, String net, int portOfAlpha, int portOfBeta) throws IOException {
        node.configure("""
                resource r0 {
                    net { protocol C; ping-int 1; connect-int 1; %s }
                    disk { %s }
                    on alpha {
                        node-id 0;
                        address 127.0.0.1:%d;
                        volume 0 { device /dev/bsr0 minor 0; disk "%s"; meta-disk internal; }
                    }
                    on beta {
                        node-id 1;
                        address 127.0.0.1:%d;
                        volume 0 { device /dev/bsr0 minor 0; disk "%s"; meta-disk internal; }
                    }
                }
                """.formatted(net, disk, portOfAlpha, alpha.disk(), portOfBeta, beta.disk()));
    }

    /** Starts the engine of a node, with fresh metadata, and brings the resource up. */
    static void bringUp(Node node) throws IOException {
        node.start();
        node.must("create-md", RESOURCE);
        node.must("up", RESOURCE);
    }

    /** Starts the engine of a node that was up before. */
    static void comeBack(Node node) throws IOException {
        node.start();
        node.must("up", RESOURCE);
    }

    /** Both nodes up, alpha Primary, the initial sync done. */
    void bringUpInSync() throws IOException {
        bringUp(alpha);
        bringUp(beta);
        alpha.await("connected", State::isConnected);
        alpha.must("primary", "--force", RESOURCE);
        awaitInSync();
    }

    void awaitInSync() {
        alpha.await("in sync", State::isInSync);
        beta.await("in sync", State::isInSync);
    }

    /** Offset of the first sector of the volume that differs between the two files, in bytes; -1 if there is none. */
    long firstDifference() throws IOException {
        return new DiskComparison(alpha.disk(), beta.disk(), alpha.now().volumeBytes()).firstByte();
    }

    /** A port of loopback that nobody has. */
    static int freePort() throws IOException {
        return freePorts(1);
    }

    /** The first of so many successive ports of loopback that nobody has. */
    static int freePorts(int count) throws IOException {
        for (int attempt = 1; ; attempt++) {
            int first = FIRST_PORT + ThreadLocalRandom.current().nextInt(PORTS);
            try {
                for (int port = first; port < first + count; port++) {
                    new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
                }
                return first;
            } catch (BindException e) {
                if (attempt == PORT_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    @Override
    public void close() {
        alpha.close();
        beta.close();
    }
}
