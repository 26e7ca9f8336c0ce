package io.bsr.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Comparing disks, and finding ports. */
final class Disks {
    private Disks() {}

    /** The first {@code bytes} of both files are the same. */
    static void assertEqual(Path one, Path other, long bytes) throws IOException {
        try (FileChannel first = FileChannel.open(one, StandardOpenOption.READ);
                FileChannel second = FileChannel.open(other, StandardOpenOption.READ)) {
            assertEquals(
                    -1,
                    first.map(FileChannel.MapMode.READ_ONLY, 0, bytes)
                            .mismatch(second.map(FileChannel.MapMode.READ_ONLY, 0, bytes)),
                    "first byte that differs");
        }
    }

    /** A TCP port of loopback that nobody uses now. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
