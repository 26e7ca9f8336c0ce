package io.bsr.engine.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.bsr.base.Minor;
import io.bsr.base.NodeId;
import io.bsr.base.VolumeNumber;
import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.port.Endpoint;
import io.bsr.base.state.Role;
import io.bsr.control.EngineFiles;
import io.bsr.control.command.Command;
import io.bsr.control.server.CommandHandler;
import io.bsr.control.setting.LogSettings;
import io.bsr.control.status.ResourceStatus;
import io.bsr.control.status.StatusReport;
import io.bsr.engine.command.CommandExecutor;
import io.bsr.engine.command.EngineAccess;
import io.bsr.engine.device.DevicePlace;
import io.bsr.engine.fault.FaultPlan;
import io.bsr.engine.handler.HandlerSettings;
import io.bsr.engine.handler.Handlers;
import io.bsr.engine.log.EngineLog;
import io.bsr.engine.parameter.Parameters;
import io.bsr.loop.EventLoop;
import io.bsr.loop.EventLoops;
import io.bsr.loop.LoopKind;
import io.bsr.loop.LoopOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Two resources on one loop; one of them meets a programmer's error. */
class HostedResourceTest {
    private final StatusBoard board = new StatusBoard(
            "alpha", "portable", Path.of(System.getProperty("java.io.tmpdir")), LoggerFactory.getLogger("test"));
    private final Registry registry = new Registry();
    private Path logFile = Path.of("/");
    private @Nullable EngineLog log;
    private @Nullable LoopHost host;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        logFile = folder.resolve("bsr.log");
        log = EngineLog.open(LogSettings.usual(folder), EngineLog.Console.NONE);
        EventLoop loop = EventLoops.create(
                new LoopOptions("loop", LoopKind.PORTABLE, LoopOptions.DEFAULT_BUFFER_BYTES, (failing, failure) -> {}));
        host = LoopHost.start(
                loop,
                List.of(Endpoint.unix(folder.resolve("nbd.sock").toString())),
                () -> new ExportsElsewhere(registry),
                line -> {});
    }

    @AfterEach
    void stop() throws InterruptedException {
        EventLoop loop = Objects.requireNonNull(host).loop();
        loop.stop();
        assertTrue(loop.awaitStopped(TimeUnit.SECONDS.toNanos(20)));
        Objects.requireNonNull(log).close();
    }

    @Test
    void an_internal_error_stops_its_resource_loudly_and_no_other() throws Exception {
        HostedResource sick = resource("sick");
        HostedResource healthy = resource("healthy");
        CompletableFuture<Outcome> waiting = sick.call((core, reply) -> {});

        Outcome outcome = await(sick.call((core, reply) -> {
            throw new IllegalStateException("planted");
        }));

        assertEquals(ErrorCode.INVALID_REQUEST, outcome.code());
        assertTrue(outcome.detail().contains("internal error"), outcome.detail());
        assertEquals(outcome, await(waiting), "whoever waits is told too");
        assertEquals(outcome, await(sick.call((core, reply) -> reply.done(Outcome.OK))));
        assertTrue(status("sick").failed().contains("planted"), status("sick").failed());
        assertEquals(Outcome.OK, await(healthy.call((core, reply) -> reply.done(Outcome.OK))));
        assertEquals("", status("healthy").failed());
        Objects.requireNonNull(log).close();
        String lines = Files.readString(logFile);
        assertTrue(lines.contains("ERROR sick: stopped by an internal error"), lines);
        assertTrue(lines.contains("IllegalStateException: planted"), lines);
        assertTrue(lines.contains("an_internal_error_stops_its_resource"), "the stack");
    }

    @Test
    void what_an_internal_error_stopped_can_be_forgotten_and_made_again() throws Exception {
        HostedResource sick = resource("r0");
        assertEquals(ErrorCode.INVALID_REQUEST, await(sick.forgetIfStopped()).code(), "while it is well");
        await(sick.call((core, reply) -> {
            throw new IllegalStateException("planted");
        }));

        assertEquals(Outcome.OK, await(sick.forgetIfStopped()));

        assertEquals(List.of(), board.report(null).resources());
        HostedResource again = resource("r0");
        assertEquals(Outcome.OK, await(again.call((core, reply) -> reply.done(Outcome.OK))));
    }

    @Test
    void the_status_is_published_before_the_answer() throws Exception {
        HostedResource resource = resource("r0");

        await(resource.call((core, reply) -> reply.done(core.newVolume(new VolumeNumber(3), new Minor(9), Map.of()))));

        assertEquals(9, status("r0").volumes().getFirst().minor());
    }

    @Test
    void who_asks_for_the_status_hears_of_what_has_happened_already() throws Exception {
        HostedResource resource = resource("r0");
        for (int i = 0; i < 5; i++) {
            VolumeNumber number = new VolumeNumber(i);
            // Without a reply, so that no command has anything published.
            CompletableFuture<Outcome> unanswered =
                    resource.call((core, reply) -> core.newVolume(number, new Minor(number.value()), Map.of()));

            assertEquals(i + 1, asked("r0").volumes().size());
            assertFalse(unanswered.isDone());
        }
    }

    @Test
    void a_loop_that_does_not_answer_hides_no_status() throws Exception {
        resource("r0");
        CountDownLatch held = new CountDownLatch(1);
        try {
            Objects.requireNonNull(host).loop().execute(() -> awaitUninterrupted(held));

            assertEquals("r0", asked("r0").name());
        } finally {
            held.countDown();
        }
    }

    @Test
    void a_resource_that_left_answers_as_unknown() throws Exception {
        HostedResource resource = resource("r0");
        resource.host().loop().execute(resource::forget);

        assertEquals(
                ErrorCode.UNKNOWN_RESOURCE,
                await(resource.call((core, reply) -> reply.done(Outcome.OK))).code());
        assertEquals(List.of(), board.report("r0").resources());
    }

    @Test
    void a_follower_that_sleeps_loses_pictures_in_the_middle_and_never_the_last() throws Exception {
        try (var feed = board.follow()) {
            for (int i = 0; i < 5000; i++) {
                board.publish(new ResourceStatus(
                        "r0", i, "", Role.SECONDARY, "no", "none", 0, "", List.of(), List.of(), Map.of()));
            }

            int pictures = 1;
            var last = first(feed.next(System.nanoTime() + TimeUnit.SECONDS.toNanos(5)));
            assertEquals(List.of(), last.report().resources(), "the first one is of the beginning");
            for (var next = feed.next(System.nanoTime()); next != null; next = feed.next(System.nanoTime())) {
                last = next;
                pictures++;
            }

            assertEquals(4999, last.report().resources().getFirst().nodeId());
            assertTrue(pictures <= 256, pictures + " pictures are kept");
            assertNull(feed.next(System.nanoTime()));
        }
    }

    private static CommandHandler.Picture first(CommandHandler.@Nullable Picture picture) {
        assertNotNull(picture);
        return Objects.requireNonNull(picture);
    }

    private HostedResource resource(String name) throws Exception {
        HostedResource resource = new HostedResource(
                name,
                Objects.requireNonNull(host),
                board,
                new Handlers(
                        new HandlerSettings(
                                new EngineFiles(logFile.resolveSibling("root")),
                                "alpha",
                                "/bin/false",
                                Duration.ofSeconds(1)),
                        board::tell,
                        Objects.requireNonNull(log).logger()),
                DevicePlace.of(
                        new EngineFiles(logFile.resolveSibling("root")),
                        Objects.requireNonNull(log).logger()),
                new FaultPlan(new Parameters()),
                Objects.requireNonNull(log).logger());
        registry.add(resource);
        assertEquals(Outcome.OK, await(resource.create(new NodeId(0), Map.of())));
        return resource;
    }

    /** What a user hears who asks now. */
    private ResourceStatus asked(String name) throws Exception {
        CommandExecutor commands = new CommandExecutor(
                registry,
                board,
                new EngineAccess(
                        () -> fail("nobody asked"),
                        new Parameters(),
                        () -> fail("nobody asked"),
                        () -> fail("nobody asked"),
                        Objects.requireNonNull(log).logger()),
                resource -> fail("nobody asked"));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        StatusReport report = assertInstanceOf(
                StatusReport.class,
                commands.handle(new Command.Status(name), deadline).result());
        return report.resources().getFirst();
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ResourceStatus status(String name) {
        return board.report(name).resources().getFirst();
    }

    private static Outcome await(CompletableFuture<Outcome> outcome) throws Exception {
        return outcome.get(20, TimeUnit.SECONDS);
    }
}
