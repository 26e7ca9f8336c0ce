package io.bsr.frontend.nbd;

import static io.bsr.frontend.nbd.TransmissionCode.CMD_FLAG_FUA;
import static io.bsr.frontend.nbd.TransmissionCode.CMD_FLAG_NO_HOLE;
import static io.bsr.frontend.nbd.TransmissionCode.CMD_WRITE;

import io.bsr.base.memory.Buffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** The request and piece objects of one connection: as many as were ever in use at a time, used again and again. */
final class RequestPool {
    private final Transmission transmission;
    private final BufferSupply buffers;
    private final ArrayDeque<Piece> freePieces = new ArrayDeque<>();
    private final ArrayDeque<ClientRequest> freeRequests = new ArrayDeque<>();
    private int requestsInUse;
    private long payloadBytes;

    RequestPool(Transmission transmission, BufferSupply buffers) {
        this.transmission = transmission;
        this.buffers = buffers;
    }

    ClientRequest request(long cookie, int command, int flags, long offset, long length) {
        ClientRequest request = freeRequests.poll();
        if (request == null) {
            request = new ClientRequest();
        }
        request.begin(cookie, command, flags, offset, length);
        requestsInUse++;
        return request;
    }

    void recycle(ClientRequest request) {
        requestsInUse--;
        freeRequests.push(request);
    }

    /** The next {@code length} bytes of the request, or its flush; takes over the reference to the buffer. */
    Piece piece(ClientRequest request, @Nullable Buffer buffer, int length) {
        Piece piece = freePieces.poll();
        if (piece == null) {
            piece = new Piece(transmission, request);
        }
        piece.request = request;
        piece.operation = request.operation();
        piece.offset = length == 0 ? 0 : request.offset;
        piece.length = length;
        piece.buffer = buffer;
        piece.forceUnitAccess = request.has(CMD_FLAG_FUA) && request.command == CMD_WRITE && !request.flushOwed;
        piece.mayUnmap = !request.has(CMD_FLAG_NO_HOLE);
        request.outstanding++;
        request.offset += length;
        request.unsubmitted -= length;
        payloadBytes += buffer == null ? 0 : length;
        return piece;
    }

    /** Gives the buffer of the piece back, too. */
    void recycle(Piece piece) {
        Buffer buffer = piece.buffer;
        if (buffer != null) {
            payloadBytes -= piece.length;
            piece.buffer = null;
            buffers.release(buffer);
        }
        freePieces.push(piece);
    }

    /** Recycles the pieces whose data waits for its turn. */
    void recycleReady(ClientRequest request) {
        Piece piece = request.ready;
        request.ready = null;
        while (piece != null) {
            Piece following = (Piece) piece.next;
            piece.next = null;
            recycle(piece);
            piece = following;
        }
    }

    /** Requests taken and not answered. */
    int requestsInUse() {
        return requestsInUse;
    }

    /** Bytes of READ and WRITE in pieces in use. */
    long payloadBytes() {
        return payloadBytes;
    }
}
