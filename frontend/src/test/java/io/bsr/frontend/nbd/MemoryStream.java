package io.bsr.frontend.nbd;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Stream;
import io.bsr.base.port.StreamHandler;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A stream in memory that checks its user: the server's side is the {@link Stream}, the client's side are the methods
 * whose names begin with {@code client}. Bytes arrive, and leave, in pieces of random length.
 */
final class MemoryStream implements Stream {
    /** Bytes to send: copied ones, or a retained buffer. */
    private record Outgoing(ByteBuffer bytes, @Nullable Buffer buffer) {}

    private final VirtualLoop loop;
    private final Random random;
    private final Endpoint local;
    private final Endpoint remote;
    private final ArrayDeque<ByteBuffer> memory;
    private @Nullable StreamHandler handler;

    private final Bytes fromClient = new Bytes();
    private final ByteBuffer staged;
    private @Nullable Buffer target;
    private int targetOffset;
    private long payloadLeft;
    private boolean payloadRequested;
    private boolean mayRequestPayload;
    private boolean paused;
    private boolean deliveryScheduled;

    private final ByteBuffer put;
    private final ArrayDeque<Outgoing> queue = new ArrayDeque<>();
    private final Bytes toClient = new Bytes();
    private long unsent;
    private boolean flushScheduled;
    private long receivedBytes;

    private boolean open = true;
    private boolean closingAfterSending;
    private boolean clientGone;

    /** Bytes that the client's side holds unread before the network takes no more. */
    private long clientWindow = Long.MAX_VALUE;

    /**
     * @param memory staging memory of streams that have ended, to be used again
     */
    MemoryStream(VirtualLoop loop, Random random, ArrayDeque<ByteBuffer> memory, Endpoint local, Endpoint remote) {
        this.loop = loop;
        this.random = random;
        this.local = local;
        this.remote = remote;
        this.memory = memory;
        this.staged = (memory.isEmpty() ? ByteBuffer.allocate(2 * STAGED_INPUT_BYTES) : memory.pop())
                .clear()
                .limit(0);
        this.put = memory.isEmpty()
                ? ByteBuffer.allocate(2 * STAGED_INPUT_BYTES)
                : memory.pop().clear();
    }

    /** The stream is not used any more, by anybody: its memory may be. */
    void dispose() {
        memory.push(staged);
        memory.push(put);
    }

    // The client's side

    void clientSends(byte[] bytes) {
        fromClient.add(bytes, 0, bytes.length);
        scheduleDelivery();
    }

    /** How many bytes the client leaves unread before the server's output piles up. */
    void clientWindow(long bytes) {
        clientWindow = bytes;
        scheduleFlush();
    }

    int clientHas() {
        return toClient.length();
    }

    byte[] clientTakes(int length) {
        byte[] bytes = toClient.take(length);
        scheduleFlush();
        return bytes;
    }

    void clientCloses() {
        clientGone = true;
        scheduleDelivery();
    }

    /** True if the server has closed the stream. */
    boolean closedByServer() {
        return !open;
    }

    boolean isPaused() {
        return paused;
    }

    long undelivered() {
        return (long) fromClient.length() + staged.remaining();
    }

    // Input

    @Override
    public void start(StreamHandler newHandler) {
        check(handler == null, "started twice");
        handler = newHandler;
        scheduleDelivery();
    }

    @Override
    public void receiveInto(Buffer newTarget, int offset, int length) {
        check(length > 0 && offset + length <= newTarget.capacity(), "payload does not fit");
        requestPayload(length);
        target = newTarget.retain();
        targetOffset = offset;
    }

    @Override
    public void skipInput(long length) {
        check(length > 0, "nothing to skip");
        requestPayload(length);
    }

    private void requestPayload(long length) {
        check(mayRequestPayload, "payload requested outside of a callback, or twice in one");
        mayRequestPayload = false;
        payloadRequested = true;
        payloadLeft = length;
    }

    @Override
    public void pauseReading() {
        paused = true;
    }

    @Override
    public void resumeReading() {
        paused = false;
        scheduleDelivery();
    }

    private void scheduleDelivery() {
        if (!deliveryScheduled) {
            deliveryScheduled = true;
            loop.schedule(0, this::deliver);
        }
    }

    private void deliver() {
        deliveryScheduled = false;
        StreamHandler user = handler;
        if (user == null) {
            return;
        }
        boolean progress = true;
        while (progress && open && !closingAfterSending && !paused) {
            progress = payloadRequested ? deliverPayload(user) : deliverStaged(user);
        }
        if (open && !closingAfterSending && clientGone && !paused && fromClient.length() == 0) {
            end("end of stream");
        }
    }

    private boolean deliverPayload(StreamHandler user) {
        while (payloadLeft > 0) {
            byte[] chunk = nextInput((int) Math.min(payloadLeft, 1 << 20));
            if (chunk.length == 0) {
                return false;
            }
            if (target != null) {
                target.bytes().put(targetOffset, chunk);
                targetOffset += chunk.length;
            }
            payloadLeft -= chunk.length;
        }
        releaseTarget();
        payloadRequested = false;
        mayRequestPayload = true;
        user.payloadReceived();
        mayRequestPayload = false;
        return true;
    }

    private byte[] nextInput(int length) {
        if (staged.hasRemaining()) {
            byte[] chunk = new byte[Math.min(length, staged.remaining())];
            staged.get(chunk);
            return chunk;
        }
        byte[] chunk = fromClient.take(Math.min(length, fromClient.length()));
        receivedBytes += chunk.length;
        return chunk;
    }

    private boolean deliverStaged(StreamHandler user) {
        staged.compact();
        int room = Math.min(staged.remaining(), fromClient.length());
        int length = room == 0 ? 0 : 1 + random.nextInt(random.nextBoolean() ? room : Math.min(room, 64));
        byte[] chunk = fromClient.take(length);
        receivedBytes += length;
        staged.put(chunk).flip();
        if (!staged.hasRemaining()) {
            return false;
        }
        int before = staged.remaining();
        mayRequestPayload = true;
        user.received(staged);
        mayRequestPayload = false;
        check(
                staged.remaining() < STAGED_INPUT_BYTES
                        || staged.remaining() < before
                        || paused
                        || payloadRequested
                        || !open,
                "the handler leaves " + staged.remaining() + " bytes of input unused and wants more");
        return payloadRequested || length > 0 || staged.remaining() < before;
    }

    // Output

    @Override
    public ByteBuffer output(int bytes) {
        check(bytes >= 1 && bytes <= 65536, "output of " + bytes + " bytes");
        commit();
        return put;
    }

    @Override
    public void send(Buffer payload, int offset, int length) {
        commit();
        if (!open) {
            return;
        }
        ByteBuffer view = payload.retain().slice(offset, length);
        queue.add(new Outgoing(view, payload));
        unsent += length;
        scheduleFlush();
    }

    @Override
    public long unsentBytes() {
        commit();
        return unsent;
    }

    private void commit() {
        if (put.position() > 0) {
            byte[] copy = new byte[put.position()];
            put.flip().get(copy).clear();
            if (open) {
                queue.add(new Outgoing(ByteBuffer.wrap(copy), null));
                unsent += copy.length;
            }
        }
        scheduleFlush();
    }

    private void scheduleFlush() {
        if (!flushScheduled && open) {
            flushScheduled = true;
            loop.schedule(0, this::flush);
        }
    }

    private void flush() {
        flushScheduled = false;
        commitQuietly();
        long before = unsent;
        while (open && !queue.isEmpty() && toClient.length() < clientWindow) {
            Outgoing first = queue.element();
            int length =
                    (int) Math.min(1 + random.nextInt(first.bytes().remaining()), clientWindow - toClient.length());
            byte[] chunk = new byte[length];
            first.bytes().get(chunk);
            toClient.add(chunk, 0, length);
            unsent -= length;
            if (!first.bytes().hasRemaining()) {
                queue.remove();
                if (first.buffer() != null) {
                    first.buffer().release();
                }
            }
        }
        if (open && closingAfterSending && unsent == 0) {
            close();
        } else if (open && before > 0 && unsent == 0 && handler != null) {
            handler.drained();
        }
    }

    private void commitQuietly() {
        flushScheduled = true;
        commit();
        flushScheduled = false;
    }

    // End

    private void end(String reason) {
        close();
        if (handler != null) {
            handler.closed(reason);
        }
    }

    @Override
    public void close() {
        if (!open) {
            return;
        }
        open = false;
        releaseTarget();
        queue.forEach(outgoing -> {
            if (outgoing.buffer() != null) {
                outgoing.buffer().release();
            }
        });
        queue.clear();
        put.clear();
        unsent = 0;
    }

    private void releaseTarget() {
        Buffer held = target;
        target = null;
        if (held != null) {
            held.release();
        }
    }

    @Override
    public void closeAfterSending(long timeoutNanos) {
        commit();
        closingAfterSending = true;
        loop.schedule(timeoutNanos, this::close);
        scheduleFlush();
    }

    @Override
    public long receivedBytes() {
        return receivedBytes;
    }

    @Override
    public Endpoint remote() {
        return remote;
    }

    @Override
    public Endpoint local() {
        return local;
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    /** A queue of bytes. */
    private static final class Bytes {
        private byte[] bytes = new byte[4096];
        private int start;
        private int end;

        int length() {
            return end - start;
        }

        void add(byte[] source, int offset, int length) {
            if (end + length > bytes.length) {
                byte[] larger = new byte[Math.max(bytes.length, 2 * (length() + length))];
                System.arraycopy(bytes, start, larger, 0, length());
                end -= start;
                start = 0;
                bytes = larger;
            }
            System.arraycopy(source, offset, bytes, end, length);
            end += length;
        }

        byte[] take(int length) {
            byte[] taken = java.util.Arrays.copyOfRange(bytes, start, start + length);
            start += length;
            return taken;
        }
    }
}
