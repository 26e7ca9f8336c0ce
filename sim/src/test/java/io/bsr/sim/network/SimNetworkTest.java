package io.bsr.sim.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.memory.Buffer;
import io.bsr.base.memory.BufferPool;
import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Network;
import io.bsr.base.port.PortException;
import io.bsr.base.port.SocketOptions;
import io.bsr.base.port.Stream;
import io.bsr.base.port.StreamHandler;
import io.bsr.sim.time.EventHash;
import io.bsr.sim.time.ProcessLoop;
import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.Timeline;
import io.bsr.sim.time.VirtualClock;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SimNetworkTest {
    private static final Endpoint HERE = Endpoint.ipv4("10.0.0.1", 0);
    private static final Endpoint THERE = Endpoint.ipv4("10.0.0.2", 7788);
    private static final long SECOND = VirtualClock.SECOND;

    private final VirtualClock clock = new VirtualClock();
    private final EventHash hash = new EventHash();
    private final Timeline silent = new Timeline(clock, Timeline.Detail.NOTHING, 0, line -> {});
    private final SimNetwork network = new SimNetwork(
            clock,
            hash,
            new SimRandom(5),
            new LinkQuality(200_000, 100_000, 50_000_000, 64 << 10, 0.3, 30 * SECOND),
            silent);
    private final Host near = network.host("10.0.0.1");
    private final Host far = network.host("10.0.0.2");
    private final ProcessLoop dialer = new ProcessLoop(0, clock, hash, 1);
    private final ProcessLoop acceptor = new ProcessLoop(1, clock, hash, 1);
    private final Network fromNear = network.port(dialer, near);
    private final Network fromFar = network.port(acceptor, far);
    private final BufferPool pool = new BufferPool(16 << 20);
    private final List<String> failures = new ArrayList<>();
    private @Nullable End left;
    private @Nullable End right;

    /** Collects what a stream delivers. */
    private static final class End implements StreamHandler {
        final Stream stream;
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final List<String> ends = new ArrayList<>();
        int drained;

        End(Stream stream) {
            this.stream = stream;
        }

        @Override
        public void received(ByteBuffer in) {
            byte[] some = new byte[in.remaining()];
            in.get(some);
            bytes.writeBytes(some);
        }

        @Override
        public void payloadReceived() {
            throw new AssertionError("no payload was asked for");
        }

        @Override
        public void drained() {
            drained++;
        }

        @Override
        public void closed(String reason) {
            ends.add(reason);
        }
    }

    private void run(long duration) {
        clock.runUntil(clock.now() + duration, Long.MAX_VALUE);
    }

    private void turn(ProcessLoop loop, Runnable action) {
        loop.turn(ProcessLoop.Kind.COMMAND, action);
    }

    private void listen() {
        turn(acceptor, () -> {
            try {
                Network.Closeable handle = fromFar.listen(THERE, SocketOptions.DEFAULT, stream -> {
                    right = new End(stream);
                    stream.start(right);
                });
                assertNotNull(handle);
            } catch (PortException e) {
                throw new AssertionError(e);
            }
        });
    }

    private void dial(long timeout) {
        turn(dialer, () -> {
            Network.Closeable handle = fromNear.dial(HERE, THERE, SocketOptions.DEFAULT, timeout, new Network.Dialer() {
                @Override
                public void connected(Stream stream) {
                    left = new End(stream);
                    stream.start(left);
                }

                @Override
                public void failed(String reason) {
                    failures.add(reason);
                }
            });
            assertNotNull(handle);
        });
    }

    private static End present(@Nullable End end) {
        if (end == null) {
            throw new AssertionError("not connected");
        }
        return end;
    }

    private void connect() {
        listen();
        dial(5 * SECOND);
        run(SECOND);
        assertEquals(List.of(), failures);
        present(left);
        present(right);
    }

    private void put(End end, byte[] bytes) {
        for (int at = 0; at < bytes.length; at += 60_000) {
            int count = Math.min(60_000, bytes.length - at);
            end.stream.output(count).put(bytes, at, count);
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    void bytes_arrive_complete_and_in_order_from_puts_and_buffers_alike() {
        connect();
        byte[] first = random(1000);
        byte[] second = random(300_000);
        byte[] third = random(77);
        Buffer buffer = pool.tryAcquire(second.length);
        assertNotNull(buffer);
        buffer.bytes().put(0, second);

        turn(dialer, () -> {
            put(present(left), first);
            present(left).stream.send(buffer, 0, second.length);
            buffer.release();
            put(present(left), third);
        });
        run(5 * SECOND);

        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        expected.writeBytes(first);
        expected.writeBytes(second);
        expected.writeBytes(third);
        assertArrayEquals(expected.toByteArray(), present(right).bytes.toByteArray());
        assertEquals(0, pool.usedBytes());
        assertEquals(1, present(left).drained);
        assertEquals(expected.size(), present(right).stream.receivedBytes());
        assertTrue(network.quiet());
    }

    @Test
    void payloads_go_where_they_were_asked_for_and_skipped_input_nowhere() {
        listen();
        byte[] data = random(200_000);
        Buffer target = pool.tryAcquire(100_000);
        assertNotNull(target);
        List<String> seen = new ArrayList<>();
        turn(acceptor, () -> far.listeners().clear());
        turn(acceptor, () -> {
            try {
                fromFar.listen(
                        THERE,
                        SocketOptions.DEFAULT,
                        stream -> stream.start(new StreamHandler() {
                            private int step;

                            @Override
                            public void received(ByteBuffer in) {
                                if (step == 0 && in.remaining() >= 10) {
                                    in.position(in.position() + 10);
                                    step = 1;
                                    stream.receiveInto(target, 4096, 90_000);
                                } else if (step == 3) {
                                    seen.add("rest begins with " + in.get(in.position()));
                                    in.position(in.limit());
                                    step = 4;
                                } else {
                                    in.position(step > 3 ? in.limit() : in.position());
                                }
                            }

                            @Override
                            public void payloadReceived() {
                                step++;
                                seen.add("payload " + step);
                                if (step == 2) {
                                    stream.skipInput(50_000);
                                }
                            }

                            @Override
                            public void drained() {}

                            @Override
                            public void closed(String reason) {
                                seen.add(reason);
                            }
                        }));
            } catch (PortException e) {
                throw new AssertionError(e);
            }
        });
        dial(5 * SECOND);
        run(SECOND);

        turn(dialer, () -> put(present(left), data));
        run(5 * SECOND);

        byte[] got = new byte[90_000];
        target.bytes().get(4096, got);
        byte[] expected = new byte[90_000];
        System.arraycopy(data, 10, expected, 0, 90_000);
        assertArrayEquals(expected, got);
        assertEquals(List.of("payload 2", "payload 3", "rest begins with " + data[140_010]), seen);
        assertEquals(1, target.references());
    }

    @Test
    void a_paused_reader_gets_nothing_and_slows_the_sender_down() {
        connect();
        byte[] data = random(500_000);
        turn(acceptor, () -> present(right).stream.pauseReading());
        turn(dialer, () -> put(present(left), data));
        run(5 * SECOND);

        assertEquals(0, present(right).bytes.size());
        assertTrue(present(left).stream.unsentBytes() > 300_000, "the window does not limit what is sent");
        turn(acceptor, () -> present(right).stream.resumeReading());
        run(5 * SECOND);

        assertArrayEquals(data, present(right).bytes.toByteArray());
        assertEquals(0, present(left).stream.unsentBytes());
    }

    @Test
    void nobody_listening_means_refused_and_a_cut_means_timed_out() {
        dial(5 * SECOND);
        run(SECOND);
        assertEquals(1, failures.size());
        assertTrue(failures.getFirst().contains("refused"), failures.toString());

        listen();
        network.cut(near, far);
        dial(3 * SECOND);
        run(2 * SECOND);
        assertEquals(1, failures.size());
        run(2 * SECOND);

        assertEquals(2, failures.size());
        assertTrue(failures.getLast().contains("timed out"), failures.toString());
        assertNull(right);
    }

    @Test
    void a_dial_during_a_short_cut_succeeds_after_it() {
        listen();
        network.cut(near, far);
        dial(20 * SECOND);
        run(2 * SECOND);
        network.heal(near, far);
        run(5 * SECOND);

        assertEquals(List.of(), failures);
        present(left);
        present(right);
    }

    @Test
    void an_abandoned_dial_is_silent() {
        listen();
        turn(dialer, () -> {
            Network.Closeable handle = fromNear.dial(HERE, THERE, SocketOptions.DEFAULT, SECOND, new Network.Dialer() {
                @Override
                public void connected(Stream stream) {
                    failures.add("connected");
                }

                @Override
                public void failed(String reason) {
                    failures.add(reason);
                }
            });
            handle.close();
        });

        run(3 * SECOND);

        assertEquals(List.of(), failures);
        assertNull(right);
    }

    @Test
    void bytes_sent_into_a_cut_arrive_after_it_and_nobody_notices_before() {
        connect();
        byte[] data = random(5000);
        network.cut(near, far);
        turn(dialer, () -> put(present(left), data));
        run(4 * SECOND);
        assertEquals(0, present(right).bytes.size());
        assertEquals(List.of(), present(left).ends);

        network.heal(near, far);
        run(10 * SECOND);

        assertArrayEquals(data, present(right).bytes.toByteArray());
        assertEquals(List.of(), present(right).ends);
    }

    @Test
    void a_one_way_cut_leaves_the_other_way_open() {
        connect();
        network.cut(near, far);
        byte[] data = random(100);

        turn(acceptor, () -> put(present(right), data));
        run(SECOND);

        assertArrayEquals(data, present(left).bytes.toByteArray());
    }

    @Test
    void tcp_gives_up_after_a_long_cut_on_the_side_that_sends() {
        connect();
        network.cut(near, far);
        network.cut(far, near);
        turn(dialer, () -> put(present(left), random(10)));

        run(40 * SECOND);

        assertEquals(List.of("connection timed out"), present(left).ends);
        assertEquals(List.of(), present(right).ends);
    }

    @Test
    void a_reset_ends_both_sides() {
        connect();

        network.resetConnections(near, 1);
        run(SECOND);

        assertEquals(List.of("connection reset by peer"), present(left).ends);
        assertEquals(List.of("connection reset by peer"), present(right).ends);
    }

    @Test
    void close_lets_what_was_sent_arrive_and_then_ends_the_stream() {
        connect();
        byte[] data = random(20_000);
        turn(dialer, () -> put(present(left), data));
        turn(dialer, () -> present(left).stream.close());

        run(2 * SECOND);

        assertArrayEquals(data, present(right).bytes.toByteArray());
        assertEquals(List.of("end of stream"), present(right).ends);
        assertEquals(List.of(), present(left).ends);
    }

    @Test
    void close_after_sending_waits_for_a_full_window() {
        connect();
        byte[] data = random(400_000);
        turn(dialer, () -> {
            put(present(left), data);
            present(left).stream.closeAfterSending(30 * SECOND);
        });

        run(10 * SECOND);

        assertArrayEquals(data, present(right).bytes.toByteArray());
        assertEquals(List.of("end of stream"), present(right).ends);
    }

    @Test
    void the_kernel_closes_the_connections_of_a_killed_process() {
        connect();

        acceptor.die();
        network.processDied(acceptor);
        run(SECOND);

        assertEquals(List.of("end of stream"), present(left).ends);
        dial(SECOND);
        run(2 * SECOND);
        assertTrue(failures.getFirst().contains("refused"), failures.toString());
    }

    @Test
    void a_host_without_power_is_silent_and_answers_with_a_reset_when_it_is_back() {
        connect();
        network.powerLost(far, acceptor);
        acceptor.die();
        turn(dialer, () -> put(present(left), random(10)));
        run(5 * SECOND);
        assertEquals(List.of(), present(left).ends);

        network.powerBack(far);
        run(20 * SECOND);

        assertEquals(List.of("connection reset by peer"), present(left).ends);
    }

    @Test
    void an_address_in_use_cannot_be_listened_at_again() {
        listen();

        turn(acceptor, () -> {
            PortException refused =
                    assertThrows(PortException.class, () -> fromFar.listen(THERE, SocketOptions.DEFAULT, stream -> {}));
            assertTrue(String.valueOf(refused.getMessage()).contains("in use"));
        });
    }

    @Test
    void many_short_exchanges_survive_random_cuts_or_end() {
        for (int seed = 0; seed < 40; seed++) {
            connect();
            End a = present(left);
            End b = present(right);
            byte[] data = random(50_000 + seed);
            turn(dialer, () -> put(a, data));
            network.cut(near, far);
            run(seed * 30_000_000L);
            network.heal(near, far);
            run(60 * SECOND);

            assertArrayEquals(data, b.bytes.toByteArray());
            turn(dialer, () -> a.stream.close());
            turn(acceptor, () -> b.stream.close());
            turn(acceptor, () -> far.listeners().clear());
            run(SECOND);
            left = null;
            right = null;
        }

        assertTrue(network.quiet());
    }
}
