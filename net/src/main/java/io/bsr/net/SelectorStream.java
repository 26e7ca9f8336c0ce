package io.bsr.net;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Endpoint;
import io.bsr.loop.PortableLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A stream on an NIO socket channel. */
final class SelectorStream extends StagedStream implements PortableLoop.Ready {
    /** Pieces of output gathered into one write. */
    private static final int MOST_PIECES = 64;

    private final SelectorNetwork network;
    private final SocketChannel channel;
    private final SelectionKey key;
    private boolean freed;

    SelectorStream(
            SelectorNetwork network,
            PortableLoop loop,
            StagingPool staging,
            SocketChannel channel,
            Endpoint local,
            Endpoint remote)
            throws IOException {
        super(loop, staging, local, remote);
        this.network = network;
        this.channel = channel;
        this.key = loop.register(channel, 0, this);
    }

    @Override
    public void ready(SelectionKey readyKey) {
        if (readyKey.isWritable()) {
            interest(SelectionKey.OP_WRITE, false);
            write();
        }
        if (!closed() && readyKey.isReadable()) {
            if (wantsInput()) {
                read();
            } else {
                interest(SelectionKey.OP_READ, false);
            }
        }
    }

    @Override
    void receive() {
        interest(SelectionKey.OP_READ, true);
    }

    private void read() {
        interest(SelectionKey.OP_READ, false);
        int room = plan();
        Buffer target = directTarget();
        ByteBuffer stage = stagedChunk().bytes.clear().slice(stagedEnd(), room);
        ByteBuffer direct = target == null ? null : target.slice(directOffset(), directLength());
        long received;
        try {
            received = direct == null ? channel.read(stage) : channel.read(new ByteBuffer[] {direct, stage}, 0, 2);
        } catch (IOException e) {
            failed(SocketErrors.text(e));
            return;
        }
        if (received < 0) {
            inputEnded();
            return;
        }
        arrived(direct == null ? 0 : direct.position(), stage.position());
        if (wantsInput()) {
            receive();
        }
    }

    @Override
    void transmit() {
        if (key.isValid() && (key.interestOps() & SelectionKey.OP_WRITE) == 0) {
            write();
        }
    }

    private void write() {
        while (!closed() && !queue.isEmpty()) {
            int pieces = Math.min(queue.pieces(), MOST_PIECES);
            @Nullable ByteBuffer[] gathered = new ByteBuffer[pieces];
            long wanted = 0;
            for (int i = 0; i < pieces; i++) {
                gathered[i] = queue.slice(i);
                wanted += queue.length(i);
            }
            long written;
            try {
                written = channel.write(gathered, 0, pieces);
            } catch (IOException e) {
                failed(SocketErrors.text(e));
                return;
            }
            if (written < wanted) {
                interest(SelectionKey.OP_WRITE, true);
            }
            if (written > 0) {
                sent(written);
            }
            if (written < wanted) {
                return;
            }
        }
    }

    private void interest(int operation, boolean wanted) {
        if (key.isValid()) {
            int now = key.interestOps();
            int next = wanted ? now | operation : now & ~operation;
            if (next != now) {
                key.interestOps(next);
            }
        }
    }

    @Override
    void shutdownOutput() {
        try {
            channel.shutdownOutput();
        } catch (IOException e) {
            failed(SocketErrors.text(e));
        }
    }

    @Override
    void disconnect() {
        if (freed) {
            return;
        }
        freed = true;
        network.forget(this);
        SelectorNetwork.closeQuietly(channel);
        freed();
    }
}
