package io.bsr.storage;

import io.bsr.base.port.BlockStore;
import io.bsr.base.port.PortException;
import io.bsr.loop.EventLoop;
import io.bsr.loop.PortableLoop;
import io.bsr.loop.RingLoop;
import io.bsr.loop.linux.Linux;
import java.nio.file.Path;

/** Opens files and block devices as block stores. */
public final class BlockStores {
    private BlockStores() {}

    /**
     * Opens an existing plain file or block device. Blocks for as long as the system takes to open it, so it is called
     * on another thread than the loop's, or with {@link #openLater}; the store then belongs to {@code loop}.
     *
     * @throws PortException EBUSY if another engine or the system uses it; also if it is missing, no file or device, not
     *     permitted, read-only, or smaller than a block; the text says what to do
     */
    public static BlockStore open(EventLoop loop, Path path, StoreOptions options) throws PortException {
        return switch (loop) {
            case PortableLoop portable -> new ThreadedStore(portable, file(path, options));
            case RingLoop ring -> new RingStore(ring, LinuxFile.open(path, options));
        };
    }

    /** Opens on the loop's helper thread and tells {@code opened} on the loop. Called on the loop. */
    public static void openLater(EventLoop loop, Path path, StoreOptions options, Opened opened) {
        loop.offload(() -> {
            try {
                BlockStore store = open(loop, path, options);
                loop.execute(() -> opened.opened(store));
            } catch (PortException e) {
                loop.execute(() -> opened.failed(e));
            }
        });
    }

    /** Told how {@link #openLater} ended: one of the two, once. */
    public interface Opened {
        void opened(BlockStore store);

        void failed(PortException reason);
    }

    private static BlockFile file(Path path, StoreOptions options) throws PortException {
        return Linux.HERE ? LinuxFile.open(path, options) : ChannelFile.open(path, options);
    }
}
