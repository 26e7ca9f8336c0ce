package io.bsr.demo.nbd;

import io.bsr.demo.failure.DemoException;
import io.bsr.frontend.nbd.ExportClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Writes at random places of a part of the volume until it is stopped, as a busy application would. */
public final class Writer implements AutoCloseable {
    private static final int BLOCKS_PER_WRITE = 8;
    private static final long PAUSE_MILLIS = 1;
    private static final long END_MILLIS = 20_000;

    private final KnownData data;
    private final int first;
    private final int count;
    private final AtomicLong written = new AtomicLong();
    private final Thread thread;
    private volatile boolean stop;
    private volatile @Nullable Exception failure;

    /**
     * Begins to write.
     *
     * @param first first block of the part
     * @param count blocks of the part, at least 8
     */
    public Writer(Path socket, String export, KnownData data, int first, int count) {
        this.data = data;
        this.first = first;
        this.count = count;
        thread = Thread.ofPlatform().name("writer").daemon(true).start(() -> run(socket, export));
    }

    private void run(Path socket, String export) {
        Random random = new Random(42);
        List<Integer> places = new ArrayList<>(
                IntStream.range(0, count / BLOCKS_PER_WRITE).boxed().toList());
        byte[] buffer = new byte[BLOCKS_PER_WRITE * KnownData.BLOCK_BYTES];
        try (ExportClient nbd = ExportClient.open(socket, export)) {
            for (int i = 0; !stop; i++) {
                int place = i % places.size();
                if (place == 0) {
                    // Of two writes in flight to one place, either may win: so no place comes twice within a window.
                    nbd.drain();
                    Collections.shuffle(places, random);
                }
                int block = first + places.get(place) * BLOCKS_PER_WRITE;
                data.renew(block, BLOCKS_PER_WRITE, buffer);
                nbd.submitWrite((long) block * KnownData.BLOCK_BYTES, buffer, buffer.length);
                written.addAndGet(buffer.length);
                Thread.sleep(PAUSE_MILLIS);
            }
            nbd.flush();
        } catch (IOException e) {
            failure = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Bytes sent so far. */
    public long written() {
        return written.get();
    }

    /**
     * Stops and waits until everything written is durable.
     *
     * @throws DemoException if a write failed: an application would have got an error
     */
    public void finish() throws DemoException {
        stop = true;
        try {
            thread.join(END_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Exception failed = failure;
        if (failed != null) {
            throw new DemoException("Writing through NBD failed: " + failed.getMessage(), failed);
        }
        if (thread.isAlive()) {
            throw new DemoException("The last writes through NBD are not answered.");
        }
    }

    @Override
    public void close() {
        stop = true;
        thread.interrupt();
    }
}
