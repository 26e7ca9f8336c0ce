package io.bsr.cli.bsrsetup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.error.Outcome;
import io.bsr.cli.ToolRun;
import io.bsr.cli.status.ObservedStates;
import io.bsr.control.EngineFiles;
import io.bsr.control.command.Command;
import io.bsr.control.server.CommandHandler;
import io.bsr.control.server.ControlServer;
import io.bsr.control.server.ServerLog;
import io.bsr.control.status.Answer;
import io.bsr.control.status.ResourceStatus;
import io.bsr.control.status.StatusReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that wait, with an engine that only has a state. */
class WaitingTest {
    private final LinkedBlockingQueue<CommandHandler.Picture> pictures = new LinkedBlockingQueue<>();
    private final CountDownLatch asked = new CountDownLatch(1);
    private volatile StatusReport report = new StatusReport("n1", "", List.of());
    private Path root = Path.of("/");
    private @Nullable ControlServer server;

    @BeforeEach
    void listen(@TempDir Path folder) throws IOException {
        root = folder;
        EngineFiles files = new EngineFiles(root);
        Files.createDirectories(files.runtimeFolder());
        server = ControlServer.open(files.controlSocket(), new Engine(), new Silent());
    }

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
        }
    }

    private void becomes(ResourceStatus... resources) {
        report = new StatusReport("n1", "", List.of(resources));
        pictures.add(new CommandHandler.Picture(0, report));
    }

    private ToolRun run(String... words) {
        return ToolRun.of(Main::run, root, words);
    }

    @Test
    void what_is_there_already_is_not_waited_for() {
        becomes(ObservedStates.primary());

        assertEquals(new ToolRun(0, ""), run("wait-sync-resource", "r0"));
        assertEquals(new ToolRun(0, ""), run("wait-connect-volume", "r0", "1", "0"));
    }

    @Test
    void a_peer_that_comes_ends_the_waiting() throws Exception {
        becomes(ObservedStates.connecting());
        CompletableFuture<ToolRun> waiting = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> waiting.complete(run("wait-connect-connection", "r0", "1")));
        assertTrue(asked.await(20, TimeUnit.SECONDS));

        becomes(ObservedStates.syncTarget());

        assertEquals(new ToolRun(0, ""), waiting.get(20, TimeUnit.SECONDS));
    }

    @Test
    void a_running_resync_is_connected_but_not_in_sync() {
        becomes(ObservedStates.syncTarget());

        assertEquals(0, run("wait-connect-resource", "r0").code());
        assertEquals(5, run("wait-sync-resource", "r0", "--wfc-timeout=1").code());
    }

    @Test
    void the_limit_ends_the_waiting_with_5() {
        becomes(ObservedStates.connecting());

        assertEquals(new ToolRun(5, ""), run("wait-connect-resource", "r0", "-t", "1", "--degr-wfc-timeout=9"));
    }

    @Test
    void a_node_that_was_primary_alone_before_waits_for_the_limit_of_degraded_clusters() {
        becomes(ObservedStates.degraded());

        assertEquals(new ToolRun(5, ""), run("wait-connect-resource", "r0", "-d", "1"));
        assertEquals(new ToolRun(5, ""), run("wait-connect-resource", "r0", "-t", "1", "-d", "300"));
    }

    @Test
    void a_resource_that_does_not_exist_is_not_waited_for() {
        becomes();

        assertEquals(10, run("wait-connect-resource", "r0").code());
    }

    private final class Engine implements CommandHandler {
        @Override
        public Answer handle(Command command, long deadline) {
            asked.countDown();
            return command instanceof Command.Status ? Answer.of(report) : Answer.of(Outcome.OK);
        }

        @Override
        public Feed follow() {
            return new Feed() {
                @Override
                public @Nullable Picture next(long deadline) throws InterruptedException {
                    return pictures.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                }

                @Override
                public void close() {}
            };
        }
    }

    private static final class Silent implements ServerLog {
        @Override
        public void line(String text) {
            // Clients that go away in the middle of a stream are what waiting commands are.
        }

        @Override
        public void failure(String text, Throwable failure) {
            throw new IllegalStateException(text, failure);
        }
    }
}
