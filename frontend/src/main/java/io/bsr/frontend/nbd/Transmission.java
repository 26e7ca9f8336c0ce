package io.bsr.frontend.nbd;

import static io.bsr.frontend.nbd.TransmissionCode.*;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Errno;
import io.bsr.base.port.IoRequest.Operation;
import io.bsr.base.port.Stream;
import io.bsr.base.port.VolumePort;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The second phase of a connection: requests and replies.
 *
 * <p>At most one request, the <em>current</em> one, is taken from the input and not yet submitted as a whole. While
 * there is one, no further request is taken. It waits for three things, in this order: that its next piece is
 * <em>admitted</em> (limits of {@link NbdLimits}), that there is a buffer ({@link BufferSupply}), and, for a WRITE, that
 * the payload has arrived. Whatever may end the first wait (a completion, sent output) calls {@link #proceed}; the
 * second ends with {@link #granted}.
 *
 * <p>A READ of several pieces with simple replies stays current until its last byte is queued, because its data leaves
 * in order and nothing may get between.
 */
final class Transmission implements BufferSupply.Waiter {
    private enum State {
        SERVING,
        /** The volume goes away: what is in flight ends, everything else is refused. */
        REFUSING,
        /** The client said good-bye: what is in flight is answered, nothing is read. */
        LEAVING,
        /** Nothing is read or answered; what is in flight only has to complete. */
        DEAD
    }

    private final NbdConnection connection;
    private final Stream stream;
    private final VolumePort volume;
    private final Replies replies;
    private final RequestRules rules;
    private final BufferSupply buffers;
    private final NbdLimits limits;
    private final boolean structuredReplies;
    private final RequestPool pool;
    private final ReadData data;

    private State state = State.SERVING;
    private long size;

    private @Nullable ClientRequest current;

    /** The piece of the current WRITE whose payload is arriving. */
    private @Nullable Piece receiving;

    /** The rest of the current WRITE's payload is being thrown away. */
    private boolean skipping;

    private boolean paused;
    private boolean waitingForBuffer;
    private @Nullable Buffer granted;

    private int piecesAtVolume;

    private long markedReceived;

    private long requests;
    private long bytesWritten;

    Transmission(NbdConnection connection, Stream stream, Session session, BufferSupply buffers, NbdLimits limits) {
        this.connection = connection;
        this.stream = stream;
        this.volume = session.export().volume();
        this.structuredReplies = session.structuredReplies();
        this.replies = new Replies(stream, structuredReplies);
        this.rules = new RequestRules(session);
        this.buffers = buffers;
        this.pool = new RequestPool(this, buffers);
        this.data = new ReadData(stream, replies, pool, buffers, structuredReplies);
        this.limits = limits;
        this.size = volume.size();
    }

    // Input

    void received(ByteBuffer in) {
        boolean more = true;
        while (more) {
            ClientRequest request = current;
            if (state == State.LEAVING || state == State.DEAD) {
                in.position(in.limit());
                more = false;
            } else if (request == null) {
                more = takeRequest(in);
            } else {
                if (request.command == CMD_WRITE) {
                    receivePayload(request);
                }
                more = false;
            }
        }
    }

    /** The payload of {@link #receiving} is there, or what was to be skipped is gone. */
    void payloadReceived() {
        ClientRequest request = current;
        if (request == null) {
            return;
        }
        if (skipping) {
            skipping = false;
            request.unsubmitted = 0;
        }
        Piece piece = receiving;
        receiving = null;
        if (piece != null && request.error == 0) {
            bytesWritten += piece.length;
            submit(piece);
        } else if (piece != null) {
            request.outstanding--;
            pool.recycle(piece);
        }
        if (request.unsubmitted > 0) {
            receivePayload(request);
        } else {
            current = null;
            endIfComplete(request);
        }
    }

    void drained() {
        data.reportUnsent();
        proceed();
    }

    void resized(long newSize) {
        size = newSize;
    }

    /** Takes the request at the position of {@code in}; false if there is no whole one or nothing may be taken now. */
    private boolean takeRequest(ByteBuffer in) {
        if (in.remaining() < RequestHeader.BYTES) {
            return false;
        }
        int at = in.position();
        if (in.getInt(at + RequestHeader.MAGIC) != REQUEST_MAGIC) {
            connection.violated("it sent something that is no request where a request had to begin");
            return false;
        }
        if (!open()) {
            pause();
            return false;
        }
        int flags = in.getShort(at + RequestHeader.FLAGS);
        int command = Short.toUnsignedInt(in.getShort(at + RequestHeader.TYPE));
        long cookie = in.getLong(at + RequestHeader.COOKIE);
        long offset = in.getLong(at + RequestHeader.OFFSET);
        long length = Integer.toUnsignedLong(in.getInt(at + RequestHeader.LENGTH));
        in.position(at + RequestHeader.BYTES);
        if (command == CMD_DISC) {
            state = State.LEAVING;
            pause();
            leaveIfDone();
            return false;
        }
        int error = state == State.REFUSING ? ESHUTDOWN : rules.check(command, flags, offset, length, size);
        return error == 0 ? begin(cookie, command, flags, offset, length) : refuse(cookie, command, length, error);
    }

    private boolean begin(long cookie, int command, int flags, long offset, long length) {
        ClientRequest request = pool.request(cookie, command, flags, offset, length);
        boolean splits = length > request.pieceLength();
        request.flushOwed = request.has(CMD_FLAG_FUA)
                && (command == CMD_TRIM || command == CMD_WRITE_ZEROES || (command == CMD_WRITE && splits));
        request.inOrder = command == CMD_READ && splits && !structuredReplies;
        current = request;
        if (command == CMD_FLUSH) {
            current = null;
            submit(pool.piece(request, null, 0));
            return true;
        }
        if (command == CMD_WRITE && length > 0) {
            receivePayload(request);
            return false;
        }
        return advance(request);
    }

    /** Answers with {@code error}; the payload of a WRITE is read over first. */
    private boolean refuse(long cookie, int command, long length, int error) {
        if (command != CMD_WRITE || length == 0) {
            replies.failed(cookie, error);
            requests++;
            return true;
        }
        ClientRequest request = pool.request(cookie, command, 0, 0, length);
        request.error = error;
        current = request;
        receivePayload(request);
        return false;
    }

    /** Makes the stream put the next piece of the payload of the current WRITE into a buffer. */
    private void receivePayload(ClientRequest request) {
        if (receiving != null || skipping) {
            return;
        }
        if (request.error != 0) {
            skipping = true;
            stopWaiting();
            stream.skipInput(request.unsubmitted);
            return;
        }
        Buffer buffer = admitted(request) ? takeBuffer(request) : null;
        if (buffer == null) {
            pause();
            return;
        }
        Piece piece = pool.piece(request, buffer, request.pieceLength());
        receiving = piece;
        stream.receiveInto(buffer, 0, piece.length);
    }

    // Progress of the current request

    /** Something ended that the current request, or the reading of the next one, may have waited for. */
    private void proceed() {
        if (state == State.DEAD || state == State.LEAVING) {
            return;
        }
        ClientRequest request = current;
        if (request == null) {
            if (open()) {
                resume();
            }
        } else if (request.command == CMD_WRITE) {
            if (request.error != 0 || granted != null || (!waitingForBuffer && admitted(request))) {
                resume();
            }
        } else if (advance(request)) {
            resume();
        }
    }

    /** Submits what may be submitted of a current request without payload; true if the next one may be taken. */
    private boolean advance(ClientRequest request) {
        // First, because the data that waits for its turn holds what the next piece may be waiting for.
        data.sendInOrder(request);
        while (request.unsubmitted > 0 && request.error == 0) {
            if (!admitted(request)) {
                pause();
                return false;
            }
            Buffer buffer = null;
            if (request.bufferLength() > 0) {
                buffer = takeBuffer(request);
                if (buffer == null) {
                    pause();
                    return false;
                }
            }
            if (request.command == CMD_BLOCK_STATUS && buffer != null) {
                ask(request, buffer);
            } else {
                submit(pool.piece(request, buffer, request.pieceLength()));
            }
        }
        if (request.inOrder) {
            pause();
        } else if (current == request) {
            current = null;
        }
        if (request.complete()) {
            finish(request);
        }
        return current == null && state != State.DEAD;
    }

    /** Whether a request may be taken at all. */
    private boolean open() {
        return piecesAtVolume < limits.requestsPerConnection() && stream.unsentBytes() <= limits.bytesPerConnection();
    }

    /** Whether one more piece of the request fits under the limits; with nothing in flight it always does. */
    private boolean admitted(ClientRequest request) {
        long pending = pool.payloadBytes() + stream.unsentBytes();
        return piecesAtVolume < limits.requestsPerConnection()
                && (pending == 0 || pending + request.payloadLength() <= limits.bytesPerConnection());
    }

    private @Nullable Buffer takeBuffer(ClientRequest request) {
        Buffer buffer = granted;
        granted = null;
        if (buffer == null && !waitingForBuffer) {
            buffer = buffers.acquire(request.bufferLength(), this);
            waitingForBuffer = buffer == null;
        }
        return buffer;
    }

    @Override
    public int neededBytes() {
        ClientRequest request = current;
        return request == null ? 1 : Math.max(1, request.bufferLength());
    }

    @Override
    public void granted(Buffer buffer) {
        waitingForBuffer = false;
        granted = buffer;
        proceed();
    }

    private void stopWaiting() {
        if (waitingForBuffer) {
            waitingForBuffer = false;
            buffers.cancel(this);
        }
        Buffer unused = granted;
        if (unused != null) {
            granted = null;
            buffers.release(unused);
        }
    }

    // At the volume

    private void submit(Piece piece) {
        piecesAtVolume++;
        piece.submitter = connection;
        volume.submit(piece);
    }

    private void ask(ClientRequest request, Buffer buffer) {
        int length = request.pieceLength();
        AllocationQuery query = new AllocationQuery(this, request, buffer, length, request.has(CMD_FLAG_REQ_ONE));
        request.unsubmitted = 0;
        piecesAtVolume++;
        request.outstanding++;
        volume.mapAllocation(request.offset, length, query);
    }

    /** A piece of a request has ended. */
    void completed(Piece piece, int errno) {
        ClientRequest request = piece.request;
        ended(request, errno);
        if (request.command == CMD_READ && request.error == 0 && state != State.DEAD) {
            data.deliver(request, piece);
        } else {
            pool.recycle(piece);
        }
        afterCompletion(request);
    }

    /** A BLOCK_STATUS has ended. */
    void completed(AllocationQuery query, int errno) {
        ClientRequest request = query.request;
        ended(request, errno == Errno.EOPNOTSUPP ? 0 : errno);
        if (request.error == 0 && state != State.DEAD) {
            if (errno != 0 || query.bytes() == 0) {
                query.assumeData();
            }
            replies.allocation(request.cookie, query.descriptors, query.bytes());
            request.answered = true;
        }
        buffers.release(query.descriptors);
        afterCompletion(request);
    }

    private void ended(ClientRequest request, int errno) {
        piecesAtVolume--;
        request.outstanding--;
        if (errno != 0 && request.error == 0) {
            request.error = RequestRules.errorOf(errno);
        }
        if (request.error != 0) {
            giveUpRest(request);
        }
    }

    /** The request has failed: no more pieces of it. What is left of a payload has yet to be read over. */
    private void giveUpRest(ClientRequest request) {
        if (request.command != CMD_WRITE) {
            request.unsubmitted = 0;
        }
        if (current == request) {
            stopWaiting();
        }
    }

    private void afterCompletion(ClientRequest request) {
        if (state == State.DEAD) {
            connection.volumeQuiet();
            return;
        }
        if (request.error != 0) {
            pool.recycleReady(request);
        }
        endIfComplete(request);
        if (state == State.REFUSING) {
            connection.volumeQuiet();
        }
    }

    private void endIfComplete(ClientRequest request) {
        if (request.complete()) {
            finish(request);
        }
        proceed();
    }

    /** All pieces have ended: the reply, unless it is out with the data. */
    private void finish(ClientRequest request) {
        if (request.flushOwed && request.error == 0 && state != State.REFUSING) {
            request.flushOwed = false;
            Piece flush = pool.piece(request, null, 0);
            flush.operation = Operation.FLUSH;
            submit(flush);
            return;
        }
        if (request.flushOwed && request.error == 0) {
            request.error = ESHUTDOWN;
        }
        if (request.headSent && request.error != 0) {
            connection.violated(
                    "a simple reply to READ cannot report an error after its first data; nothing else is left");
            return;
        }
        if (request.error != 0) {
            replies.failed(request.cookie, request.error);
        } else if (!request.answered) {
            if (request.command == CMD_READ) {
                replies.emptyRead(request.cookie);
            } else {
                replies.done(request.cookie);
            }
        }
        if (current == request) {
            current = null;
            stopWaiting();
        }
        requests++;
        pool.recycle(request);
        leaveIfDone();
    }

    // End

    /** The volume goes away: nothing new is submitted; {@link NbdConnection#finished} follows. */
    void refuse() {
        if (state != State.SERVING) {
            return;
        }
        state = State.REFUSING;
        ClientRequest request = current;
        if (request == null) {
            leaveIfDone();
            return;
        }
        request.error = request.error == 0 ? ESHUTDOWN : request.error;
        giveUpRest(request);
        pool.recycleReady(request);
        if (request.command == CMD_WRITE) {
            proceed();
        } else {
            endIfComplete(request);
        }
    }

    /** The client is gone: nothing is answered any more. */
    void abandon() {
        if (state == State.DEAD) {
            return;
        }
        state = State.DEAD;
        data.abandon();
        stopWaiting();
        if (receiving != null) {
            pool.recycle(receiving);
            receiving = null;
        }
        if (current != null) {
            pool.recycleReady(current);
            current = null;
        }
        if (piecesAtVolume > 0) {
            volume.abandon(connection);
        }
    }

    /** True if nothing is at the volume. */
    boolean quiet() {
        return piecesAtVolume == 0;
    }

    private void leaveIfDone() {
        if ((state == State.LEAVING || state == State.REFUSING) && pool.requestsInUse() == 0) {
            connection.finished();
        }
    }

    private void pause() {
        if (!paused) {
            paused = true;
            stream.pauseReading();
        }
    }

    private void resume() {
        if (paused && state != State.LEAVING) {
            paused = false;
            stream.resumeReading();
        }
    }

    // Stalls

    /** Notes how far the client has come, for {@link #stalled}. */
    void mark() {
        data.mark();
        markedReceived = stream.receivedBytes();
    }

    /** {@inheritDoc} Such a client has neither sent nor taken a byte of their data. */
    @Override
    public boolean stalled() {
        boolean sendsNothing = receiving != null && stream.receivedBytes() == markedReceived;
        return sendsNothing || data.stalled();
    }

    // Status

    int requestsInFlight() {
        return pool.requestsInUse();
    }

    long requests() {
        return requests;
    }

    long bytesRead() {
        return data.bytesRead();
    }

    long bytesWritten() {
        return bytesWritten;
    }
}
