package io.bsr.frontend.fuse;

import static io.bsr.frontend.fuse.FuseCode.*;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Errno;
import io.bsr.base.port.IoRequest.Operation;
import io.bsr.base.port.VolumePort;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** One volume as a file of the kernel, from the opening of the volume until its last request has left it. */
public final class FuseSession implements VolumePort.User {
    /**
     * Payload of one READ or WRITE at most, in bytes; the kernel is told. It also cuts where it has {@link #MOST_PAGES} pages,
     * wherever that is: a request of the loop device has up to 128 pieces, each with a page more if it does not begin at one,
     * and must not be cut within a block.
     */
    public static final int LARGEST_TRANSFER = 512 << 10;

    /** More than that no kernel takes. */
    static final int MOST_PAGES = 256;

    /**
     * Requests at the volume at most, and of them those that the kernel has under way without a process waiting. A loop device
     * has 128 on their way, of 1280 KiB at most.
     */
    static final int MOST_REQUESTS = 384;

    /** What the session tells whoever has attached the volume. On the loop. */
    public interface Owner {
        void resized(long size);

        /** The volume goes away; from now on every request fails. Leave. */
        void revoked(String reason);
    }

    private enum State {
        SERVING,
        /** The volume goes away: what is in flight ends, everything else fails. */
        REFUSING,
        /** Nothing is answered; what is in flight only has to complete. */
        LEFT
    }

    private final VolumePort volume;
    private final PayloadBuffers buffers;
    private final Replies replies;
    private final Owner owner;
    private final String description;
    private final PayloadBuffers.Taker taker = new PayloadBuffers.Taker() {
        @Override
        void retry() {
            waitingForBuffer = false;
            takeWaiting();
        }
    };
    private final ArrayDeque<FuseMessage> waiting = new ArrayDeque<>();
    private final ArrayDeque<FuseRequest> free = new ArrayDeque<>();

    private State state = State.LEFT;
    private int atVolume;
    private boolean waitingForBuffer;
    private @Nullable Runnable whenGone;

    public FuseSession(
            VolumePort volume, FuseChannel channel, PayloadBuffers buffers, String description, Owner owner) {
        this.volume = volume;
        this.buffers = buffers;
        this.replies = new Replies(channel);
        this.description = description;
        this.owner = owner;
    }

    /** Opens the volume; returns why not, or {@code null}. */
    public @Nullable String open() {
        String refusal = volume.open(this);
        if (refusal == null) {
            state = State.SERVING;
            buffers.join();
        }
        return refusal;
    }

    /** Takes a message over. */
    public void received(FuseMessage message) {
        if (state == State.LEFT) {
            message.done();
        } else if (!waiting.isEmpty() || !taken(message)) {
            waiting.add(message);
        } else {
            message.done();
        }
    }

    /** Answers nothing from now on; {@code gone} runs when the volume is closed. */
    public void leave(Runnable gone) {
        if (state == State.LEFT) {
            gone.run();
            return;
        }
        state = State.LEFT;
        whenGone = gone;
        stopWaiting();
        dropWaiting();
        volume.abandon(this);
        closeIfQuiet();
    }

    private void stopWaiting() {
        if (waitingForBuffer) {
            waitingForBuffer = false;
            buffers.cancel(taker);
        }
    }

    private void dropWaiting() {
        for (FuseMessage message = waiting.poll(); message != null; message = waiting.poll()) {
            message.done();
        }
    }

    private void takeWaiting() {
        while (!waitingForBuffer && !waiting.isEmpty() && taken(waiting.element())) {
            waiting.remove().done();
        }
    }

    /** Acts upon the message; false if something that it needs is not there, and nothing was done. */
    private boolean taken(FuseMessage message) {
        MemorySegment in = message.bytes();
        int length = message.length();
        if (length < IN_BYTES || in.get(JAVA_INT, IN_LENGTH) != length) {
            // Without a head there is nobody to answer.
            return true;
        }
        int opcode = in.get(JAVA_INT, IN_OPCODE);
        long unique = in.get(JAVA_LONG, IN_UNIQUE);
        if (length - IN_BYTES < RequestRules.bodyBytes(opcode)) {
            replies.failed(unique, Errno.EINVAL);
            return true;
        }
        if (RequestRules.aboutFile(opcode) && in.get(JAVA_LONG, IN_NODE) != ROOT) {
            replies.failed(unique, ESTALE);
            return true;
        }
        return switch (opcode) {
            case READ -> read(unique, in);
            case WRITE -> write(unique, in, length);
            case FSYNC -> flush(unique);
            case FALLOCATE -> allocate(unique, in);
            default -> {
                answer(opcode, unique, in);
                yield true;
            }
        };
    }

    /** What needs nothing of the volume but a look. */
    private void answer(int opcode, long unique, MemorySegment in) {
        switch (opcode) {
            case INIT -> initialize(unique, in);
            case GETATTR -> replies.attributes(unique, volume);
            case SETATTR -> {
                int error = RequestRules.attributes(in.get(JAVA_INT, IN_BYTES + SETATTR_VALID));
                if (error == 0) {
                    replies.attributes(unique, volume);
                } else {
                    replies.failed(unique, error);
                }
            }
            case OPEN -> {
                if (state == State.REFUSING) {
                    replies.failed(unique, Errno.EIO);
                } else {
                    replies.opened(unique);
                }
            }
            case STATFS -> replies.statistics(unique, volume);
            case RELEASE, DESTROY -> replies.done(unique);
            case FORGET, BATCH_FORGET, NOTIFY_REPLY -> {
                // Nobody waits for an answer.
            }
            // Of INTERRUPT too: the kernel does not send it again, and waits for the answer of the request.
            default -> replies.failed(unique, ENOSYS);
        }
    }

    private void initialize(long unique, MemorySegment in) {
        int major = in.get(JAVA_INT, IN_BYTES + INIT_IN_MAJOR);
        int minor = in.get(JAVA_INT, IN_BYTES + INIT_IN_MINOR);
        if (major < MAJOR || (major == MAJOR && Integer.compareUnsigned(minor, OLDEST_MINOR) < 0)) {
            replies.failed(unique, EPROTO);
        } else {
            // A newer major version asks again, in the version of the answer.
            replies.initialized(unique, in.get(JAVA_INT, IN_BYTES + INIT_IN_FLAGS));
        }
    }

    private boolean read(long unique, MemorySegment in) {
        long offset = in.get(JAVA_LONG, IN_BYTES + IO_OFFSET);
        int bytes = RequestRules.readable(volume, offset, Integer.toUnsignedLong(in.get(JAVA_INT, IN_BYTES + IO_SIZE)));
        if (state == State.REFUSING) {
            replies.failed(unique, Errno.EIO);
            return true;
        } else if (bytes < 0) {
            replies.failed(unique, -bytes);
            return true;
        } else if (bytes == 0) {
            replies.read(unique, null, 0);
            return true;
        }
        Buffer buffer = place(bytes);
        if (buffer == null) {
            return false;
        }
        submit(request(unique, Operation.READ, offset, bytes, buffer));
        return true;
    }

    private boolean write(long unique, MemorySegment in, int messageBytes) {
        long offset = in.get(JAVA_LONG, IN_BYTES + IO_OFFSET);
        long length = Integer.toUnsignedLong(in.get(JAVA_INT, IN_BYTES + IO_SIZE));
        int error = RequestRules.write(volume, offset, length, messageBytes - IN_BYTES - IO_IN_BYTES);
        if (error != 0 || state == State.REFUSING) {
            replies.failed(unique, state == State.REFUSING ? Errno.EIO : error);
            return true;
        }
        if (length == 0) {
            replies.written(unique, 0);
            return true;
        }
        Buffer buffer = place((int) length);
        if (buffer == null) {
            return false;
        }
        MemorySegment.copy(in, IN_BYTES + IO_IN_BYTES, buffer.segment(), 0, length);
        FuseRequest request = request(unique, Operation.WRITE, offset, (int) length, buffer);
        request.forceUnitAccess = (in.get(JAVA_INT, IN_BYTES + IO_FILE_FLAGS) & O_DSYNC) != 0;
        submit(request);
        return true;
    }

    private boolean flush(long unique) {
        if (state == State.REFUSING) {
            replies.failed(unique, Errno.EIO);
            return true;
        }
        if (atVolume >= MOST_REQUESTS) {
            return false;
        }
        submit(request(unique, Operation.FLUSH, 0, 0, null));
        return true;
    }

    private boolean allocate(long unique, MemorySegment in) {
        long offset = in.get(JAVA_LONG, IN_BYTES + FALLOCATE_OFFSET);
        long length = in.get(JAVA_LONG, IN_BYTES + FALLOCATE_LENGTH);
        int mode = in.get(JAVA_INT, IN_BYTES + FALLOCATE_MODE);
        int error = RequestRules.allocate(volume, mode, offset, length);
        if (error != 0 || state == State.REFUSING) {
            replies.failed(unique, state == State.REFUSING ? Errno.EIO : error);
            return true;
        }
        if (atVolume >= MOST_REQUESTS) {
            return false;
        }
        int piece = (int) Math.min(length, VolumePort.MAX_DISCARD);
        FuseRequest request = request(unique, Operation.WRITE_ZEROES, offset, piece, null);
        request.mayUnmap = (mode & PUNCH_HOLE) != 0;
        request.rest = length - piece;
        submit(request);
        return true;
    }

    /** A buffer for one more request; {@code null} if it has to wait. */
    private @Nullable Buffer place(int bytes) {
        if (atVolume >= MOST_REQUESTS) {
            return null;
        }
        Buffer buffer = buffers.acquire(bytes, taker);
        waitingForBuffer = buffer == null;
        return buffer;
    }

    private FuseRequest request(long unique, Operation operation, long offset, int length, @Nullable Buffer buffer) {
        FuseRequest request = free.poll();
        if (request == null) {
            request = new FuseRequest(this);
        }
        request.unique = unique;
        request.operation = operation;
        request.offset = offset;
        request.length = length;
        request.buffer = buffer;
        request.forceUnitAccess = false;
        request.mayUnmap = false;
        request.rest = 0;
        request.submitter = this;
        return request;
    }

    private void submit(FuseRequest request) {
        atVolume++;
        volume.submit(request);
    }

    void completed(FuseRequest request, int errno) {
        atVolume--;
        if (state == State.LEFT) {
            recycle(request);
            closeIfQuiet();
            return;
        }
        if (errno == 0 && request.rest > 0 && state == State.SERVING) {
            request.offset += request.length;
            request.length = (int) Math.min(request.rest, VolumePort.MAX_DISCARD);
            request.rest -= request.length;
            submit(request);
            return;
        }
        reply(request, errno == 0 && request.rest > 0 ? Errno.EIO : errno);
        recycle(request);
        takeWaiting();
    }

    private void reply(FuseRequest request, int errno) {
        if (errno != 0) {
            replies.failed(request.unique, RequestRules.errorOf(errno));
            return;
        }
        switch (request.operation) {
            case READ -> replies.read(request.unique, request.buffer, request.length);
            case WRITE -> replies.written(request.unique, request.length);
            case FLUSH, TRIM, WRITE_ZEROES -> replies.done(request.unique);
        }
    }

    private void recycle(FuseRequest request) {
        Buffer buffer = request.buffer;
        if (buffer != null) {
            request.buffer = null;
            buffers.release(buffer, taker);
        }
        request.next = null;
        free.push(request);
    }

    private void closeIfQuiet() {
        Runnable gone = whenGone;
        if (gone != null && atVolume == 0) {
            whenGone = null;
            buffers.leave();
            volume.close(this);
            gone.run();
        }
    }

    // User of the volume

    @Override
    public String description() {
        return description;
    }

    @Override
    public void resized(long size) {
        owner.resized(size);
    }

    @Override
    public void revoked(String reason) {
        if (state == State.SERVING) {
            state = State.REFUSING;
            stopWaiting();
            volume.abandon(this);
            takeWaiting();
            owner.revoked(reason);
        }
    }
}
