package io.bsr.frontend.nbd;

import static io.bsr.frontend.nbd.TransmissionCode.CMD_BLOCK_STATUS;
import static io.bsr.frontend.nbd.TransmissionCode.CMD_READ;
import static io.bsr.frontend.nbd.TransmissionCode.CMD_TRIM;
import static io.bsr.frontend.nbd.TransmissionCode.CMD_WRITE;
import static io.bsr.frontend.nbd.TransmissionCode.CMD_WRITE_ZEROES;

import io.bsr.base.port.IoRequest.Operation;
import io.bsr.base.port.VolumePort;
import org.jspecify.annotations.Nullable;

/**
 * A request of the client from its header to its reply. It is done in pieces of a length that the volume takes; most
 * requests have one. Pooled.
 */
final class ClientRequest {
    /** Longest stretch that one BLOCK_STATUS looks at, in bytes; the answer may be shorter than the question. */
    static final int LONGEST_STATUS = 1 << 30;

    long cookie;
    int command;
    int flags;

    /** Where the next piece begins, in bytes. */
    long offset;

    /** Bytes that no piece was made for yet. */
    long unsubmitted;

    /** Pieces at the volume, and the one whose payload is arriving. */
    int outstanding;

    /** 0, or the error of the reply. */
    int error;

    /** The reply has gone out with the last data. */
    boolean answered;

    /** Durability is still owed: by a flush when all pieces are done. */
    boolean flushOwed;

    /** A simple reply in several pieces: they leave in order, and nothing between them. */
    boolean inOrder;

    /** With {@link #inOrder}: the head of the reply is out, so that failing means to disconnect. */
    boolean headSent;

    /** With {@link #inOrder}: offset of the data that leaves next. */
    long sendOffset;

    /** With {@link #inOrder}: pieces whose data waits for its turn, linked by {@code next}. */
    @Nullable Piece ready;

    void begin(long cookie, int command, int flags, long offset, long length) {
        this.cookie = cookie;
        this.command = command;
        this.flags = flags;
        this.offset = offset;
        this.unsubmitted = length;
        outstanding = 0;
        error = 0;
        answered = false;
        flushOwed = false;
        inOrder = false;
        headSent = false;
        sendOffset = offset;
        ready = null;
    }

    /** Length of the next piece, in bytes. */
    int pieceLength() {
        int longest =
                switch (command) {
                    case CMD_TRIM, CMD_WRITE_ZEROES -> VolumePort.MAX_DISCARD;
                    case CMD_BLOCK_STATUS -> LONGEST_STATUS;
                    default -> VolumePort.MAX_TRANSFER;
                };
        return (int) Math.min(unsubmitted, longest);
    }

    /** Payload bytes of the next piece. */
    int payloadLength() {
        return command == CMD_READ || command == CMD_WRITE ? pieceLength() : 0;
    }

    /** Bytes of the buffer that the next piece needs; 0 for none. */
    int bufferLength() {
        return command == CMD_BLOCK_STATUS ? AllocationQuery.BUFFER_BYTES : payloadLength();
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    Operation operation() {
        return switch (command) {
            case CMD_READ -> Operation.READ;
            case CMD_WRITE -> Operation.WRITE;
            case CMD_TRIM -> Operation.TRIM;
            case CMD_WRITE_ZEROES -> Operation.WRITE_ZEROES;
            default -> Operation.FLUSH;
        };
    }

    /** Nothing of it is at the volume, to be submitted, or to be sent. */
    boolean complete() {
        return outstanding == 0 && unsubmitted == 0 && ready == null;
    }

    /** Takes the piece whose data leaves next out of {@link #ready}; {@code null} if it is not there yet. */
    @Nullable Piece takeReady() {
        Piece before = null;
        for (Piece piece = ready; piece != null; piece = (Piece) piece.next) {
            if (piece.offset == sendOffset) {
                if (before == null) {
                    ready = (Piece) piece.next;
                } else {
                    before.next = piece.next;
                }
                piece.next = null;
                return piece;
            }
            before = piece;
        }
        return null;
    }
}
