package io.bsr.frontend.nbd;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Stream;

/** Hands the data of READs to the stream, and keeps account of what the client has not taken yet. */
final class ReadData {
    private final Stream stream;
    private final Replies replies;
    private final RequestPool pool;
    private final BufferSupply buffers;
    private final boolean structuredReplies;
    private long bytesRead;
    private long reportedUnsent;
    private long markedUnsent;
    private long markedRead;

    ReadData(Stream stream, Replies replies, RequestPool pool, BufferSupply buffers, boolean structuredReplies) {
        this.stream = stream;
        this.replies = replies;
        this.pool = pool;
        this.buffers = buffers;
        this.structuredReplies = structuredReplies;
    }

    /** The data of a piece has been read: sends it, now or at its turn. */
    void deliver(ClientRequest request, Piece piece) {
        bytesRead += piece.length;
        if (request.inOrder) {
            piece.next = request.ready;
            request.ready = piece;
            sendInOrder(request);
            return;
        }
        boolean last = request.outstanding == 0 && request.unsubmitted == 0;
        if (structuredReplies) {
            replies.chunkOfRead(request.cookie, piece.offset, dataOf(piece), piece.length, last);
        } else {
            replies.headOfRead(request.cookie);
            replies.data(dataOf(piece), piece.length);
        }
        request.answered = last;
        pool.recycle(piece);
        reportUnsent();
    }

    /** Sends what is at its turn, once the replies of all older requests are out. */
    void sendInOrder(ClientRequest request) {
        if (!request.inOrder || pool.requestsInUse() > 1 || request.error != 0) {
            return;
        }
        for (Piece piece = request.takeReady(); piece != null; piece = request.takeReady()) {
            if (!request.headSent) {
                request.headSent = true;
                request.answered = true;
                replies.headOfRead(request.cookie);
            }
            replies.data(dataOf(piece), piece.length);
            request.sendOffset += piece.length;
            pool.recycle(piece);
        }
        reportUnsent();
    }

    /** Buffers of replies that the client does not take belong to the share of the clients, too. */
    void reportUnsent() {
        report(stream.unsentBytes());
    }

    /** The stream is gone, and with it what was unsent. */
    void abandon() {
        report(0);
    }

    private void report(long unsent) {
        buffers.outgoing(unsent - reportedUnsent);
        reportedUnsent = unsent;
    }

    /** Notes how far the client has come, for {@link #stalled}. */
    void mark() {
        markedUnsent = stream.unsentBytes();
        markedRead = bytesRead;
    }

    /** True if there is something to take and the client has taken nothing since {@link #mark}. */
    boolean stalled() {
        long unsent = stream.unsentBytes();
        return unsent > 0 && unsent == markedUnsent && bytesRead == markedRead;
    }

    /** Bytes read for the client so far. */
    long bytesRead() {
        return bytesRead;
    }

    private static Buffer dataOf(Piece piece) {
        Buffer buffer = piece.buffer;
        if (buffer == null) {
            throw new IllegalStateException("a READ has lost its buffer");
        }
        return buffer;
    }
}
