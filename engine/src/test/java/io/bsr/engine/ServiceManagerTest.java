package io.bsr.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What systemd hears; socat listens in its place. */
class ServiceManagerTest {
    private static final Path SOCAT = Path.of("/usr/bin/socat");
    private static final long PATIENCE_SECONDS = 60;

    private Path socket = Path.of("/");
    private Path heard = Path.of("/");
    private @Nullable Process listener;

    @BeforeEach
    void listen(@TempDir Path folder) throws Exception {
        assumeTrue(Files.isExecutable(SOCAT), "socat is not installed");
        socket = folder.resolve("notify");
        heard = folder.resolve("heard");
        listener = new ProcessBuilder(SOCAT.toString(), "-u", "UNIX-RECV:" + socket, "OPEN:" + heard + ",creat,append")
                .inheritIO()
                .start();
        until(() -> Files.exists(socket));
    }

    @AfterEach
    void end() throws InterruptedException {
        Process running = listener;
        if (running != null) {
            running.destroyForcibly().waitFor();
        }
    }

    @Test
    void signs_of_life_follow_each_other_while_the_engine_works() throws Exception {
        try (ServiceManager manager = ServiceManager.of(environment("30000"), 42)) {
            manager.ready();
            manager.watch(limit -> true);
            until(() -> heard().split("WATCHDOG=1", -1).length > 3);
            manager.stopping();
        }

        until(() -> heard().contains("STOPPING=1"));
        assertTrue(heard().startsWith("READY=1\n"), heard());
    }

    @Test
    void an_engine_that_is_not_seen_to_work_gives_no_sign() throws Exception {
        CountDownLatch asked = new CountDownLatch(3);
        try (ServiceManager manager = ServiceManager.of(environment("30000"), 42)) {
            manager.watch(limit -> {
                asked.countDown();
                return false;
            });
            assertTrue(asked.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
            manager.ready();
        }

        until(() -> heard().contains("READY=1"));
        assertFalse(heard().contains("WATCHDOG"), heard());
    }

    @Test
    void nobody_is_told_where_nobody_listens_and_an_unreachable_listener_is_an_error() throws Exception {
        try (ServiceManager manager = ServiceManager.of(Map.of(), 42)) {
            manager.ready();
            manager.watch(limit -> {
                throw new AssertionError("nobody waits for signs of life");
            });
        }

        assertThrows(IOException.class, () -> ServiceManager.of(Map.of("NOTIFY_SOCKET", socket + ".none"), 42));
        assertEquals("", heard());
    }

    @Test
    void bsrd_is_ready_when_it_takes_commands_shows_that_its_loops_turn_and_says_when_it_stops(@TempDir Path root)
            throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home", ""), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path", ""),
                Main.class.getName(),
                "--root",
                root.toString(),
                "--node",
                "alpha",
                "--quiet");
        builder.environment().put("NOTIFY_SOCKET", socket.toString());
        builder.environment().put("WATCHDOG_USEC", "300000");
        Process bsrd = builder.inheritIO().start();
        try {
            until(() -> heard().contains("WATCHDOG=1WATCHDOG=1"));
            assertTrue(heard().startsWith("READY=1"), heard());
            assertTrue(Files.exists(root.resolve("run/bsr/bsrd.sock")));

            bsrd.destroy();

            assertTrue(bsrd.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
            assertEquals(0, bsrd.exitValue());
            until(() -> heard().contains("STOPPING=1"));
        } finally {
            bsrd.destroyForcibly().waitFor();
        }
    }

    private Map<String, String> environment(String micros) {
        return Map.of("NOTIFY_SOCKET", socket.toString(), "WATCHDOG_USEC", micros, "WATCHDOG_PID", "42");
    }

    private String heard() {
        try {
            return Files.exists(heard) ? Files.readString(heard) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void until(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - end < 0, () -> "waited in vain; heard: " + heard());
            Thread.sleep(10);
        }
    }
}
