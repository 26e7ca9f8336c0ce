package io.bsr.loop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Iterator;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * An event loop on an NIO selector; file operations run on a few worker threads.
 *
 * <p>A socket is attached with {@link #register}; its {@link Ready} is called when it can be used.
 */
public final class PortableLoop extends TurnLoop {
    private static final int FILE_THREADS = 4;

    private final Selector selector;
    private final ThreadPoolExecutor fileThreads;
    private final String reason;
    private int fileOperations;
    private long completions;
    private long systemCalls;

    PortableLoop(LoopOptions options, String reason) {
        super(options);
        this.reason = reason;
        this.fileThreads = workers(FILE_THREADS);
        try {
            this.selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Told that a channel is ready. */
    @FunctionalInterface
    public interface Ready {
        void ready(SelectionKey key);
    }

    /** Watches {@code channel}, which must be non-blocking, for {@code interest}. */
    public SelectionKey register(SelectableChannel channel, int interest, Ready ready) throws ClosedChannelException {
        return channel.register(selector, interest, ready);
    }

    /**
     * Runs one file operation on a worker thread, then {@code finished} on the loop, whether the operation threw or not.
     */
    public void onFileThread(Runnable operation, Runnable finished) {
        assert isInLoop() : "file operations begin on the loop";
        fileOperations++;
        fileThreads.execute(() -> {
            try {
                operation.run();
            } finally {
                execute(() -> {
                    fileOperations--;
                    completions++;
                    finished.run();
                });
            }
        });
    }

    @Override
    public LoopKind kind() {
        return LoopKind.PORTABLE;
    }

    @Override
    public String description() {
        return "portable loop (NIO selector, " + FILE_THREADS + " file threads): " + reason;
    }

    @Override
    void begin() {}

    @Override
    void await(long timeoutNanos) {
        systemCalls++;
        try {
            if (timeoutNanos == 0) {
                selector.selectNow();
            } else if (timeoutNanos == Long.MAX_VALUE) {
                selector.select();
            } else {
                selector.select(Math.max(1, (timeoutNanos + 999_999) / 1_000_000));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    void dispatch() {
        Iterator<SelectionKey> keys = selector.selectedKeys().iterator();
        while (keys.hasNext()) {
            SelectionKey key = keys.next();
            keys.remove();
            if (key.isValid() && key.attachment() instanceof Ready ready) {
                completions++;
                try {
                    ready.ready(key);
                } catch (RuntimeException | Error failure) {
                    report(failure);
                }
            }
        }
    }

    @Override
    void wake() {
        selector.wakeup();
    }

    @Override
    boolean pending() {
        return false;
    }

    @Override
    int inFlight() {
        return fileOperations;
    }

    @Override
    long completions() {
        return completions;
    }

    @Override
    long systemCalls() {
        return systemCalls;
    }

    @Override
    void end(boolean quiet) {
        fileThreads.shutdown();
        try {
            selector.close();
        } catch (IOException e) {
            report(e);
        }
    }
}
