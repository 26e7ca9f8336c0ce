package io.bsr.net.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.memory.Buffer;
import io.bsr.base.memory.BufferPool;
import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Stream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a connected stream must do, whatever carries its bytes. */
public abstract class StreamContract extends NetworkFixture {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void put(Stream stream, String text) {
        byte[] bytes = bytes(text);
        stream.output(bytes.length).put(bytes);
    }

    private static String text(Recorder recorder) {
        return recorder.input.toString(StandardCharsets.UTF_8);
    }

    private Buffer buffer(int length) {
        return Objects.requireNonNull(world().buffers().tryAcquire(length));
    }

    @Test
    void what_is_put_in_one_turn_arrives_in_order_on_both_sides() throws Exception {
        Recorder a = new Recorder();
        Recorder b = new Recorder();
        connect(a, b);

        world().run(() -> {
            put(a.stream(), "hello ");
            put(a.stream(), "world");
            b.stream().output(8).putInt(7).putInt(8);
        });

        world().await("both", () -> a.input.size() == 8 && b.input.size() == 11);
        assertEquals("hello world", text(b));
        assertEquals(7, ByteBuffer.wrap(a.input.toByteArray()).getInt());
        assertEquals(11L, world().call(() -> b.stream().receivedBytes()).longValue());
        assertEquals(0L, world().call(() -> a.stream().unsentBytes()).longValue());
        assertEquals(1, a.drained);
        assertEquals(0, world().failures());
    }

    @Test
    void both_ends_know_each_other() throws Exception {
        Recorder a = new Recorder();
        Recorder b = new Recorder();
        connect(a, b);

        assertEquals(a.stream().remote(), b.stream().local());
        if (a.stream().local().family() != Endpoint.Family.UNIX) {
            assertEquals(a.stream().local(), b.stream().remote());
        }
    }

    @Test
    void a_buffer_is_held_until_it_is_sent_and_then_given_back() throws Exception {
        Recorder a = new Recorder();
        Recorder b = new Recorder();
        connect(a, b);
        Buffer payload = world().call(() -> buffer(1 << 20));

        world().run(() -> {
            for (int i = 0; i < 1 << 20; i++) {
                payload.bytes().put(i, (byte) (i >>> 4));
            }
            put(a.stream(), "head");
            a.stream().send(payload, 4096, (1 << 20) - 4096);
            put(a.stream(), "tail");
            assertEquals(2, payload.references());
            assertEquals((1 << 20) - 4096 + 8, a.stream().unsentBytes());
        });

        world().await("all of it", () -> b.input.size() == (1 << 20) - 4096 + 8);
        world().await("the reference", () -> payload.references() == 1);
        byte[] got = b.input.toByteArray();
        assertEquals("head", new String(got, 0, 4, StandardCharsets.UTF_8));
        assertEquals("tail", new String(got, got.length - 4, 4, StandardCharsets.UTF_8));
        for (int i = 4096; i < 1 << 20; i++) {
            assertEquals((byte) (i >>> 4), got[4 + i - 4096], "byte " + i);
        }
        world().run(payload::release);
        assertEquals(0L, world().call(() -> world().buffers().usedBytes()).longValue());
    }

    @Test
    void units_of_every_kind_and_size_arrive_unchanged_in_both_directions() throws Exception {
        int[] largest = {100, 5000, 70_000, 1 << 20, 1 << 20, 200_000};
        for (int seed = 0; seed < largest.length; seed++) {
            int count = Math.min(2000, 20_000_000 / largest[seed]);
            Both a = new Both(world().buffers(), seed, count, largest[seed]);
            Both b = new Both(world().buffers(), seed + 100, count, largest[seed]);
            connect(a, b);

            world().run(() -> {
                a.begin();
                b.begin();
            });

            world().await(
                            "all units of seed " + seed,
                            () -> (a.receiver.units == count && b.receiver.units == count) || world().failures() > 0);
            assertEquals(0, world().failures());
            world().run(() -> a.stream().close());
            world().await("the other end", () -> !b.closed.isEmpty());
        }
        assertEquals(0L, world().call(() -> world().buffers().usedBytes()).longValue());
    }

    @Test
    void a_reader_that_pauses_gets_everything_and_slows_the_writer_down() throws Exception {
        Units.Sender sender = new Units.Sender(world().buffers(), 5, 400, 200_000);
        Units.Receiver receiver = new Units.Receiver(world().buffers()) {
            @Override
            void unitDone() {
                super.unitDone();
                if (units % 10 == 0) {
                    stream().pauseReading();
                    world().timers().schedule(200_000, stream()::resumeReading);
                }
            }
        };
        connect(sender, receiver);

        world().run(sender::pump);

        world().await("all units", () -> receiver.units == 400 || world().failures() > 0);
        assertEquals(0, world().failures());
    }

    @Test
    void a_paused_stream_delivers_nothing_and_the_writer_is_left_with_its_output() throws Exception {
        Recorder a = new Recorder();
        Recorder b = new Recorder();
        connect(a, b);
        int total = 32 << 20;
        world().run(() -> b.stream().pauseReading());
        world().run(() -> {
            for (int i = 0; i < total / 65536; i++) {
                a.stream().output(65536).put(new byte[65536]);
            }
        });

        world().await("the network to fill up", () -> a.stream().unsentBytes() < total);
        long[] before = {-1};
        world().await("no more progress", () -> {
            boolean same = before[0] == a.stream().unsentBytes();
            before[0] = a.stream().unsentBytes();
            return same;
        });

        assertEquals(0, b.input.size());
        assertTrue(before[0] > total / 4, "unsent " + before[0]);
        assertEquals(0, a.drained);
        world().run(() -> b.stream().resumeReading());
        world().await("everything", () -> b.input.size() == total);
        world().await("drained", () -> a.drained > 0);
    }

    @Test
    void pausing_within_a_callback_holds_back_input_that_is_staged_already() throws Exception {
        Recorder a = new Recorder();
        Recorder b = new Recorder() {
            @Override
            public void received(ByteBuffer in) {
                // One byte at a time: a payload of no length makes the stream offer the rest at once.
                input.write(in.get());
                stream().pauseReading();
            }
        };
        connect(a, b);

        world().run(() -> put(a.stream(), "abc"));
        world().await("the first byte", () -> b.input.size() == 1);
        world().run(() -> b.stream().resumeReading());
        world().await("the second byte", () -> b.input.size() == 2);
        world().run(() -> b.stream().resumeReading());

        world().await("the third byte", () -> b.input.size() == 3);
        assertEquals("abc", text(b));
    }

    @Test
    void a_stream_holds_a_reference_to_the_target_of_a_payload_only_while_it_receives() throws Exception {
        Recorder a = new Recorder();
        Buffer target = world().call(() -> buffer(65536));
        Recorder b = new Recorder() {
            @Override
            public void received(ByteBuffer in) {
                if (payloads == 0) {
                    stream().receiveInto(target, 100, 60_000);
                } else {
                    super.received(in);
                }
            }
        };
        connect(a, b);

        world().run(() -> a.stream().output(30_000).put(new byte[30_000]));
        world().await("half of the payload", () -> b.stream().receivedBytes() == 30_000);
        int during = world().call(target::references);
        world().run(() -> {
            a.stream().output(30_000).put(new byte[30_000]);
            put(a.stream(), "next");
        });

        world().await("the rest", () -> b.input.size() == 4);
        assertEquals(2, during);
        assertEquals(1, world().call(target::references).intValue());
        assertEquals("next", text(b));
    }

    @Test
    void several_payloads_can_follow_each_other_without_input_between_them() throws Exception {
        Recorder a = new Recorder();
        List<Buffer> targets = new ArrayList<>();
        Recorder b = new Recorder() {
            @Override
            public void received(ByteBuffer in) {
                if (payloads == 0) {
                    next();
                } else {
                    super.received(in);
                }
            }

            @Override
            public void payloadReceived() {
                super.payloadReceived();
                if (payloads < 10) {
                    next();
                }
            }

            private void next() {
                Buffer target = buffer(65536);
                targets.add(target);
                stream().receiveInto(target, 0, 40_000);
            }
        };
        connect(a, b);

        world().run(() -> {
            for (int i = 0; i < 10; i++) {
                byte[] body = new byte[40_000];
                Arrays.fill(body, (byte) i);
                a.stream().output(40_000).put(body);
            }
            put(a.stream(), "end");
        });

        world().await("the end", () -> b.input.size() == 3);
        for (int i = 0; i < 10; i++) {
            assertEquals(i, targets.get(i).bytes().get(0));
            assertEquals(i, targets.get(i).bytes().get(39_999));
        }
        assertEquals("end", text(b));
    }

    @Test
    void a_very_long_stretch_of_input_can_be_skipped() throws Exception {
        Recorder a = new Recorder();
        long skipped = 20_000_000;
        Recorder b = new Recorder() {
            @Override
            public void received(ByteBuffer in) {
                if (payloads == 0) {
                    stream().skipInput(skipped);
                } else {
                    super.received(in);
                }
            }
        };
        connect(a, b);

        world().run(() -> {
            for (long left = skipped; left > 0; left -= 50_000) {
                a.stream().output(50_000).put(new byte[50_000]);
            }
            put(a.stream(), "after");
        });

        world().await("what follows", () -> b.input.size() == 5);
        assertEquals("after", text(b));
        assertEquals(1, b.payloads);
    }

    @Test
    void a_handler_may_wait_for_as_much_contiguous_input_as_is_promised() throws Exception {
        Recorder a = new Recorder();
        Recorder b = new Recorder() {
            @Override
            public void received(ByteBuffer in) {
                if (in.remaining() >= Stream.STAGED_INPUT_BYTES) {
                    byte[] unit = new byte[Stream.STAGED_INPUT_BYTES];
                    in.get(unit);
                    input.writeBytes(unit);
                }
            }
        };
        connect(a, b);

        world().run(() -> {
            for (int i = 0; i < 20 * 64; i++) {
                byte[] part = new byte[1024];
                Arrays.fill(part, (byte) i);
                a.stream().output(1024).put(part);
            }
        });

        world().await("twenty units", () -> b.input.size() == 20 * Stream.STAGED_INPUT_BYTES || world().failures() > 0);
        assertEquals(0, world().failures());
        byte[] got = b.input.toByteArray();
        for (int i = 0; i < got.length; i++) {
            assertEquals((byte) (i / 1024), got[i], "byte " + i);
        }
    }

    @Test
    void a_handler_that_never_consumes_is_closed_and_reported() throws Exception {
        Recorder a = new Recorder();
        Recorder b = new Recorder() {
            @Override
            public void received(ByteBuffer in) {}
        };
        connect(a, b);

        world().run(() -> {
            for (int i = 0; i < 64; i++) {
                a.stream().output(65536).put(new byte[65536]);
            }
        });

        world().await("the end", () -> !b.closed.isEmpty());
        assertEquals(1, world().failures());
        assertTrue(b.closed.get(0).startsWith("internal error"), b.closed.toString());
        world().await("the other end", () -> !a.closed.isEmpty());
    }

    @Test
    void the_other_side_hears_end_of_stream_after_all_that_was_sent() throws Exception {
        Recorder a = new Recorder();
        Recorder b = new Recorder();
        connect(a, b);

        world().run(() -> {
            for (int i = 0; i < 100; i++) {
                a.stream().output(60_000).put(new byte[60_000]);
            }
            a.stream().closeAfterSending(5 * SECOND);
            put(a.stream(), "too late");
        });

        world().await("the end", () -> !b.closed.isEmpty());
        assertEquals(List.of("end of stream"), b.closed);
        assertEquals(6_000_000, b.input.size());
        assertEquals(List.of(), a.closed);
    }

    @Test
    void close_after_sending_gives_up_when_the_other_side_does_not_read() throws Exception {
        Recorder a = new Recorder();
        Recorder b = new Recorder();
        connect(a, b);
        Buffer payload = world().call(() -> buffer(1 << 20));
        world().run(() -> b.stream().pauseReading());

        world().run(() -> {
            for (int i = 0; i < 32; i++) {
                a.stream().send(payload, 0, 1 << 20);
            }
            a.stream().closeAfterSending(SECOND / 20);
        });

        world().await("the references", () -> payload.references() == 1);
        assertEquals(List.of(), a.closed);
    }

    @Test
    void close_drops_output_and_calls_nothing_any_more() throws Exception {
        Recorder a = new Recorder();
        Recorder b = new Recorder();
        connect(a, b);
        Buffer payload = world().call(() -> buffer(1 << 20));
        world().run(() -> b.stream().pauseReading());
        world().run(() -> {
            for (int i = 0; i < 32; i++) {
                a.stream().send(payload, 0, 1 << 20);
            }
        });
        world().await("a send under way", () -> a.stream().unsentBytes() < 32 << 20);

        world().run(() -> {
            a.stream().close();
            a.stream().close();
            put(a.stream(), "ignored");
            a.stream().send(payload, 0, 1000);
            assertEquals(0, a.stream().unsentBytes());
            b.stream().resumeReading();
        });

        world().await("the references", () -> payload.references() == 1);
        world().await("the other side", () -> !b.closed.isEmpty());
        assertEquals(List.of(), a.closed);
        assertEquals(0, a.drained);
        assertTrue(b.input.size() < 32 << 20, "got " + b.input.size());
    }

    @Test
    void close_within_a_callback_ends_all_callbacks() throws Exception {
        Recorder a = new Recorder();
        Recorder b = new Recorder() {
            @Override
            public void received(ByteBuffer in) {
                input.write(in.get());
                stream().receiveInto(buffer(4096), 0, 1);
                stream().close();
            }
        };
        connect(a, b);

        world().run(() -> put(a.stream(), "abcdef"));

        world().await("the end", () -> !a.closed.isEmpty());
        assertEquals(1, b.input.size());
        assertEquals(0, b.payloads);
        assertEquals(List.of(), b.closed);
    }

    @Test
    void close_while_a_payload_arrives_gives_its_buffer_back() throws Exception {
        Recorder a = new Recorder();
        Buffer target = world().call(() -> buffer(1 << 20));
        Recorder b = new Recorder() {
            @Override
            public void received(ByteBuffer in) {
                stream().receiveInto(target, 0, 1 << 20);
            }
        };
        connect(a, b);
        world().run(() -> a.stream().output(50_000).put(new byte[50_000]));
        world().await("the beginning of the payload", () -> b.stream().receivedBytes() == 50_000);

        world().run(() -> b.stream().close());

        world().await("the reference", () -> target.references() == 1);
        assertEquals(0, b.payloads);
    }

    @Test
    void closing_with_unread_input_breaks_the_connection_for_the_writer() throws Exception {
        Recorder a = new Recorder();
        Recorder b = new Recorder();
        connect(a, b);
        world().run(() -> a.stream().pauseReading());
        world().run(() -> {
            for (int i = 0; i < 128; i++) {
                b.stream().output(65536).put(new byte[65536]);
            }
        });
        world().await("a full network", () -> b.stream().unsentBytes() < 128 * 65536);

        world().run(() -> a.stream().close());

        world().await("the end", () -> !b.closed.isEmpty());
        assertEquals(1, b.closed.size());
        assertTrue(
                b.closed.get(0).contains("reset") || b.closed.get(0).contains("closed the connection"),
                b.closed.toString());
        assertEquals(0L, world().call(() -> b.stream().unsentBytes()).longValue());
    }

    @Test
    void a_payload_that_stays_incomplete_ends_with_the_stream() throws Exception {
        Recorder a = new Recorder();
        Buffer target = world().call(() -> buffer(1 << 20));
        Recorder b = new Recorder() {
            @Override
            public void received(ByteBuffer in) {
                stream().receiveInto(target, 0, 1 << 20);
            }
        };
        connect(a, b);

        world().run(() -> {
            a.stream().output(50_000).put(new byte[50_000]);
            a.stream().closeAfterSending(SECOND);
        });

        world().await("the end", () -> !b.closed.isEmpty());
        world().await("the reference", () -> target.references() == 1);
        assertEquals(0, b.payloads);
        assertEquals(List.of("end of stream"), b.closed);
    }

    @Test
    void callbacks_never_run_inside_a_call_into_the_stream() throws Exception {
        List<String> log = new ArrayList<>();
        Recorder a = new Recorder() {
            @Override
            public void received(ByteBuffer in) {
                super.received(in);
                log.add("received");
            }
        };
        Recorder b = new Recorder();
        connect(a, b);
        world().run(() -> a.stream().pauseReading());
        world().run(() -> put(b.stream(), "x"));
        world().await("the byte on its way", () -> b.stream().unsentBytes() == 0);

        world().run(() -> {
            log.add("resume");
            a.stream().resumeReading();
            log.add("resumed");
        });

        world().await("the byte", () -> a.input.size() == 1);
        assertEquals(List.of("resume", "resumed", "received"), world().call(() -> List.copyOf(log)));
    }

    @Test
    void misuse_of_the_port_is_refused() throws Exception {
        Recorder a = new Recorder();
        connect(a, new Recorder());
        Buffer small = world().call(() -> buffer(4096));

        world().run(() -> {
            Stream stream = a.stream();
            assertThrows(IllegalStateException.class, () -> stream.start(a));
            assertThrows(IllegalArgumentException.class, () -> stream.output(0));
            assertThrows(IllegalArgumentException.class, () -> stream.output(65537));
            assertThrows(IndexOutOfBoundsException.class, () -> stream.send(small, 1, 4096));
            assertThrows(IndexOutOfBoundsException.class, () -> stream.send(small, -1, 1));
            assertThrows(IllegalStateException.class, () -> stream.receiveInto(small, 0, 10));
            assertThrows(IllegalStateException.class, () -> stream.skipInput(10));
        });
    }

    @Test
    void an_exception_of_a_handler_is_reported_and_ends_its_stream_only() throws Exception {
        Recorder a = new Recorder();
        Recorder b = new Recorder() {
            @Override
            public void received(ByteBuffer in) {
                throw new IllegalStateException("planted");
            }
        };
        connect(a, b);
        Recorder c = new Recorder();
        Recorder d = new Recorder();
        connect(c, d);

        world().run(() -> {
            put(a.stream(), "x");
            put(c.stream(), "y");
        });

        world().await("the end of one", () -> !a.closed.isEmpty() && b.closed.size() == 1);
        world().await("the other one", () -> d.input.size() == 1);
        assertEquals(1, world().failures());
        assertEquals(List.of(), d.closed);
    }

    @Test
    void many_streams_work_side_by_side() throws Exception {
        int pairs = 60;
        List<Recorder> near = new ArrayList<>();
        List<Recorder> far = new ArrayList<>();
        for (int i = 0; i < pairs; i++) {
            Recorder a = new Recorder();
            Recorder b = new Recorder() {
                @Override
                public void received(ByteBuffer in) {
                    stream().output(in.remaining()).put(in);
                }
            };
            connect(a, b);
            near.add(a);
            far.add(b);
        }

        for (int round = 0; round < 5; round++) {
            int number = round;
            world().run(() -> {
                for (int i = 0; i < pairs; i++) {
                    put(near.get(i).stream(), "<" + number + ":" + i + ">");
                }
            });
        }

        for (int i = 0; i < pairs; i++) {
            Recorder a = near.get(i);
            StringBuilder expected = new StringBuilder();
            for (int round = 0; round < 5; round++) {
                expected.append("<").append(round).append(":").append(i).append(">");
            }
            world().await("echo " + i, () -> a.input.size() == expected.length());
            assertEquals(expected.toString(), text(a));
        }
        assertNotNull(far.get(0).stream);
        assertEquals(0, world().failures());
    }

    @Test
    void output_is_one_view_that_stays_the_callers_until_the_next_call() throws Exception {
        Recorder a = new Recorder();
        Recorder b = new Recorder();
        connect(a, b);

        world().run(() -> {
            ByteBuffer first = a.stream().output(100);
            first.put(bytes("one,"));
            ByteBuffer second = a.stream().output(100);
            assertSame(ByteOrder.BIG_ENDIAN, second.order());
            second.put(bytes("two,"));
            assertEquals(8, a.stream().unsentBytes());
            second.put(bytes("three"));
        });

        world().await("all three", () -> b.input.size() == 13);
        assertArrayEquals(bytes("one,two,three"), b.input.toByteArray());
    }

    /** One handler for both directions of one end. */
    private static final class Both extends Recorder {
        private final Units.Sender sender;
        private final Units.Receiver receiver;

        Both(BufferPool pool, long seed, int units, int largest) {
            sender = new Units.Sender(pool, seed, units, largest);
            receiver = new Units.Receiver(pool);
        }

        void begin() {
            sender.stream = stream;
            receiver.stream = stream;
            sender.pump();
        }

        @Override
        public void received(ByteBuffer in) {
            receiver.stream = stream;
            receiver.received(in);
        }

        @Override
        public void payloadReceived() {
            receiver.payloadReceived();
        }

        @Override
        public void drained() {
            sender.drained();
        }
    }
}
