package io.bsr.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.control.command.Command;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What keeps {@code bsrd} from starting is said in one line, with an exit code, and nothing is left behind. */
class StartFaultTest {
    private final Path folder;

    StartFaultTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private Node.Said bsrd(String... options) throws Exception {
        return Tools.run(folder, Node.bsrd(Arrays.asList(options)));
    }

    private static void assertSays(Node.Said said, int code, String... words) {
        assertEquals(code, said.code(), said.text());
        for (String word : words) {
            assertTrue(said.text().contains(word), () -> word + " is not in: " + said.text());
        }
        assertTrue(said.text().lines().count() <= 3, said.text());
    }

    @Test
    void a_root_that_cannot_be_used_is_named_with_the_reason() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));

        assertSays(bsrd("--root", file.toString()), 1, file.toString(), "Not a directory", "--root");
        assertSays(bsrd("--root", "/proc/absent"), 1, "/proc/absent", "--root");
    }

    @Test
    void a_mistyped_option_is_named() throws Exception {
        assertSays(bsrd("--rot", folder.toString()), 2, "--rot", "--help");
        assertSays(bsrd("--loops", "many"), 2, "many");
    }

    @Test
    void an_nbd_port_in_use_is_named_and_when_it_is_free_the_engine_starts() throws Exception {
        int port = Pair.freePort();
        Path root = folder.resolve("root");

        try (ServerSocket other = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertTrue(other.isBound());
            assertSays(
                    bsrd("--root", root.toString(), "--nbd-listen", "127.0.0.1:" + port),
                    1,
                    "127.0.0.1:" + port,
                    "in use");
        }
        try (Node node = new Node("alpha", root)) {
            node.start(List.of("--nbd-listen", "127.0.0.1:" + port));
            assertTrue(node.call(new Command.Info()).outcome().success());
            assertEquals(0, node.terminate());
        }
    }
}
