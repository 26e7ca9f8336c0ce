package io.bsr.engine.guard;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Network;
import io.bsr.base.port.Stream;
import io.bsr.base.port.StreamHandler;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** A stream whose handler is behind a fence. */
final class GuardedStream implements Stream, Network.Closeable {
    private final Fence fence;
    private final Stream stream;
    private final Consumer<Network.Closeable> whenClosed;

    GuardedStream(Fence fence, Stream stream, Consumer<Network.Closeable> whenClosed) {
        this.fence = fence;
        this.stream = stream;
        this.whenClosed = whenClosed;
    }

    @Override
    public void start(StreamHandler handler) {
        stream.start(new GuardedHandler(handler));
    }

    @Override
    public ByteBuffer output(int bytes) {
        return stream.output(bytes);
    }

    @Override
    public void send(Buffer payload, int offset, int length) {
        stream.send(payload, offset, length);
    }

    @Override
    public long unsentBytes() {
        return stream.unsentBytes();
    }

    @Override
    public long receivedBytes() {
        return stream.receivedBytes();
    }

    @Override
    public void receiveInto(Buffer target, int offset, int length) {
        stream.receiveInto(target, offset, length);
    }

    @Override
    public void skipInput(long length) {
        stream.skipInput(length);
    }

    @Override
    public void pauseReading() {
        stream.pauseReading();
    }

    @Override
    public void resumeReading() {
        stream.resumeReading();
    }

    @Override
    public void close() {
        whenClosed.accept(this);
        stream.close();
    }

    @Override
    public void closeAfterSending(long timeoutNanos) {
        whenClosed.accept(this);
        stream.closeAfterSending(timeoutNanos);
    }

    @Override
    public Endpoint remote() {
        return stream.remote();
    }

    @Override
    public Endpoint local() {
        return stream.local();
    }

    /** Without lambdas: these calls belong to the data path. */
    private final class GuardedHandler implements StreamHandler {
        private final StreamHandler handler;

        GuardedHandler(StreamHandler handler) {
            this.handler = handler;
        }

        @Override
        public void received(ByteBuffer in) {
            if (fence.broken()) {
                in.position(in.limit());
                return;
            }
            try {
                handler.received(in);
            } catch (RuntimeException | Error failure) {
                fence.breakDown(failure);
            }
        }

        @Override
        public void payloadReceived() {
            if (fence.broken()) {
                return;
            }
            try {
                handler.payloadReceived();
            } catch (RuntimeException | Error failure) {
                fence.breakDown(failure);
            }
        }

        @Override
        public void drained() {
            if (fence.broken()) {
                return;
            }
            try {
                handler.drained();
            } catch (RuntimeException | Error failure) {
                fence.breakDown(failure);
            }
        }

        @Override
        public void closed(String reason) {
            whenClosed.accept(GuardedStream.this);
            if (fence.broken()) {
                return;
            }
            try {
                handler.closed(reason);
            } catch (RuntimeException | Error failure) {
                fence.breakDown(failure);
            }
        }
    }
}
