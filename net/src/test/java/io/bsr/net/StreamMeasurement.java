package io.bsr.net;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Network;
import io.bsr.base.port.SocketOptions;
import io.bsr.base.port.Stream;
import io.bsr.base.port.StreamHandler;
import io.bsr.loop.LoopKind;
import io.bsr.loop.contract.Meter;
import io.bsr.loop.contract.RealWorld;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Requests with a payload that are answered by a short reply, as in replication: one loop asks, another one answers over
 * TCP on this host. A main program, not a test: figures mean nothing on a busy machine.
 */
final class StreamMeasurement {
    private static final int HEADER = 32;
    private static final int REPLY = 16;

    private StreamMeasurement() {}

    public static void main(String[] arguments) throws Exception {
        int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3;
        for (LoopKind kind : new LoopKind[] {LoopKind.URING, LoopKind.PORTABLE}) {
            for (int[] shape : new int[][] {{1, 0}, {1, 4096}, {32, 4096}, {8, 1 << 20}}) {
                try (RealWorld asking = RealWorld.open(kind);
                        RealWorld answering = RealWorld.open(kind)) {
                    measure(asking, answering, shape[0], shape[1], seconds);
                }
            }
        }
    }

    private static void measure(RealWorld asking, RealWorld answering, int depth, int payload, int seconds)
            throws Exception {
        Endpoint at = Endpoint.ipv4("127.0.0.1", 17999);
        answering.run(() -> Networks.of(answering.loop()).listen(at, SocketOptions.DEFAULT, stream -> {
            stream.start(new Answerer(answering, stream));
        }));
        Asker asker = new Asker(asking, depth, payload);
        asking.run(() -> Networks.of(asking.loop())
                .dial(Endpoint.ipv4("0.0.0.0", 0), at, SocketOptions.DEFAULT, 1_000_000_000L, asker));
        asking.await("a connection", () -> asker.stream != null);
        String name = asking.loop().kind() + " " + payload + " bytes, depth " + depth;
        for (int round = 0; round < 2; round++) {
            Meter[] meters = new Meter[2];
            answering.run(() -> meters[1] = new Meter());
            asking.run(() -> {
                asker.count = 0;
                meters[0] = new Meter();
                asker.begin(System.nanoTime() + seconds * 1_000_000_000L);
            });
            Thread.sleep(seconds * 1000L);
            List<String> lines = new ArrayList<>();
            while (lines.isEmpty()) {
                Thread.sleep(20);
                asking.run(() -> {
                    if (asker.open == 0) {
                        lines.add(meters[0].report(name + ", asking", asker.count));
                    }
                });
            }
            answering.run(() -> lines.add(meters[1].report(name + ", answering", asker.count)));
            lines.forEach(System.out::println);
        }
    }

    private static final class Asker implements Network.Dialer, StreamHandler {
        private final RealWorld world;
        private final int depth;
        private final int payload;
        private final Buffer buffer;
        private @Nullable Stream stream;
        private long end;
        private long count;
        private int open;

        Asker(RealWorld world, int depth, int payload) throws Exception {
            this.world = world;
            this.depth = depth;
            this.payload = payload;
            this.buffer =
                    world.call(() -> Objects.requireNonNull(world.buffers().tryAcquire(Math.max(1, payload))));
        }

        void begin(long until) {
            end = until;
            for (int i = 0; i < depth; i++) {
                ask();
            }
        }

        private void ask() {
            open++;
            Stream to = Objects.requireNonNull(stream);
            ByteBuffer out = to.output(HEADER);
            out.putInt(payload);
            for (int i = 4; i < HEADER; i += 4) {
                out.putInt(i);
            }
            if (payload > 0) {
                to.send(buffer, 0, payload);
            }
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

        @Override
        public void received(ByteBuffer in) {
            while (in.remaining() >= REPLY) {
                in.position(in.position() + REPLY);
                open--;
                count++;
                if (world.timers().now() < end) {
                    ask();
                }
            }
        }

        @Override
        public void payloadReceived() {}

        @Override
        public void drained() {}

        @Override
        public void closed(String reason) {}
    }

    private static final class Answerer implements StreamHandler {
        private final RealWorld world;
        private final Stream stream;
        private @Nullable Buffer payload;

        Answerer(RealWorld world, Stream stream) {
            this.world = world;
            this.stream = stream;
        }

        @Override
        public void received(ByteBuffer in) {
            while (in.remaining() >= HEADER) {
                int length = in.getInt();
                in.position(in.position() + HEADER - 4);
                if (length > 0) {
                    Buffer target = Objects.requireNonNull(world.buffers().tryAcquire(length));
                    payload = target;
                    stream.receiveInto(target, 0, length);
                    return;
                }
                answer();
            }
        }

        private void answer() {
            stream.output(REPLY).putLong(1).putLong(2);
        }

        @Override
        public void payloadReceived() {
            Objects.requireNonNull(payload).release();
            answer();
        }

        @Override
        public void drained() {}

        @Override
        public void closed(String reason) {}
    }
}
