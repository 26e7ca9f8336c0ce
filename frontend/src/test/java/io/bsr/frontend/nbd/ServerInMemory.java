package io.bsr.frontend.nbd;

import io.bsr.base.VolumeNumber;
import io.bsr.base.memory.BufferPool;
import io.bsr.base.port.Endpoint;
import io.bsr.base.port.PortException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A server with one exported volume, {@code r0/0}, on a virtual loop. */
final class ServerInMemory {
    static final Endpoint TCP = Endpoint.ipv4("127.0.0.1", 10809);
    static final Endpoint UNIX = Endpoint.unix("/run/bsr/nbd");

    final VirtualLoop loop = new VirtualLoop();
    final Random random;
    final MemoryNetwork network;
    final BufferPool pool;
    final MemoryVolume volume;
    final ExportTable exports = new ExportTable();
    final List<String> log = new ArrayList<>();
    final NbdServer server;

    ServerInMemory(long seed) {
        this(seed, 64 << 20, 8 << 20, 512, NbdLimits.DEFAULT);
    }

    ServerInMemory(long seed, long volumeBytes, long poolBytes, int logicalBlock, NbdLimits limits) {
        random = new Random(seed);
        network = new MemoryNetwork(loop, random);
        pool = new BufferPool(poolBytes);
        volume = new MemoryVolume(loop::execute, volumeBytes, logicalBlock, random);
        exports.add(name("r0", 0), "resource r0, volume 0", volume);
        server = new NbdServer(network, pool, loop, exports, limits, log::add);
        try {
            server.listen(TCP);
            server.listen(UNIX);
        } catch (PortException e) {
            throw new AssertionError(e);
        }
    }

    static ExportName name(String resource, int volume) {
        return new ExportName(resource, new VolumeNumber(volume));
    }

    /** A connected client that has not said anything. */
    NbdTestClient connect() {
        return new NbdTestClient(loop, network.connect(TCP));
    }

    /** A client in the transmission phase, with simple replies. */
    NbdTestClient simpleClient() {
        return connect().greet().go("r0");
    }

    /** A client in the transmission phase, with structured replies and {@code base:allocation}. */
    NbdTestClient structuredClient() {
        return connect().greet().structured().allocationContext("r0").go("r0");
    }

    byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Asserts that nothing is left behind once all clients have gone. */
    void assertNothingLeft() {
        loop.advance(NbdLimits.DEFAULT.handshakeNanos() + NbdLimits.DEFAULT.closingNanos());
        check(server.connections() == 0, server.connections() + " connections are left: " + log);
        check(volume.users().isEmpty(), "the volume is still open");
        check(volume.pending() == 0, "requests are left at the volume");
        check(server.bufferBytes() == 0, server.bufferBytes() + " bytes are held by the server");
        check(pool.usedBytes() == 0, pool.usedBytes() + " bytes of the pool are in use");
    }

    @Nullable String lastLog() {
        return log.isEmpty() ? null : log.getLast();
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
