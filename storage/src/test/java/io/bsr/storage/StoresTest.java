package io.bsr.storage;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.port.BlockStore;
import io.bsr.base.port.PortException;
import io.bsr.loop.LoopKind;
import io.bsr.loop.PortableLoop;
import io.bsr.loop.contract.RealWorld;
import io.bsr.loop.contract.World;
import io.bsr.storage.contract.StoreContract;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The contract on both loops: files, files in memory, devices, memory, and through the decorators. */
final class StoresTest {
    static Path file(@Nullable Path folder, long size) throws Exception {
        if (folder == null) {
            throw new AssertionError("no folder");
        }
        Path path = folder.resolve("disk");
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(size);
        }
        return path;
    }

    private abstract static class FileStores extends StoreContract {
        @TempDir
        @Nullable Path folder;

        private final LoopKind kind;

        FileStores(LoopKind kind) {
            this.kind = kind;
        }

        StoreOptions options() {
            return StoreOptions.EXCLUSIVE;
        }

        @Override
        protected World openWorld() {
            return RealWorld.open(kind);
        }

        @Override
        protected BlockStore openStore(World world) throws Exception {
            return BlockStores.open(((RealWorld) world).loop(), file(folder, SIZE), options());
        }
    }

    @Nested
    final class RingFiles extends FileStores {
        RingFiles() {
            super(LoopKind.URING);
        }
    }

    @Nested
    final class PortableFiles extends FileStores {
        PortableFiles() {
            super(LoopKind.PORTABLE);
        }
    }

    @Nested
    final class RingFilesThroughTheCache extends FileStores {
        RingFilesThroughTheCache() {
            super(LoopKind.URING);
        }

        @Override
        StoreOptions options() {
            return StoreOptions.EXCLUSIVE.withDirect(false);
        }
    }

    @Nested
    final class RingFilesOpenedLater extends FileStores {
        RingFilesOpenedLater() {
            super(LoopKind.URING);
        }

        @Override
        protected BlockStore openStore(World world) throws Exception {
            Path path = file(folder, SIZE);
            BlockStore[] opened = new BlockStore[1];
            world.run(
                    () -> BlockStores.openLater(((RealWorld) world).loop(), path, options(), new BlockStores.Opened() {
                        @Override
                        public void opened(BlockStore store) {
                            opened[0] = store;
                        }

                        @Override
                        public void failed(PortException reason) {
                            throw new AssertionError(reason);
                        }
                    }));
            world.await("the store", () -> opened[0] != null);
            return opened[0];
        }
    }

    /** The class library alone, as on systems other than Linux. */
    @Nested
    final class ChannelFiles extends FileStores {
        ChannelFiles() {
            super(LoopKind.PORTABLE);
        }

        @Override
        protected BlockStore openStore(World world) throws Exception {
            PortableLoop loop = (PortableLoop) ((RealWorld) world).loop();
            return new ThreadedStore(loop, ChannelFile.open(file(folder, SIZE), options()));
        }
    }

    @Nested
    final class RingFilesInMemory extends StoreContract {
        private @Nullable Path path;

        @Override
        protected World openWorld() {
            return RealWorld.open(LoopKind.URING);
        }

        @Override
        protected BlockStore openStore(World world) throws Exception {
            Path shm = Path.of("/dev/shm");
            Assumptions.assumeTrue(Files.isWritable(shm), "/dev/shm is needed");
            Path folder = Files.createTempDirectory(shm, "bsr-store-test");
            path = file(folder, SIZE);
            BlockStore store = BlockStores.open(((RealWorld) world).loop(), path, StoreOptions.EXCLUSIVE);
            assertTrue(!store.volatileCache(), store.description());
            return store;
        }

        @AfterEach
        void remove() throws Exception {
            Path made = path;
            if (made != null) {
                Files.delete(made);
                Files.delete(made.getParent());
            }
        }
    }

    private abstract static class Devices extends StoreContract {
        @TempDir
        @Nullable Path folder;

        private final LoopKind kind;
        private final int sector;
        private @Nullable LoopDevice device;

        Devices(LoopKind kind, int sector) {
            this.kind = kind;
            this.sector = sector;
        }

        @Override
        protected World openWorld() {
            return RealWorld.open(kind);
        }

        @Override
        protected BlockStore openStore(World world) throws Exception {
            LoopDevice attached = LoopDevice.attach(file(folder, SIZE), sector);
            device = attached;
            BlockStore store = BlockStores.open(((RealWorld) world).loop(), attached.path(), StoreOptions.EXCLUSIVE);
            assertTrue(store.logicalBlockSize() == sector, store.description());
            return store;
        }

        @AfterEach
        void detach() throws Exception {
            LoopDevice attached = device;
            if (attached != null) {
                attached.close();
            }
        }
    }

    @Nested
    final class RingDevices extends Devices {
        RingDevices() {
            super(LoopKind.URING, 512);
        }
    }

    @Nested
    final class RingDevicesWithLargeSectors extends Devices {
        RingDevicesWithLargeSectors() {
            super(LoopKind.URING, 4096);
        }
    }

    @Nested
    final class PortableDevices extends Devices {
        PortableDevices() {
            super(LoopKind.PORTABLE, 512);
        }
    }

    @Nested
    final class Memory extends StoreContract {
        @Override
        protected World openWorld() {
            return RealWorld.open(LoopKind.PORTABLE);
        }

        @Override
        protected BlockStore openStore(World world) {
            return new MemoryStore(world.executor(), SIZE);
        }
    }

    @Nested
    final class MemoryThroughEveryDecorator extends StoreContract {
        @Override
        protected World openWorld() {
            return RealWorld.open(LoopKind.PORTABLE);
        }

        @Override
        protected BlockStore openStore(World world) {
            BlockStore memory = new MemoryStore(world.executor(), SIZE, 4096, false);
            BlockStore faulty = new FaultStore(memory, world.executor());
            BlockStore slow = new DelayStore(faulty, world.timers(), () -> 1000);
            return new RecordingStore(slow);
        }
    }
}
