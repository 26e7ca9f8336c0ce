package io.bsr.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.control.ControlClient;
import io.bsr.control.ControlException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** I9: status answers at once, whatever the engine waits for. */
class StatusAnswersTest {
    private static final int QUESTIONS = 40;

    /** Most of the answers come within it; on a machine that is busy with something else a few may not. */
    private static final long LIMIT_MILLIS = 100;

    private static final long LONGEST_MILLIS = 2000;

    private final Path folder;

    StatusAnswersTest(@TempDir Path folder) {
        this.folder = folder;
    }

    /** Each with a connection of its own, as a tool has. */
    private static void assertAnswersAtOnce(Node node, String when) throws ControlException {
        long[] millis = new long[QUESTIONS];
        for (int i = 0; i < QUESTIONS; i++) {
            long start = System.nanoTime();
            try (ControlClient client = ControlClient.connect(node.files())) {
                assertTrue(client.status().resources().size() == 1);
            }
            millis[i] = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        }
        Arrays.sort(millis);
        String measured = when + ": median " + millis[QUESTIONS / 2] + " ms, 90 % within " + millis[QUESTIONS * 9 / 10]
                + " ms, longest " + millis[QUESTIONS - 1] + " ms";
        System.out.println("status " + measured);
        assertTrue(millis[QUESTIONS * 9 / 10] <= LIMIT_MILLIS && millis[QUESTIONS - 1] <= LONGEST_MILLIS, measured);
    }

    private static void ask(NbdClient client, long offset) throws IOException {
        client.request(NbdClient.WRITE, offset, Ledger.BLOCK);
        client.throwAt(new byte[Ledger.BLOCK]);
    }

    private void signal(Node node, String signal) throws IOException, InterruptedException {
        Tools.run(folder, List.of("kill", signal, Long.toString(node.pid())));
    }

    @Test
    void while_io_is_suspended_and_while_the_peer_is_frozen() throws Exception {
        try (Pair pair = new Pair(folder)) {
            pair.bringUpInSync();
            Node alpha = pair.alpha();
            try (NbdClient client = NbdClient.open(alpha)) {
                alpha.must("suspend-io", Pair.RESOURCE);
                ask(client, 0);
                assertAnswersAtOnce(alpha, "while I/O is suspended");
                alpha.must("resume-io", Pair.RESOURCE);

                signal(pair.beta(), "-STOP");
                ask(client, 4 << 20);
                assertAnswersAtOnce(alpha, "while the peer is frozen");
                signal(pair.beta(), "-CONT");
            }
        }
    }

    @Test
    void while_the_disk_hangs() throws Exception {
        Pair pair = new Pair(folder);
        try (BrittleDisk disk = BrittleDisk.of(folder, pair.alpha(), "pwrite");
                pair) {
            pair.configure(pair.alpha(), "");
            pair.configure(pair.beta(), "");
            pair.bringUpInSync();
            Node alpha = pair.alpha();
            try (NbdClient client = NbdClient.open(alpha)) {
                disk.freezes();
                for (int i = 0; i < 8; i++) {
                    ask(client, (long) i << 22);
                }
                alpha.await(
                        "disk operations",
                        s -> s.volume().lowerPending() > 0 || s.volume().upperPending() > 0);
                assertAnswersAtOnce(alpha, "while the disk hangs");
            } finally {
                disk.thaws();
            }
        }
    }
}
