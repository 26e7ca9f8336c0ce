package io.bsr.net.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Errno;
import io.bsr.base.port.Network;
import io.bsr.base.port.PortException;
import io.bsr.base.port.SocketOptions;
import io.bsr.base.port.Stream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What listening and dialing must do. */
public abstract class NetworkContract extends NetworkFixture {
    /** Keeps what a dial came to. */
    private static final class Outcome implements Network.Dialer {
        final List<Stream> streams = new ArrayList<>();
        final List<String> failures = new ArrayList<>();

        @Override
        public void connected(Stream stream) {
            streams.add(stream);
        }

        @Override
        public void failed(String reason) {
            failures.add(reason);
        }

        boolean over() {
            return streams.size() + failures.size() > 0;
        }
    }

    /** A remote address that never answers; {@code null} if there is none in this world. */
    protected abstract Endpoint silentAddress();

    @Test
    void dialing_an_address_where_nobody_listens_fails_with_the_reason() throws Exception {
        Endpoint at = address();
        Outcome outcome = new Outcome();

        world().run(() -> {
            network(world()).dial(any(at), at, SocketOptions.DEFAULT, SECOND, outcome);
            assertEquals(false, outcome.over(), "called back before dial returned");
        });

        world().await("the failure", outcome::over);
        assertEquals(1, outcome.failures.size());
        String reason = outcome.failures.get(0);
        assertTrue(reason.contains("refused") || reason.contains("no such socket"), reason);
    }

    @Test
    void dialing_an_address_that_is_silent_fails_after_the_timeout() throws Exception {
        Endpoint at = silentAddress();
        Outcome outcome = new Outcome();
        long[] began = {0};
        long[] ended = {0};

        world().run(() -> {
            began[0] = world().timers().now();
            network(world()).dial(any(at), at, SocketOptions.DEFAULT, SECOND / 10, outcome);
        });

        world().await("the failure", () -> {
            ended[0] = world().timers().now();
            return outcome.over();
        });
        assertEquals(List.of(), outcome.streams);
        assertTrue(outcome.failures.get(0).contains("no answer within 100 ms"), outcome.failures.toString());
        assertTrue(ended[0] - began[0] >= SECOND / 10, "after " + (ended[0] - began[0]));
    }

    @Test
    void a_dial_that_is_given_up_calls_nothing() throws Exception {
        Endpoint silent = silentAddress();
        Endpoint refusing = address();
        Outcome outcome = new Outcome();

        world().run(() -> {
            Network network = network(world());
            network.dial(any(silent), silent, SocketOptions.DEFAULT, SECOND / 100, outcome)
                    .close();
            Network.Closeable second = network.dial(any(refusing), refusing, SocketOptions.DEFAULT, SECOND, outcome);
            second.close();
            second.close();
        });

        boolean[] later = {false};
        world().run(() -> world().timers().schedule(SECOND / 20, () -> later[0] = true));
        world().await("some time", () -> later[0]);
        assertEquals(false, outcome.over());
    }

    @Test
    void an_address_in_use_cannot_be_listened_at_and_is_free_again_after_close() throws Exception {
        Endpoint at = address();
        List<Network.Closeable> first = new ArrayList<>();

        world().run(() -> {
            Network network = network(world());
            first.add(network.listen(at, SocketOptions.DEFAULT, stream -> stream.close()));
            PortException refused =
                    assertThrows(PortException.class, () -> network.listen(at, SocketOptions.DEFAULT, s -> s.close()));
            assertEquals(Errno.EBUSY, refused.errno());
            String text = String.valueOf(refused.getMessage());
            assertTrue(text.contains("already in use") && text.contains(at.toString()), text);
            first.get(0).close();
            first.get(0).close();
        });
        world().run(() -> {});

        world().await("the address to be free", () -> {
            try {
                network(world())
                        .listen(at, SocketOptions.DEFAULT, stream -> stream.close())
                        .close();
                return true;
            } catch (PortException e) {
                return false;
            }
        });
    }

    @Test
    void streams_accepted_before_stay_open_when_listening_ends() throws Exception {
        Recorder a = new Recorder();
        Recorder b = new Recorder();

        connect(a, b);
        world().run(() -> a.stream().output(1).put((byte) 1));

        world().await("the byte", () -> b.input.size() == 1);
    }

    @Test
    void many_dials_at_once_are_all_accepted() throws Exception {
        Endpoint at = address();
        List<Stream> accepted = new ArrayList<>();
        Outcome outcome = new Outcome();

        world().run(() -> {
            Network network = network(world());
            network.listen(at, SocketOptions.DEFAULT, accepted::add);
            for (int i = 0; i < 100; i++) {
                network.dial(any(at), at, SocketOptions.DEFAULT, 5 * SECOND, outcome);
            }
        });

        world().await("all of them", () -> accepted.size() == 100 && outcome.streams.size() == 100);
        assertEquals(List.of(), outcome.failures);
        world().run(() -> {
            accepted.forEach(Stream::close);
            outcome.streams.forEach(Stream::close);
        });
    }

    @Test
    void a_stream_that_is_closed_unstarted_ends_the_other_side() throws Exception {
        Endpoint at = address();
        Recorder recorder = new Recorder();

        world().run(() -> {
            Network network = network(world());
            network.listen(at, SocketOptions.DEFAULT, stream -> stream.close());
            network.dial(any(at), at, SocketOptions.DEFAULT, SECOND, new Network.Dialer() {
                @Override
                public void connected(Stream stream) {
                    recorder.stream = stream;
                    stream.start(recorder);
                }

                @Override
                public void failed(String reason) {
                    throw new AssertionError(reason);
                }
            });
        });

        world().await("the end", () -> !recorder.closed.isEmpty());
        assertEquals(1, recorder.closed.size());
    }

    @Test
    void a_stream_whose_acceptor_fails_is_closed() throws Exception {
        Endpoint at = address();
        Recorder recorder = new Recorder();

        world().run(() -> {
            Network network = network(world());
            network.listen(at, SocketOptions.DEFAULT, stream -> {
                throw new IllegalStateException("planted");
            });
            network.dial(any(at), at, SocketOptions.DEFAULT, SECOND, new Network.Dialer() {
                @Override
                public void connected(Stream stream) {
                    stream.start(recorder);
                }

                @Override
                public void failed(String reason) {
                    throw new AssertionError(reason);
                }
            });
        });

        world().await("the end", () -> !recorder.closed.isEmpty());
        assertEquals(1, world().failures());
    }

    @Test
    void addresses_that_are_none_are_refused_with_the_reason() throws Exception {
        Endpoint[] wrong = {
            Endpoint.ipv4("localhost", 7000),
            Endpoint.ipv4("1.2.3", 7000),
            Endpoint.ipv4("::1", 7000),
            Endpoint.ipv6("127.0.0.1", 7000),
            Endpoint.ipv6("fe80::xyz", 7000),
            Endpoint.ipv4("", 7000),
            Endpoint.unix(""),
            Endpoint.unix("/tmp/" + "x".repeat(108)),
            Endpoint.unix("/tmp/a\0b"),
        };
        for (Endpoint endpoint : wrong) {
            Outcome outcome = new Outcome();
            world().run(() -> {
                Network network = network(world());
                PortException refused = assertThrows(
                        PortException.class,
                        () -> network.listen(endpoint, SocketOptions.DEFAULT, Stream::close),
                        endpoint.toString());
                assertEquals(Errno.EINVAL, refused.errno());
                network.dial(any(endpoint), endpoint, SocketOptions.DEFAULT, SECOND, outcome);
            });
            world().await("the failure", outcome::over);
            assertEquals(1, outcome.failures.size(), endpoint.toString());
            assertTrue(outcome.failures.get(0).startsWith("Cannot use the"), outcome.failures.toString());
        }
    }

    @Test
    void socket_buffers_can_be_sized() throws Exception {
        Endpoint at = address();
        SocketOptions small = new SocketOptions(16 * 1024, 16 * 1024);
        Outcome outcome = new Outcome();
        List<Stream> accepted = new ArrayList<>();
        world().run(() -> {
            Network network = network(world());
            network.listen(at, small, accepted::add);
            network.dial(any(at), at, small, SECOND, outcome);
        });
        world().await("a connection", () -> outcome.over() && !accepted.isEmpty());

        world().run(() -> {
            Stream stream = outcome.streams.get(0);
            stream.start(new Recorder());
            for (int i = 0; i < 64; i++) {
                stream.output(65536).put(new byte[65536]);
            }
        });

        long[] last = {-1};
        world().await("the buffers to be full", () -> {
            boolean same = last[0] == outcome.streams.get(0).unsentBytes();
            last[0] = outcome.streams.get(0).unsentBytes();
            return same;
        });
        assertTrue(last[0] > 3 << 20, "unsent " + last[0]);
    }

    @Test
    void everything_open_is_closed_without_a_callback_when_the_loop_stops() throws Exception {
        Recorder a = new Recorder();
        Recorder b = new Recorder();
        connect(a, b);

        world().close();

        assertEquals(List.of(), a.closed);
        assertEquals(List.of(), b.closed);
    }
}
