package io.bsr.net;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Endpoint;
import io.bsr.loop.RingLoop;
import io.bsr.loop.linux.Libc;
import io.bsr.loop.linux.Linux;
import io.bsr.loop.uring.Ring;
import io.bsr.loop.uring.RingOperation;
import java.lang.foreign.MemorySegment;

/** A stream on a socket that is used through a ring. */
final class RingStream extends StagedStream {
    private final RingNetwork network;
    private final Ring ring;
    private final int socket;
    private final Receive receive = new Receive();
    private final Send send = new Send();
    private final MessageMemory messages;
    private boolean disconnected;
    private boolean given;

    RingStream(
            RingNetwork network,
            RingLoop loop,
            StagingPool staging,
            MessageMemory messages,
            int socket,
            Endpoint local,
            Endpoint remote) {
        super(loop, staging, local, remote);
        this.network = network;
        this.ring = loop.ring();
        this.socket = socket;
        this.messages = messages;
        ring.add(receive);
        ring.add(send);
    }

    @Override
    void receive() {
        if (!receive.submitted() && !disconnected) {
            receive.submit();
        }
    }

    @Override
    void transmit() {
        if (!send.submitted() && !disconnected) {
            send.submit();
        }
    }

    @Override
    void shutdownOutput() {
        Libc.shutdown(socket, Linux.SHUT_WR);
    }

    @Override
    void disconnect() {
        disconnected = true;
        if (receive.submitted() || send.submitted()) {
            // Makes both complete at once.
            Libc.shutdown(socket, Linux.SHUT_RDWR);
        }
        giveBackWhenIdle();
    }

    private void giveBackWhenIdle() {
        if (!disconnected || given || receive.submitted() || send.submitted()) {
            return;
        }
        given = true;
        ring.remove(receive);
        ring.remove(send);
        Libc.close(socket);
        network.forget(this, messages);
        freed();
    }

    private final class Receive extends RingOperation {
        /** What the receive in flight was told to put directly into a payload, in bytes. */
        private int direct;

        /** True if the last receive left input in the socket: then it is worth trying before waiting. */
        private boolean moreExpected;

        void submit() {
            int room = plan();
            long stage = stagedChunk().address + stagedEnd();
            Buffer payload = directTarget();
            if (payload == null) {
                direct = 0;
                ring.receive(this, socket, stage, room, !moreExpected);
            } else {
                // The stream holds its reference to the buffer until the payload is complete or the stream is freed.
                direct = directLength();
                messages.receiveInto(payload.address() + directOffset(), direct, stage, room);
                ring.receiveMessage(this, socket, messages.receiveHeader(), !moreExpected);
            }
        }

        @Override
        protected void completed(int result, int flags) {
            if (disconnected) {
                giveBackWhenIdle();
                return;
            }
            moreExpected = (flags & Ring.COMPLETION_SOCKET_NONEMPTY) != 0;
            if (result > 0) {
                int toPayload = Math.min(result, direct);
                arrived(toPayload, result - toPayload);
                if (wantsInput()) {
                    RingStream.this.receive();
                }
            } else if (result == 0) {
                inputEnded();
            } else if (result == -Linux.EINTR || result == -Linux.EAGAIN) {
                RingStream.this.receive();
            } else {
                failed(SocketErrors.text(-result));
            }
        }
    }

    private final class Send extends RingOperation {
        void submit() {
            int pieces = Math.min(queue.pieces(), MessageMemory.MOST_PIECES);
            if (pieces == 1) {
                ring.send(this, socket, queue.address(0), queue.length(0));
                return;
            }
            messages.sendFrom(queue, pieces);
            ring.sendMessage(this, socket, messages.sendHeader());
        }

        @Override
        protected void completed(int result, int flags) {
            if (result > 0) {
                sent(result);
            } else if (result < 0 && result != -Linux.EINTR && result != -Linux.EAGAIN && !disconnected) {
                failed(SocketErrors.text(-result));
            } else if (!disconnected) {
                transmit();
            }
            giveBackWhenIdle();
        }
    }

    /**
     * Native memory of one stream for gathered calls: two {@code struct msghdr} (56 bytes: name 0, its length 8, vectors
     * 16, their count 24, control 32, its length 40, flags 48) and their vectors (16 bytes: address 0, length 8).
     */
    static final class MessageMemory {
        /** Pieces of output in one send. */
        static final int MOST_PIECES = 128;

        private static final int RECEIVE_HEADER = 0;
        private static final int SEND_HEADER = 64;
        private static final int RECEIVE_VECTORS = 128;
        private static final int SEND_VECTORS = 160;
        static final long BYTES = SEND_VECTORS + 16L * MOST_PIECES;

        private final MemorySegment memory;

        MessageMemory(MemorySegment memory) {
            this.memory = memory;
            long address = memory.address();
            memory.set(JAVA_LONG, RECEIVE_HEADER + 16, address + RECEIVE_VECTORS);
            memory.set(JAVA_LONG, RECEIVE_HEADER + 24, 2);
            memory.set(JAVA_LONG, SEND_HEADER + 16, address + SEND_VECTORS);
        }

        long receiveHeader() {
            return memory.address() + RECEIVE_HEADER;
        }

        long sendHeader() {
            return memory.address() + SEND_HEADER;
        }

        void receiveInto(long first, int firstLength, long second, int secondLength) {
            memory.set(JAVA_LONG, RECEIVE_VECTORS, first);
            memory.set(JAVA_LONG, RECEIVE_VECTORS + 8, firstLength);
            memory.set(JAVA_LONG, RECEIVE_VECTORS + 16, second);
            memory.set(JAVA_LONG, RECEIVE_VECTORS + 24, secondLength);
        }

        void sendFrom(OutputQueue queue, int pieces) {
            memory.set(JAVA_LONG, SEND_HEADER + 24, pieces);
            for (int i = 0; i < pieces; i++) {
                memory.set(JAVA_LONG, SEND_VECTORS + 16L * i, queue.address(i));
                memory.set(JAVA_LONG, SEND_VECTORS + 16L * i + 8, queue.length(i));
            }
        }
    }
}
