package io.bsr.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A small file system for a disk that is larger than it. */
record SmallFileSystem(Path folder, Path mount, Node node) implements AutoCloseable {
    /** Enough for the metadata and some data, not for the volume. */
    private static final int MEBIBYTES = 6;

    static SmallFileSystem of(Path folder, Node node) throws IOException, InterruptedException {
        Tools.need("mount", "umount");
        assumeTrue("root".equals(System.getProperty("user.name")), "mounting needs root");
        Path mount = Files.createDirectory(folder.resolve("small"));
        Node.Said said = mount(folder, mount, "size=" + MEBIBYTES + "M");
        assumeTrue(said.code() == 0, () -> "no tmpfs here: " + said.text());
        node.disk(mount.resolve("disk.img"));
        node.makeDisk(Pair.DISK_BYTES);
        return new SmallFileSystem(folder, mount, node);
    }

    private static Node.Said mount(Path folder, Path mount, String options) throws IOException, InterruptedException {
        return Tools.run(folder, List.of("mount", "-t", "tmpfs", "-o", options, "tmpfs", mount.toString()));
    }

    void grow() throws IOException, InterruptedException {
        assertEquals(0, mount(folder, mount, "remount,size=200M").code());
    }

    @Override
    public void close() {
        // The system gives the files of a ring back a little after the end of its process.
        node.until("umount", () -> Tools.code(folder, "umount", mount.toString()) == 0);
    }
}
