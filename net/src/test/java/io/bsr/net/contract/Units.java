package io.bsr.net.contract;

import io.bsr.base.memory.Buffer;
import io.bsr.base.memory.BufferPool;
import io.bsr.base.port.Stream;
import java.nio.ByteBuffer;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A made-up protocol that exercises every way to send and to receive: units of a header (what to do with the body, its
 * number, its length; 4 bytes each) and a body whose bytes follow from the number.
 */
final class Units {
    static final int HEADER = 12;
    static final int INLINE = 0;
    static final int PAYLOAD = 1;
    static final int SKIPPED = 2;

    private Units() {}

    static byte at(int number, int index) {
        return (byte) (number * 31 + index * 7 + (index >>> 8));
    }

    /** Sends units of random kind and size while the stream takes them. */
    static final class Sender extends Recorder {
        private static final int MOST_UNSENT = 4 << 20;
        private final BufferPool pool;
        private final Random random;
        private final int units;
        private final int largest;
        int sent;

        Sender(BufferPool pool, long seed, int units, int largest) {
            this.pool = pool;
            this.random = new Random(seed);
            this.units = units;
            this.largest = largest;
        }

        boolean done() {
            return sent == units;
        }

        void pump() {
            Stream to = stream();
            while (sent < units && to.unsentBytes() < MOST_UNSENT) {
                int kind = random.nextInt(3);
                int length =
                        switch (random.nextInt(4)) {
                            case 0 -> random.nextInt(16);
                            case 1 -> random.nextInt(5000);
                            default -> random.nextInt(largest + 1);
                        };
                if (kind == INLINE) {
                    length = Math.min(length, Stream.STAGED_INPUT_BYTES - HEADER);
                }
                to.output(HEADER).putInt(kind).putInt(sent).putInt(length);
                body(to, sent, length);
                sent++;
            }
        }

        private void body(Stream to, int number, int length) {
            if (random.nextBoolean()) {
                int done = 0;
                while (done < length) {
                    int part = Math.min(length - done, 1 + random.nextInt(Stream.STAGED_INPUT_BYTES));
                    ByteBuffer out = to.output(part);
                    for (int i = 0; i < part; i++) {
                        out.put(at(number, done + i));
                    }
                    done += part;
                }
                return;
            }
            Buffer buffer = pool.tryAcquire(Math.max(1, length));
            if (buffer == null) {
                throw new AssertionError("the pool is too small for this test");
            }
            for (int i = 0; i < length; i++) {
                buffer.bytes().put(i, at(number, i));
            }
            to.send(buffer, 0, length);
            buffer.release();
        }

        @Override
        public void drained() {
            super.drained();
            pump();
        }
    }

    /** Checks every byte of the units that arrive. */
    static class Receiver extends Recorder {
        private final BufferPool pool;
        private int kind;
        private int number;
        private int length;
        private boolean inBody;
        private @Nullable Buffer payload;
        int units;
        long bodyBytes;

        Receiver(BufferPool pool) {
            this.pool = pool;
        }

        @Override
        public void received(ByteBuffer in) {
            while (true) {
                if (!inBody) {
                    if (in.remaining() < HEADER) {
                        return;
                    }
                    kind = in.getInt();
                    number = in.getInt();
                    length = in.getInt();
                    inBody = true;
                    check(number == units, "unit " + number + " arrived as number " + units);
                }
                switch (kind) {
                    case INLINE -> {
                        if (in.remaining() < length) {
                            return;
                        }
                        for (int i = 0; i < length; i++) {
                            byte b = in.get();
                            check(b == at(number, i), "inline byte " + i + " of unit " + number);
                        }
                        unitDone();
                    }
                    case PAYLOAD -> {
                        Buffer target = pool.tryAcquire(Math.max(1, length));
                        if (target == null) {
                            throw new AssertionError("the pool is too small for this test");
                        }
                        payload = target;
                        stream().receiveInto(target, target.capacity() - length, length);
                        return;
                    }
                    case SKIPPED -> {
                        stream().skipInput(length);
                        return;
                    }
                    default -> throw new AssertionError("kind " + kind + " was never sent");
                }
            }
        }

        @Override
        public void payloadReceived() {
            super.payloadReceived();
            Buffer target = payload;
            if (target != null) {
                for (int i = 0; i < length; i++) {
                    byte b = target.bytes().get(target.capacity() - length + i);
                    check(b == at(number, i), "payload byte " + i + " of unit " + number);
                }
                target.release();
                payload = null;
            }
            unitDone();
        }

        void unitDone() {
            inBody = false;
            units++;
            bodyBytes += length;
        }

        private static void check(boolean holds, String what) {
            if (!holds) {
                throw new AssertionError(what + " is wrong");
            }
        }
    }
}
