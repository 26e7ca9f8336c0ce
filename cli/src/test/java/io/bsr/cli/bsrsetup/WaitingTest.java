package io.bsr.cli.bsrsetup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.cli.ToolRun;
import io.bsr.cli.status.ObservedStates;
import io.bsr.control.status.ResourceStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands that wait, with an engine that only has a state. */
class WaitingTest {
    private Path root = Path.of("/");
    private @Nullable StandInEngine engine;

    @BeforeEach
    void listen(@TempDir Path folder) throws IOException {
        root = folder;
        engine = new StandInEngine(root);
    }

    @AfterEach
    void close() {
        engine().close();
    }

    private StandInEngine engine() {
        return Objects.requireNonNull(engine);
    }

    private void becomes(ResourceStatus... resources) {
        engine().becomes(resources);
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
        assertTrue(engine().asked.await(20, TimeUnit.SECONDS));

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

        assertEquals(new ToolRun(5, ""), run("wait-connect-resource", "r0", "-t", "1"));
    }

    @Test
    void a_node_that_was_primary_alone_before_waits_for_the_limit_of_degraded_clusters() {
        becomes(ObservedStates.degraded());

        assertEquals(new ToolRun(5, ""), run("wait-connect-resource", "r0", "-d", "1"));
        assertEquals(
                5, run("wait-connect-resource", "r0", "-t", "1", "-d", "300").code());
    }

    @ParameterizedTest
    @CsvSource({"9,1,degr-wfc-timeout", "0,1,degr-wfc-timeout", "1,9,outdated-wfc-timeout", "5,5,''"})
    void a_limit_that_the_general_one_makes_void_is_told(String degraded, String outdated, String told) {
        becomes(ObservedStates.primary());

        ToolRun run = run("wait-connect-resource", "r0", "-t", "5", "-d", degraded, "-o", outdated);

        assertEquals(0, run.code());
        String notice = told + " has to be shorter than wfc-timeout: it is taken for the same, 5 seconds\n";
        assertEquals(told.isEmpty() ? "" : notice, run.text());
    }

    @Test
    void a_resource_that_does_not_exist_is_not_waited_for() {
        becomes();

        assertEquals(10, run("wait-connect-resource", "r0").code());
    }
}
