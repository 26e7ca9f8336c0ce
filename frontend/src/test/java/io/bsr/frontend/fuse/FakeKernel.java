package io.bsr.frontend.fuse;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.bsr.base.memory.Buffer;
import io.bsr.base.memory.BufferPool;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.IoRequest;
import io.bsr.base.port.VolumePort;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The kernel at one end of a session and a volume in memory, which checks its users, at the other. */
final class FakeKernel implements FuseChannel, FuseSession.Owner {
    static final int BLOCK = 4096;

    /** What came back for one request. */
    static final class Answer {
        private final int error;
        private final byte[] body;

        Answer(int error, byte[] body) {
            this.error = error;
            this.body = body;
        }

        int error() {
            return error;
        }

        byte[] body() {
            return body;
        }

        long number(int offset) {
            return ByteBuffer.wrap(body).order(ByteOrder.nativeOrder()).getLong(offset);
        }

        int word(int offset) {
            return ByteBuffer.wrap(body).order(ByteOrder.nativeOrder()).getInt(offset);
        }
    }

    final Turns turns = new Turns();
    final Volume volume = new Volume();
    final Map<Long, Answer> answers = new HashMap<>();
    final FuseSession session;
    final PayloadBuffers buffers;
    int messagesOut;
    int doubleAnswers;

    @Nullable String revoked;

    private long unique = 100;

    FakeKernel() {
        BufferPool pool = new BufferPool(4 << 20);
        buffers = new PayloadBuffers(pool, turns);
        session = new FuseSession(volume, this, buffers, "block device", this);
        String refusal = session.open();
        if (refusal != null) {
            throw new AssertionError(refusal);
        }
    }

    /** Runs all turns there are. */
    void run() {
        turns.run();
    }

    /** Sends a request about the file, and returns its number. */
    long send(int opcode, ByteBuffer body) {
        ByteBuffer message = ByteBuffer.allocate(40 + body.remaining()).order(ByteOrder.nativeOrder());
        long number = ++unique;
        message.putInt(message.capacity())
                .putInt(opcode)
                .putLong(number)
                .putLong(1)
                .putLong(0)
                .putLong(0)
                .put(body);
        sendRaw(message.array());
        return number;
    }

    Answer ask(int opcode, ByteBuffer body) {
        long number = send(opcode, body);
        run();
        return answer(number);
    }

    Answer answer(long number) {
        Answer answer = answers.get(number);
        if (answer == null) {
            throw new AssertionError("no answer");
        }
        return answer;
    }

    void sendRaw(byte[] bytes) {
        MemorySegment memory = Arena.ofAuto().allocate(Math.max(1, bytes.length), 8);
        MemorySegment.copy(bytes, 0, memory, JAVA_BYTE, 0, bytes.length);
        messagesOut++;
        boolean[] done = new boolean[1];
        session.received(new FuseMessage() {
            @Override
            public MemorySegment bytes() {
                return memory;
            }

            @Override
            public int length() {
                return bytes.length;
            }

            @Override
            public void done() {
                if (done[0]) {
                    throw new AssertionError("given back twice");
                }
                done[0] = true;
                messagesOut--;
            }
        });
    }

    static ByteBuffer body(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    }

    static ByteBuffer transfer(long offset, int size, int flags, byte... payload) {
        return body(40 + payload.length)
                .putLong(0, 0)
                .putLong(8, offset)
                .putInt(16, size)
                .putInt(32, flags)
                .put(40, payload);
    }

    static ByteBuffer allocation(long offset, long length, int mode) {
        return body(32).putLong(8, offset).putLong(16, length).putInt(24, mode);
    }

    @Override
    public void reply(MemorySegment head, int headBytes, @Nullable Buffer data, int dataBytes) {
        if (head.get(JAVA_INT, 0) != headBytes + dataBytes) {
            throw new AssertionError("an answer of a wrong length");
        }
        byte[] body = new byte[headBytes - 16 + dataBytes];
        MemorySegment.copy(head, JAVA_BYTE, 16, body, 0, headBytes - 16);
        if (data != null) {
            MemorySegment.copy(data.segment(), JAVA_BYTE, 0, body, headBytes - 16, dataBytes);
        }
        Answer before = answers.put(head.get(JAVA_LONG, 8), new Answer(-head.get(JAVA_INT, 4), body));
        doubleAnswers += before == null ? 0 : 1;
    }

    @Override
    public void resized(long size) {}

    @Override
    public void revoked(String reason) {
        revoked = reason;
    }

    /** Completes requests in a later turn, or when it is let go. */
    final class Volume implements VolumePort {
        final byte[] data = new byte[8 << 20];
        final ArrayDeque<IoRequest> pending = new ArrayDeque<>();
        final ArrayDeque<IoRequest.Operation> operations = new ArrayDeque<>();
        long size = data.length;
        long zeroed;
        int largestPiece;
        int forced;
        int unmapping;
        int mostPending;
        int errno;
        boolean discards = true;
        boolean held;
        boolean open;

        @Override
        public long size() {
            return size;
        }

        @Override
        public int logicalBlockSize() {
            return BLOCK;
        }

        @Override
        public boolean discards() {
            return discards;
        }

        @Override
        public @Nullable String open(User user) {
            open = true;
            return null;
        }

        @Override
        public void close(User user) {
            if (!open || !pending.isEmpty()) {
                throw new AssertionError("closed with requests under way, or twice");
            }
            open = false;
        }

        @Override
        public void submit(IoRequest request) {
            boolean transfer =
                    request.operation == IoRequest.Operation.READ || request.operation == IoRequest.Operation.WRITE;
            long most = transfer ? MAX_TRANSFER : MAX_DISCARD;
            if (!open
                    || request.offset < 0
                    || request.length > most
                    || request.offset + request.length > size
                    || ((request.offset | request.length) & (BLOCK - 1)) != 0
                    || transfer != (request.buffer != null)) {
                throw new AssertionError("the volume must not be asked for this");
            }
            pending.add(request);
            mostPending = Math.max(mostPending, pending.size());
            turns.add(() -> {
                if (!held) {
                    letGo();
                }
            });
        }

        void letGo() {
            held = false;
            for (IoRequest request = pending.poll(); request != null; request = pending.poll()) {
                operations.add(request.operation);
                Buffer buffer = request.buffer;
                int at = (int) request.offset;
                switch (request.operation) {
                    case READ, WRITE -> {
                        if (buffer != null && request.operation == IoRequest.Operation.READ) {
                            MemorySegment.copy(data, at, buffer.segment(), JAVA_BYTE, 0, request.length);
                        } else if (buffer != null) {
                            MemorySegment.copy(buffer.segment(), JAVA_BYTE, 0, data, at, request.length);
                        }
                        forced += request.forceUnitAccess ? 1 : 0;
                    }
                    case TRIM, WRITE_ZEROES -> {
                        zeroed += request.length;
                        largestPiece = Math.max(largestPiece, request.length);
                        unmapping += request.mayUnmap ? 1 : 0;
                    }
                    case FLUSH -> {}
                }
                request.completed(errno);
            }
        }

        @Override
        public void mapAllocation(long offset, long length, BlockStore.AllocationSink sink) {
            throw new AssertionError("nobody asks for holes");
        }
    }
}
