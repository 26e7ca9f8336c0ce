package io.bsr.conformance;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An application on ext4 on the end of a volume, behind FUSE and a loop device. It creates, overwrites and deletes files,
 * and remembers what the system has promised to keep: what was forced to the disk before the last crash.
 */
final class FileLoad {
    private static final int FILES = 24;
    private static final int MOST_BYTES = 96 << 10;
    private static final String[] MOUNT_OPTIONS = {"-o", "errors=remount-ro"};

    private final Path folder;
    private final Path mount;
    private final long offset;
    private final Random random;

    /** Of each file the seed of its contents, or {@code null} if it is deleted; unknown while it is being changed. */
    private final Map<String, @Nullable Long> promised = new TreeMap<>();

    private @Nullable LoopDevice device;
    private CompletableFuture<Void> ended = CompletableFuture.completedFuture(null);
    private volatile boolean stop;

    /** @param offset first byte of the volume that belongs to the file system */
    FileLoad(Path folder, long offset, long seed) throws IOException {
        this.folder = folder;
        this.offset = offset;
        mount = Files.createDirectories(folder.resolve("mnt"));
        random = new Random(seed);
    }

    static void need() {
        LoopDevice.need();
        Tools.need("mkfs.ext4", "fsck.ext4", "mount", "umount");
    }

    /** Makes the file system. */
    void make(Node node) throws IOException, InterruptedException {
        try (LoopDevice made = LoopDevice.of(node, folder, offset)) {
            made.must("mkfs.ext4", "-q", "-F", made.path());
        }
    }

    /** Mounts it, and works until {@link #finish} or until the volume is gone. */
    void start(Node node) throws IOException, InterruptedException {
        LoopDevice made = LoopDevice.of(node, folder, offset);
        device = made;
        made.must("mount", MOUNT_OPTIONS[0], MOUNT_OPTIONS[1], made.path(), mount.toString());
        stop = false;
        CompletableFuture<Void> end = new CompletableFuture<>();
        ended = end;
        Thread.ofPlatform().daemon(true).name("file load").start(() -> {
            try {
                while (!stop) {
                    change();
                }
            } catch (IOException e) {
                // The volume is gone, and with it the file system, until it is mounted anew.
                stop = true;
            } finally {
                end.complete(null);
            }
        });
    }

    private void change() throws IOException {
        String name = "file" + random.nextInt(FILES);
        Path file = mount.resolve(name);
        promised.remove(name);
        if (random.nextInt(5) == 0) {
            Files.deleteIfExists(file);
            try (FileChannel directory = FileChannel.open(mount, StandardOpenOption.READ)) {
                directory.force(true);
            }
            promised.put(name, null);
        } else {
            long seed = random.nextLong();
            try (FileChannel channel = FileChannel.open(
                            file,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE);
                    FileChannel directory = FileChannel.open(mount, StandardOpenOption.READ)) {
                ByteBuffer content = ByteBuffer.wrap(content(seed));
                while (content.hasRemaining()) {
                    channel.write(content);
                }
                channel.force(true);
                directory.force(true);
            }
            promised.put(name, seed);
        }
    }

    private static byte[] content(long seed) {
        Random of = new Random(seed);
        byte[] content = new byte[1 + of.nextInt(MOST_BYTES)];
        of.nextBytes(content);
        return content;
    }

    /** Ends the work, and takes the file system away, also where its volume is gone. */
    void finish() throws IOException, InterruptedException {
        stop = true;
        ended.join();
        LoopDevice was = device;
        device = null;
        if (was != null) {
            if (Tools.code(folder, "umount", mount.toString()) != 0) {
                Tools.run(folder, List.of("umount", "-l", mount.toString()));
            }
            was.close();
        }
    }

    /** After its journal was replayed the file system is clean, and has all that was promised. */
    void assertKept(Node node) throws IOException, InterruptedException {
        try (LoopDevice again = LoopDevice.of(node, folder, offset)) {
            again.must("mount", MOUNT_OPTIONS[0], MOUNT_OPTIONS[1], again.path(), mount.toString());
            try {
                for (Map.Entry<String, @Nullable Long> file : promised.entrySet()) {
                    assertKept(mount.resolve(file.getKey()), file.getValue());
                }
            } finally {
                again.must("umount", mount.toString());
            }
            again.must("fsck.ext4", "-f", "-n", again.path());
        }
    }

    private static void assertKept(Path file, @Nullable Long seed) throws IOException {
        if (seed == null && Files.exists(file)) {
            throw new AssertionError(file.getFileName() + " is there again");
        } else if (seed != null && !(Files.exists(file) && Arrays.equals(content(seed), Files.readAllBytes(file)))) {
            throw new AssertionError("a file that was forced to the disk is lost or damaged: " + file.getFileName());
        }
    }
}
