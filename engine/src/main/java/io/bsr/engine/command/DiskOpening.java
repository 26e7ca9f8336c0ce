package io.bsr.engine.command;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.Errno;
import io.bsr.base.port.PortException;
import io.bsr.core.disk.AttachRequest;
import io.bsr.loop.EventLoop;
import io.bsr.storage.BlockStores;
import io.bsr.storage.StoreOptions;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Opens the stores of a disk on a thread of its own: a device that hangs must hang nobody else. */
final class DiskOpening {
    /** What was opened; for internal metadata, both are the same store. */
    record Stores(BlockStore data, BlockStore meta) {
        void close() {
            data.close();
            if (meta != data) {
                meta.close();
            }
        }
    }

    private DiskOpening() {}

    static int index(String text) throws Refusal {
        return switch (text) {
            case "internal" -> AttachRequest.INTERNAL;
            case "flexible" -> AttachRequest.FLEXIBLE;
            default -> slot(text);
        };
    }

    private static int slot(String text) throws Refusal {
        if (text.matches("[0-9]{1,3}") && Integer.parseInt(text) <= 255) {
            return Integer.parseInt(text);
        }
        throw new Refusal(
                ErrorCode.INVALID_REQUEST,
                "\"" + text + "\" is no metadata index: use internal, flexible, or 0 … 255.");
    }

    /**
     * Opens data and metadata.
     *
     * @throws Refusal if one of them cannot be used, or did not open in time
     */
    static Stores open(EventLoop loop, String disk, String metaDisk, int index, Deadline deadline)
            throws Refusal, InterruptedException {
        Path data = path(disk, ErrorCode.OPEN_DISK);
        Path meta = path(metaDisk, ErrorCode.OPEN_META_DISK);
        if (index == AttachRequest.INTERNAL && !data.equals(meta)) {
            throw new Refusal(
                    ErrorCode.INVALID_REQUEST,
                    "Internal metadata is on the disk itself, " + data + ", and not on " + meta + ".");
        }
        CompletableFuture<Stores> opened = new CompletableFuture<>();
        Thread.ofPlatform().name("open " + data).daemon(true).start(() -> {
            try {
                Stores stores = openNow(loop, data, meta, index);
                if (!opened.complete(stores)) {
                    loop.execute(stores::close);
                }
            } catch (Refusal | RuntimeException e) {
                opened.completeExceptionally(e);
            }
        });
        try {
            return opened.get(Math.max(0, deadline.nanoTime() - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            Refusal late = new Refusal(
                    ErrorCode.TIMEOUT,
                    "Opening " + data + " takes too long. Check the device: it does not answer the system.");
            if (opened.completeExceptionally(late)) {
                throw late;
            }
            return opened.join();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Refusal refusal) {
                throw refusal;
            }
            throw new IllegalStateException("opening " + data, e.getCause());
        }
    }

    private static Stores openNow(EventLoop loop, Path data, Path meta, int index) throws Refusal {
        BlockStore dataStore = open(loop, data, StoreOptions.EXCLUSIVE, ErrorCode.OPEN_DISK, ErrorCode.DISK_CLAIMED);
        if (index == AttachRequest.INTERNAL) {
            return new Stores(dataStore, dataStore);
        }
        try {
            return new Stores(
                    dataStore,
                    open(loop, meta, StoreOptions.SHARED, ErrorCode.OPEN_META_DISK, ErrorCode.META_DISK_CLAIMED));
        } catch (Refusal e) {
            loop.execute(dataStore::close);
            throw e;
        }
    }

    private static BlockStore open(EventLoop loop, Path path, StoreOptions options, ErrorCode failed, ErrorCode claimed)
            throws Refusal {
        try {
            return BlockStores.open(loop, path, options);
        } catch (PortException e) {
            throw new Refusal(e.errno() == Errno.EBUSY ? claimed : failed, String.valueOf(e.getMessage()));
        }
    }

    private static Path path(String text, ErrorCode code) throws Refusal {
        try {
            Path path = Path.of(text);
            if (path.isAbsolute()) {
                return path;
            }
        } catch (InvalidPathException e) {
            throw new Refusal(code, "\"" + text + "\" is no path: " + e.getReason() + ".");
        }
        throw new Refusal(code, "The path \"" + text + "\" is not absolute.");
    }
}
