package io.bsr.net;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Endpoint;
import io.bsr.base.port.SocketOptions;
import io.bsr.base.port.Stream;
import io.bsr.base.port.StreamHandler;
import io.bsr.loop.LoopKind;
import io.bsr.loop.contract.Meter;
import io.bsr.loop.contract.RealWorld;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams of a ring allocate nothing for a message once they have warmed up. */
final class StreamAllocationTest {
    private static final int MESSAGE = 4096;
    private static final int IN_FLIGHT = 16;
    private static final int ROUND = 20_000;
    private static final int ROUNDS = 15;

    /** Bytes: half of the smallest object. The test's own waiting on the loop allocates a little. */
    private static final double BOUND = 8;

    @TempDir
    @Nullable Path folder;

    @Test
    void messages_through_a_ring_allocate_nothing() throws Exception {
        try (RealWorld world = RealWorld.open(LoopKind.URING)) {
            Endpoint at =
                    Endpoint.unix(Objects.requireNonNull(folder).resolve("s").toString());
            Echo near = new Echo(world);
            Echo far = new Echo(world);
            world.run(() -> {
                var network = Networks.of(world.loop());
                network.listen(at, SocketOptions.DEFAULT, far::connected);
                network.dial(at, at, SocketOptions.DEFAULT, 1_000_000_000L, near);
            });
            world.await("a connection", () -> near.stream != null && far.stream != null);

            double least = Double.MAX_VALUE;
            world.run(() -> {
                for (int i = 0; i < IN_FLIGHT; i++) {
                    near.send();
                }
            });
            for (int round = 0; round < ROUNDS && least > BOUND; round++) {
                int target = world.call(() -> near.messages) + ROUND;
                Meter[] meter = new Meter[1];
                long[] allocated = {-1};
                near.whenReached(target, () -> allocated[0] = meter[0].allocatedBytes());
                world.run(() -> meter[0] = new Meter());
                world.await("a round", () -> allocated[0] >= 0);
                least = Math.min(least, (double) allocated[0] / ROUND);
            }

            assertTrue(least <= BOUND, least + " bytes for each message");
        }
    }

    /** Sends back what it gets. */
    private static final class Echo implements StreamHandler, io.bsr.base.port.Network.Dialer {
        private final RealWorld world;
        private final Buffer buffer;
        private @Nullable Stream stream;
        private int messages;
        private int target = Integer.MAX_VALUE;
        private Runnable reached = () -> {};

        Echo(RealWorld world) throws Exception {
            this.world = world;
            this.buffer =
                    world.call(() -> Objects.requireNonNull(world.buffers().tryAcquire(MESSAGE)));
        }

        void whenReached(int count, Runnable then) throws Exception {
            world.run(() -> {
                target = count;
                reached = then;
            });
        }

        @Override
        public void connected(Stream connected) {
            stream = connected;
            connected.start(this);
        }

        @Override
        public void failed(String reason) {
            throw new IllegalStateException(reason);
        }

        void send() {
            Stream to = stream;
            if (to != null) {
                to.output(8).putLong(messages);
                to.send(buffer, 0, MESSAGE);
            }
        }

        @Override
        public void received(ByteBuffer in) {
            Stream from = stream;
            if (in.remaining() >= 8 && from != null) {
                in.getLong();
                from.receiveInto(buffer, 0, MESSAGE);
            }
        }

        @Override
        public void payloadReceived() {
            messages++;
            send();
            if (messages == target) {
                reached.run();
            }
        }

        @Override
        public void drained() {}

        @Override
        public void closed(String reason) {}
    }
}
