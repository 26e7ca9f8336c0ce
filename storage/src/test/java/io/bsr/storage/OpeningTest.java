package io.bsr.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.Errno;
import io.bsr.base.port.PortException;
import io.bsr.loop.LoopKind;
import io.bsr.loop.contract.RealWorld;
import io.bsr.loop.linux.Linux;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Opening what exists, what does not, and what somebody else uses. */
final class OpeningTest {
    @TempDir
    @Nullable Path folder;

    @BeforeAll
    static void linux() {
        Assumptions.assumeTrue(Linux.HERE, "Linux is needed");
    }

    private Path folder() {
        return Objects.requireNonNull(folder);
    }

    private static PortException refused(RealWorld world, Path path, StoreOptions options) {
        PortException refusal = assertThrows(PortException.class, () -> BlockStores.open(world.loop(), path, options)
                .close());
        String text = String.valueOf(refusal.getMessage());
        assertTrue(text.startsWith("Cannot open " + path + ": "), text);
        assertTrue(text.split("[:.] ").length >= 3, "three parts: " + text);
        return refusal;
    }

    private static void assertSays(String part, PortException refusal) {
        assertTrue(String.valueOf(refusal.getMessage()).contains(part), refusal.getMessage());
    }

    @ParameterizedTest
    @EnumSource(names = {"URING", "PORTABLE"})
    void what_is_missing_or_no_disk_is_refused_with_the_reason(LoopKind kind) throws Exception {
        try (RealWorld world = RealWorld.open(kind)) {
            PortException missing = refused(world, folder().resolve("none"), StoreOptions.EXCLUSIVE);
            assertEquals(2, missing.errno());
            assertSays("does not exist", missing);

            assertSays("it is a folder", refused(world, folder(), StoreOptions.EXCLUSIVE));
            assertSays("neither a file nor", refused(world, Path.of("/dev/null"), StoreOptions.EXCLUSIVE));

            Path empty = Files.createFile(folder().resolve("empty"));
            assertSays("less than one block", refused(world, empty, StoreOptions.EXCLUSIVE));

            Path below = empty.resolve("below");
            assertSays("not a folder", refused(world, below, StoreOptions.EXCLUSIVE));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"URING", "PORTABLE"})
    void a_second_writer_is_refused_and_told_who_the_first_one_is(LoopKind kind) throws Exception {
        Path path = StoresTest.file(folder(), 1 << 20);
        try (RealWorld world = RealWorld.open(kind);
                RealWorld other = RealWorld.open(LoopKind.PORTABLE)) {
            BlockStore first = BlockStores.open(world.loop(), path, StoreOptions.EXCLUSIVE);

            PortException second = refused(other, path, StoreOptions.EXCLUSIVE);
            assertEquals(Errno.EBUSY, second.errno());
            assertSays("in use by this process", second);
            assertEquals(
                    Errno.EBUSY, refused(other, path, StoreOptions.READ_ONLY).errno());
            assertEquals(Errno.EBUSY, refused(other, path, StoreOptions.SHARED).errno());

            world.run(first::close);
            world.await("the lock to be free", () -> {
                try {
                    BlockStores.open(world.loop(), path, StoreOptions.EXCLUSIVE).close();
                    return true;
                } catch (PortException e) {
                    return false;
                }
            });
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"URING", "PORTABLE"})
    void a_lock_of_another_program_is_respected(LoopKind kind) throws Exception {
        Path path = StoresTest.file(folder(), 1 << 20);
        String script = "import fcntl,sys\nf=open(sys.argv[1],'r+b')\nfcntl.lockf(f,fcntl.LOCK_EX)\n"
                + "print('locked',flush=True)\nsys.stdin.read()";
        Process holder;
        try {
            holder = new ProcessBuilder("python3", "-c", script, path.toString()).start();
        } catch (IOException e) {
            Assumptions.abort("python3 is needed");
            return;
        }
        try (RealWorld world = RealWorld.open(kind)) {
            assertEquals("locked", holder.inputReader().readLine());

            PortException refusal = refused(world, path, StoreOptions.EXCLUSIVE);

            assertEquals(Errno.EBUSY, refusal.errno());
            assertSays("process " + holder.pid() + " (python3", refusal);
        } finally {
            holder.destroy();
            holder.waitFor();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"URING", "PORTABLE"})
    void a_claimed_block_device_is_refused_to_a_second_engine(LoopKind kind) throws Exception {
        LoopDevice device = LoopDevice.attach(StoresTest.file(folder(), 1 << 20), 512);
        try (RealWorld world = RealWorld.open(kind)) {
            BlockStore first = BlockStores.open(world.loop(), device.path(), StoreOptions.EXCLUSIVE);

            PortException second = refused(world, device.path(), StoreOptions.EXCLUSIVE);

            assertEquals(Errno.EBUSY, second.errno());
            assertSays("in use by this process", second);
            BlockStore reader = BlockStores.open(world.loop(), device.path(), StoreOptions.READ_ONLY);
            world.run(first::close);
            world.run(reader::close);
        } finally {
            device.close();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"URING", "PORTABLE"})
    void stores_of_one_process_share_a_device_if_both_want_to(LoopKind kind) throws Exception {
        Path path = StoresTest.file(folder(), 1 << 20);
        try (RealWorld world = RealWorld.open(kind)) {
            BlockStore one = BlockStores.open(world.loop(), path, StoreOptions.SHARED);
            BlockStore other = BlockStores.open(world.loop(), path, StoreOptions.SHARED);
            assertEquals(
                    Errno.EBUSY, refused(world, path, StoreOptions.EXCLUSIVE).errno());

            world.run(one::close);
            world.run(() -> {});
            assertEquals(
                    Errno.EBUSY, refused(world, path, StoreOptions.EXCLUSIVE).errno());
            world.run(other::close);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"URING", "PORTABLE"})
    void a_read_only_store_reads_and_refuses_to_write(LoopKind kind) throws Exception {
        Path path = folder().resolve("text");
        Files.writeString(path, "x".repeat(4096));
        try (RealWorld world = RealWorld.open(kind)) {
            BlockStore store = BlockStores.open(world.loop(), path, StoreOptions.READ_ONLY);
            BlockStore second = BlockStores.open(world.loop(), path, StoreOptions.READ_ONLY);
            int[] answers = {-1, -1, -1, -1, -1};
            Buffer buffer =
                    world.call(() -> Objects.requireNonNull(world.buffers().tryAcquire(4096)));

            world.run(() -> {
                store.read(0, buffer, 0, 4096, errno -> answers[0] = errno);
                store.write(0, buffer, 0, 4096, false, errno -> answers[1] = errno);
                store.writeZeroes(0, 4096, false, errno -> answers[2] = errno);
                store.discard(0, 4096, errno -> answers[3] = errno);
                store.flush(errno -> answers[4] = errno);
            });

            world.await("five answers", () -> Arrays.stream(answers).allMatch(a -> a >= 0));
            assertEquals(0, answers[0]);
            assertEquals('x', buffer.bytes().get(4095));
            assertEquals(Errno.EROFS, answers[1]);
            assertEquals(Errno.EROFS, answers[2]);
            assertEquals(Errno.EROFS, answers[3]);
            assertEquals(0, answers[4]);
            world.run(store::close);
            world.run(second::close);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"URING", "PORTABLE"})
    void a_full_file_system_answers_enospc(LoopKind kind) throws Exception {
        Path mount = Files.createDirectory(folder().resolve("small"));
        try {
            LoopDevice.run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", mount.toString());
        } catch (IOException e) {
            Assumptions.abort("the right to mount is needed: " + e.getMessage());
        }
        try (RealWorld world = RealWorld.open(kind)) {
            BlockStore store = BlockStores.open(world.loop(), StoresTest.file(mount, 8 << 20), StoreOptions.EXCLUSIVE);
            Buffer buffer =
                    world.call(() -> Objects.requireNonNull(world.buffers().tryAcquire(65536)));
            int[] last = {0};
            int[] count = {0};
            world.run(() -> {
                for (int i = 0; i < 32; i++) {
                    store.write(i * 65536L, buffer, 0, 65536, false, errno -> {
                        count[0]++;
                        last[0] = Math.max(last[0], errno);
                    });
                }
            });

            world.await("all answers", () -> count[0] == 32);
            assertEquals(Errno.ENOSPC, last[0]);
            world.run(store::close);
        } finally {
            LoopDevice.run("umount", mount.toString());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"URING", "PORTABLE"})
    void a_sparse_file_shows_its_holes_and_a_discard_makes_one(LoopKind kind) throws Exception {
        Path path = StoresTest.file(folder(), 8 << 20);
        try (RealWorld world = RealWorld.open(kind)) {
            BlockStore store = BlockStores.open(world.loop(), path, StoreOptions.EXCLUSIVE);
            Assumptions.assumeTrue(store.discards(), "a file system that punches holes is needed");
            Buffer buffer =
                    world.call(() -> Objects.requireNonNull(world.buffers().tryAcquire(1 << 20)));
            Extents before = new Extents();
            Extents after = new Extents();
            world.run(() ->
                    store.write(1 << 20, buffer, 0, 1 << 20, true, errno -> store.mapAllocation(0, 8 << 20, before)));
            world.await("the first map", () -> before.errno == 0);

            world.run(() -> store.discard(1 << 20, 1 << 20, errno -> store.mapAllocation(0, 8 << 20, after)));
            world.await("the second map", () -> after.errno == 0);

            assertEquals("hole 1048576, data 1048576, hole 6291456, ", before.text.toString());
            assertEquals("hole 8388608, ", after.text.toString());
            world.run(store::close);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"URING", "PORTABLE"})
    void a_file_with_more_extents_than_are_reported_at_once_is_mapped_completely(LoopKind kind) throws Exception {
        int pieces = 1500;
        Path path = StoresTest.file(folder(), pieces * 8192L);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            for (int i = 0; i < pieces; i++) {
                file.seek(i * 8192L);
                file.write(new byte[4096]);
            }
        }
        try (RealWorld world = RealWorld.open(kind)) {
            BlockStore store = BlockStores.open(world.loop(), path, StoreOptions.EXCLUSIVE);
            Extents map = new Extents();

            world.run(() -> store.mapAllocation(0, pieces * 8192L, map));
            world.await("the map", () -> map.errno >= 0);

            assertEquals(0, map.errno);
            assertEquals(pieces * 8192L, map.total);
            world.run(store::close);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"URING", "PORTABLE"})
    void a_file_that_grew_is_measured_again_when_asked(LoopKind kind) throws Exception {
        Path path = StoresTest.file(folder(), 1 << 20);
        try (RealWorld world = RealWorld.open(kind)) {
            BlockStore store = BlockStores.open(world.loop(), path, StoreOptions.EXCLUSIVE);
            BlockStore seen = new RecordingStore(store);
            Buffer buffer =
                    world.call(() -> Objects.requireNonNull(world.buffers().tryAcquire(4096)));
            int[] answers = {-1, -1, -1};
            try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
                file.setLength((2 << 20) + 100);
            }

            world.run(() -> store.write(1 << 20, buffer, 0, 4096, false, errno -> answers[0] = errno));
            world.await("the refusal", () -> answers[0] >= 0);
            world.run(() -> seen.remeasure(errno -> answers[1] = errno));
            world.await("the new size", () -> answers[1] >= 0);
            world.run(() -> store.write(1 << 20, buffer, 0, 4096, false, errno -> answers[2] = errno));
            world.await("the write", () -> answers[2] >= 0);

            assertEquals(Errno.EINVAL, answers[0]);
            assertEquals(0, answers[1]);
            assertEquals(0, answers[2]);
            assertEquals(2 << 20, seen.size());
            world.run(store::close);
        }
    }

    /** Writes extents down as text. */
    private static final class Extents implements BlockStore.AllocationSink {
        final StringBuilder text = new StringBuilder();
        long total;
        int errno = -1;

        @Override
        public void extent(long length, boolean hole) {
            text.append(hole ? "hole " : "data ").append(length).append(", ");
            total += length;
        }

        @Override
        public void completed(int result) {
            errno = result;
        }
    }
}
