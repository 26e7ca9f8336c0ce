package io.bsr.control.message;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Lines over a socket, every wait with a limit. One thread reads and writes; {@link #close} may come from another one and
 * ends its wait.
 */
public final class LineChannel implements AutoCloseable {
    private static final int FIRST_BYTES = 8192;

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final int longestLine;
    private byte[] input = new byte[FIRST_BYTES];
    private int filled;
    private int searched;

    /** Takes over {@code channel}; {@code longestLine} is in bytes, without the line feed. */
    public LineChannel(SocketChannel channel, int longestLine) throws IOException {
        this.channel = channel;
        this.longestLine = longestLine;
        channel.configureBlocking(false);
        this.selector = Selector.open();
        this.key = channel.register(selector, 0);
    }

    /**
     * The next line without its line feed; {@code null} if none is complete at {@code deadline}
     * ({@link System#nanoTime}), and nothing is lost then.
     *
     * @throws LineTooLongException if more came without a line feed than a line may have
     * @throws EOFException if the other side has closed
     */
    public byte @Nullable [] readLine(long deadline) throws IOException {
        while (true) {
            byte[] line = takeLine();
            if (line != null) {
                return line;
            }
            if (filled > longestLine) {
                throw new LineTooLongException(longestLine);
            }
            if (filled == input.length) {
                input = Arrays.copyOf(input, Math.min(input.length * 2, longestLine + 1));
            }
            int count = channel.read(ByteBuffer.wrap(input, filled, input.length - filled));
            if (count < 0) {
                throw new EOFException("the other side has closed the connection");
            }
            filled += count;
            if (count == 0 && !await(SelectionKey.OP_READ, deadline)) {
                return null;
            }
        }
    }

    /**
     * Writes {@code line} and a line feed.
     *
     * @return false if the other side did not take all of it until {@code deadline}; the channel is useless then
     */
    public boolean writeLine(byte[] line, long deadline) throws IOException {
        ByteBuffer[] parts = {ByteBuffer.wrap(line), ByteBuffer.wrap(new byte[] {'\n'})};
        while (true) {
            long count = channel.write(parts);
            if (!parts[1].hasRemaining()) {
                return true;
            }
            if (count == 0 && !await(SelectionKey.OP_WRITE, deadline)) {
                return false;
            }
        }
    }

    /** True if the other side has closed, as far as can be known without waiting; input that came is kept. */
    public boolean atEnd() throws IOException {
        if (filled > longestLine) {
            return true;
        }
        if (filled == input.length) {
            input = Arrays.copyOf(input, Math.min(input.length * 2, longestLine + 1));
        }
        int count = channel.read(ByteBuffer.wrap(input, filled, input.length - filled));
        filled += Math.max(count, 0);
        return count < 0;
    }

    @Override
    public void close() {
        try {
            channel.close();
            selector.close();
        } catch (IOException e) {
            // Closing a socket that is broken already; there is nothing left that could be done about it.
            assert !channel.isOpen();
        }
    }

    private byte @Nullable [] takeLine() {
        for (int i = searched; i < filled; i++) {
            if (input[i] == '\n') {
                byte[] line = Arrays.copyOf(input, i);
                System.arraycopy(input, i + 1, input, 0, filled - i - 1);
                filled -= i + 1;
                searched = 0;
                if (filled == 0 && input.length > FIRST_BYTES) {
                    input = new byte[FIRST_BYTES];
                }
                return line;
            }
        }
        searched = filled;
        return null;
    }

    private boolean await(int operation, long deadline) throws IOException {
        long millis = (deadline - System.nanoTime() + 999_999) / 1_000_000;
        if (millis <= 0) {
            return false;
        }
        if (!key.isValid()) {
            throw new EOFException("the connection was closed");
        }
        try {
            key.interestOps(operation);
            selector.select(millis);
            selector.selectedKeys().clear();
        } catch (ClosedSelectorException | CancelledKeyException e) {
            // Closed by another thread at this very moment.
            throw new EOFException("the connection was closed");
        }
        if (!channel.isOpen()) {
            throw new EOFException("the connection was closed");
        }
        return true;
    }
}
