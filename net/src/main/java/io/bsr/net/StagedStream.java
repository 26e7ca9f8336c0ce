package io.bsr.net;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Stream;
import io.bsr.base.port.StreamHandler;
import io.bsr.base.port.Timers;
import io.bsr.loop.EventLoop;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The half of a stream that does not depend on how bytes travel: its life, the cutting of input, the queue of output.
 *
 * <pre>
 *   OPEN ──closeAfterSending, end of input──► LINGERING ──all sent and the other side closed, timeout──► CLOSED
 *     └──────────────close, error────────────────┴─────────────────────────────────────────────────────────┘
 * </pre>
 *
 * <p>A lingering stream delivers nothing. It sends what is queued, closes its sending side, and throws input away until
 * the other side closes too: closing a socket with unread input would make the kernel reset the connection, and the other
 * side could lose what it has not read yet.
 */
abstract class StagedStream implements Stream {
    /** How long output that was queued when the other side closed may take to leave. */
    static final long LINGER_NANOS = 5_000_000_000L;

    /** The reason given when the other side closed. */
    static final String END_OF_STREAM = "end of stream";

    /** Payloads from this size on are worth a receive of their own. */
    private static final int LARGE_PAYLOAD = 32 * 1024;

    /** Staged input asked for together with the rest of a large payload: room for the next header, little to copy. */
    private static final int SMALL_WINDOW = 4096;

    /** Where a stream is in its life. */
    enum Life {
        OPEN,
        LINGERING,
        CLOSED
    }

    final EventLoop loop;
    final OutputQueue queue;
    private final StagingPool staging;
    private final Endpoint local;
    private final Endpoint remote;
    private final Runnable flush = this::flush;
    private final Runnable resume = this::resume;

    private Life life = Life.OPEN;
    private @Nullable StreamHandler handler;
    private boolean paused;
    private boolean flushPlanned;
    private boolean resumePlanned;
    private boolean delivering;
    private boolean outputShut;
    private Timers.@Nullable Timer lingering;

    // Input that has arrived and was not consumed is staged[head … tail).
    private StagingPool.@Nullable Chunk staged;
    private int head;
    private int tail;
    private int window = StagingPool.CHUNK_BYTES;
    private long receivedBytes;
    private @Nullable String inputEnd;

    // The payload being received: into a buffer, or thrown away if that is null.
    private boolean inCallback;
    private boolean payloadWanted;
    private @Nullable Buffer payload;
    private int payloadOffset;
    private long payloadLeft;

    StagedStream(EventLoop loop, StagingPool staging, Endpoint local, Endpoint remote) {
        this.loop = loop;
        this.staging = staging;
        this.queue = new OutputQueue(staging);
        this.local = local;
        this.remote = remote;
    }

    // ------------------------------------------------------------------ what a transport does

    /** Asks for input, by {@link #plan}. Nothing if a receive is in flight already. */
    abstract void receive();

    /** Begins to send what is queued. Nothing if a send is in flight. */
    abstract void transmit();

    /** No more output will follow: tells the other side. */
    abstract void shutdownOutput();

    /** Ends the connection; calls {@link #freed} once the kernel is done with the stream's memory. */
    abstract void disconnect();

    // ------------------------------------------------------------------ what a transport tells

    /** Prepares the next receive: where staged input may go, from {@link #stagedEnd} on. */
    final int plan() {
        StagingPool.Chunk chunk = staged;
        if (chunk == null) {
            chunk = staging.acquire();
            staged = chunk;
        }
        if (head == tail) {
            head = 0;
            tail = 0;
        } else if (StagingPool.CHUNK_BYTES - head < STAGED_INPUT_BYTES + (tail - head)) {
            // Fewer bytes could be added than a handler may rely on: move what is there to the front.
            int length = tail - head;
            chunk.bytes.clear();
            chunk.bytes.put(0, chunk.bytes, head, length);
            head = 0;
            tail = length;
        }
        return Math.min(StagingPool.CHUNK_BYTES - tail, window);
    }

    final StagingPool.Chunk stagedChunk() {
        StagingPool.Chunk chunk = staged;
        if (chunk == null) {
            throw new IllegalStateException("no receive was planned");
        }
        return chunk;
    }

    final int stagedEnd() {
        return tail;
    }

    /** The buffer of the payload being received, if its rest can be received directly. */
    final @Nullable Buffer directTarget() {
        return life == Life.OPEN && head == tail && payloadLeft > 0 ? payload : null;
    }

    final int directOffset() {
        return payloadOffset;
    }

    final int directLength() {
        return (int) payloadLeft;
    }

    /** {@code direct} bytes went to the planned payload, then {@code stagedBytes} to the planned staged input. */
    final void arrived(int direct, int stagedBytes) {
        receivedBytes += direct + stagedBytes;
        if (life != Life.OPEN) {
            return;
        }
        payloadOffset += direct;
        payloadLeft -= direct;
        tail += stagedBytes;
        if (direct == 0 && stagedBytes == window && window < StagingPool.CHUNK_BYTES) {
            window = Math.min(StagingPool.CHUNK_BYTES, window * 4);
        }
        deliver();
    }

    /** The other side will send no more. */
    final void inputEnded() {
        if (life == Life.LINGERING) {
            inputEnd = END_OF_STREAM;
            if (queue.isEmpty()) {
                finish();
            }
            return;
        }
        inputEnd = END_OF_STREAM;
        deliver();
    }

    /** The network took the next {@code bytes} bytes of output. */
    final void sent(long bytes) {
        queue.sent(bytes);
        if (!queue.isEmpty()) {
            planFlush();
            return;
        }
        switch (life) {
            case OPEN -> {
                StreamHandler told = handler;
                if (told != null) {
                    told.drained();
                }
            }
            case LINGERING -> allSent();
            case CLOSED -> {}
        }
    }

    /** The connection broke. */
    final void failed(String reason) {
        if (life == Life.CLOSED) {
            return;
        }
        boolean tell = life == Life.OPEN;
        finish();
        StreamHandler told = handler;
        if (tell && told != null) {
            told.closed(reason);
        }
    }

    /** The kernel is done with the stream's memory: gives it back. */
    final void freed() {
        queue.clear();
        StagingPool.Chunk chunk = staged;
        if (chunk != null) {
            staged = null;
            staging.release(chunk);
        }
        dropPayload();
    }

    final boolean closed() {
        return life == Life.CLOSED;
    }

    /** True if input is to be asked for. */
    final boolean wantsInput() {
        return switch (life) {
            case OPEN -> handler != null && !paused && inputEnd == null;
            case LINGERING -> inputEnd == null;
            case CLOSED -> false;
        };
    }

    /** True while input is thrown away. */
    final boolean discardsInput() {
        return life == Life.LINGERING;
    }

    /** Hands the stream over. A receiver that throws has not taken it: then nobody else would ever close it. */
    final void offerTo(Consumer<Stream> receiver) {
        boolean taken = false;
        try {
            receiver.accept(this);
            taken = true;
        } finally {
            if (!taken) {
                close();
            }
        }
    }

    // ------------------------------------------------------------------ the port

    @Override
    public final void start(StreamHandler newHandler) {
        if (handler != null) {
            throw new IllegalStateException("the stream to " + remote + " was started twice");
        }
        handler = newHandler;
        planResume();
    }

    @Override
    public final ByteBuffer output(int bytes) {
        if (life != Life.OPEN) {
            return staging.scratch();
        }
        planFlush();
        return queue.output(bytes);
    }

    @Override
    public final void send(Buffer source, int offset, int length) {
        if (life != Life.OPEN) {
            return;
        }
        planFlush();
        queue.send(source, offset, length);
    }

    @Override
    public final long unsentBytes() {
        return life == Life.CLOSED ? 0 : queue.unsent();
    }

    @Override
    public final long receivedBytes() {
        return receivedBytes;
    }

    @Override
    public final void receiveInto(Buffer target, int offset, int length) {
        if (offset < 0 || length < 0 || offset > target.capacity() - length) {
            throw new IndexOutOfBoundsException(
                    "bytes " + offset + " + " + length + " of a buffer of " + target.capacity());
        }
        beginPayload(length);
        payload = target.retain();
        payloadOffset = offset;
        if (length >= LARGE_PAYLOAD) {
            window = SMALL_WINDOW;
        }
    }

    @Override
    public final void skipInput(long length) {
        if (length < 0) {
            throw new IllegalArgumentException("cannot skip " + length + " bytes");
        }
        beginPayload(length);
    }

    private void beginPayload(long length) {
        if (!inCallback || payloadWanted) {
            throw new IllegalStateException(
                    "a payload is asked for once, within received or payloadReceived of the stream");
        }
        payloadWanted = true;
        payloadLeft = length;
    }

    @Override
    public final void pauseReading() {
        paused = true;
    }

    @Override
    public final void resumeReading() {
        if (paused) {
            paused = false;
            planResume();
        }
    }

    @Override
    public final void close() {
        finish();
    }

    @Override
    public final void closeAfterSending(long timeoutNanos) {
        if (life == Life.OPEN) {
            linger(timeoutNanos);
        }
    }

    @Override
    public final Endpoint remote() {
        return remote;
    }

    @Override
    public final Endpoint local() {
        return local;
    }

    // ------------------------------------------------------------------ output

    private void planFlush() {
        if (!flushPlanned) {
            flushPlanned = true;
            loop.atEndOfTurn(flush);
        }
    }

    private void flush() {
        flushPlanned = false;
        if (life == Life.CLOSED) {
            return;
        }
        if (!queue.isEmpty()) {
            transmit();
        } else if (life == Life.LINGERING) {
            allSent();
        }
    }

    // ------------------------------------------------------------------ input

    private void planResume() {
        if (!resumePlanned) {
            resumePlanned = true;
            loop.execute(resume);
        }
    }

    private void resume() {
        resumePlanned = false;
        if (life == Life.OPEN && handler != null) {
            deliver();
        }
    }

    /** Hands staged input out, piece by piece, until the handler needs more of it; then asks for more. */
    private void deliver() {
        StreamHandler told = handler;
        if (told == null || delivering) {
            return;
        }
        delivering = true;
        try {
            while (life == Life.OPEN && !paused) {
                if (payloadWanted) {
                    takePayloadFromStage();
                    if (payloadLeft > 0) {
                        break;
                    }
                    dropPayload();
                    inCallback = true;
                    told.payloadReceived();
                } else if (head == tail || !offer(told)) {
                    break;
                }
            }
        } catch (RuntimeException | Error failure) {
            // The handler's state is unknown now. Going on could hang or do harm; the loop reports the cause.
            loop.execute(() -> failed("internal error: " + failure));
            paused = true;
            throw failure;
        } finally {
            inCallback = false;
            delivering = false;
        }
        afterDelivery(told);
    }

    private void afterDelivery(StreamHandler told) {
        if (life != Life.OPEN || paused) {
            return;
        }
        String end = inputEnd;
        if (end == null) {
            receive();
            return;
        }
        linger(LINGER_NANOS);
        told.closed(end);
    }

    /** Offers staged input. False if the handler must wait for more. */
    private boolean offer(StreamHandler told) {
        ByteBuffer in = stagedChunk().bytes;
        in.limit(tail).position(head);
        inCallback = true;
        told.received(in);
        inCallback = false;
        if (life != Life.OPEN) {
            return false;
        }
        int consumed = in.position() - head;
        head += consumed;
        if (payloadWanted) {
            return true;
        }
        boolean full = tail - head >= STAGED_INPUT_BYTES;
        if (full && consumed == 0 && !paused) {
            throw new IllegalStateException(
                    "the handler consumed nothing of " + (tail - head) + " bytes of input, and no more can be staged");
        }
        return full;
    }

    private void takePayloadFromStage() {
        int length = (int) Math.min(payloadLeft, tail - head);
        if (length == 0) {
            return;
        }
        Buffer target = payload;
        if (target != null) {
            target.bytes().put(payloadOffset, stagedChunk().bytes.clear(), head, length);
            payloadOffset += length;
        }
        head += length;
        payloadLeft -= length;
    }

    private void dropPayload() {
        payloadWanted = false;
        Buffer target = payload;
        if (target != null) {
            payload = null;
            target.release();
        }
    }

    // ------------------------------------------------------------------ the end

    private void linger(long timeoutNanos) {
        life = Life.LINGERING;
        head = 0;
        tail = 0;
        lingering = loop.timers().schedule(timeoutNanos, this::finish);
        planFlush();
    }

    private void allSent() {
        if (inputEnd != null) {
            finish();
            return;
        }
        if (!outputShut) {
            outputShut = true;
            shutdownOutput();
        }
        receive();
    }

    private void finish() {
        if (life == Life.CLOSED) {
            return;
        }
        life = Life.CLOSED;
        Timers.Timer timer = lingering;
        if (timer != null) {
            timer.cancel();
        }
        disconnect();
    }
}
