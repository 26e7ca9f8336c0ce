package io.bsr.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.control.ControlException;
import io.bsr.control.EngineFiles;
import io.bsr.control.command.Command;
import io.bsr.control.status.ResourceStatus;
import io.bsr.frontend.nbd.ExportClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bsrd} as processes of their own, with real signals. */
class ProcessTest {
    private static final int WRITE = 1;

    private static final long DISK_BYTES = 32 << 20;
    private static final int PATIENCE_SECONDS = 60;

    private Path folder = Path.of("/");
    private final List<Process> processes = new ArrayList<>();

    @BeforeEach
    void prepare(@TempDir Path temporary) {
        folder = temporary;
    }

    @AfterEach
    void stop() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly();
            process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_secondary_killed_while_writes_go_on_comes_back_with_equal_data() throws Exception {
        int alphaPort = Disks.freePort();
        int betaPort = Disks.freePort();
        Path alphaDisk = Metadata.disk(folder.resolve("alpha.disk"), DISK_BYTES);
        Path betaDisk = Metadata.disk(folder.resolve("beta.disk"), DISK_BYTES);
        bsrd("alpha");
        Process victim = bsrd("beta");
        Random random = new Random(1);
        byte[] data = new byte[16384];
        try (TestNode alpha = node("alpha")) {
            try (TestNode beta = node("beta")) {
                alpha.up(alphaDisk, 0, 1, "beta", alphaPort, betaPort);
                beta.up(betaDisk, 1, 0, "alpha", betaPort, alphaPort);
                alpha.does(new Command.Connect("r0", 1, false, false));
                beta.does(new Command.Connect("r0", 0, false, false));
                alpha.await("the connection", ProcessTest::established);
                alpha.does(new Command.Primary("r0", true));
                alpha.await("end of the initial sync", ProcessTest::peerUpToDate);
            }
            long bytes;
            try (ExportClient probe = ExportClient.open(alpha.nbdSocket(), "r0/0")) {
                bytes = probe.size();
                for (int i = 0; i < 200; i++) {
                    if (i == 100) {
                        victim.destroyForcibly();
                    }
                    random.nextBytes(data);
                    probe.write(random.nextInt((int) (bytes - data.length) / 4096) * 4096L, data);
                }
                probe.flush();
            }
            assertTrue(victim.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));

            bsrd("beta");
            try (TestNode beta = node("beta")) {
                beta.up(betaDisk, 1, 0, "alpha", betaPort, alphaPort);
                beta.does(new Command.Connect("r0", 0, false, false));
                beta.await(
                        "end of the resync",
                        r0 -> r0.volumes().getFirst().disk() == DiskState.UP_TO_DATE
                                && state(r0) == ConnectionState.CONNECTED);
                long resynced = r0Received(beta);
                assertTrue(resynced < bytes / 512, resynced + " of " + bytes / 512 + " sectors travelled");
                beta.does(new Command.Down("r0"));
            }
            alpha.await("no user", r0 -> r0.volumes().getFirst().users().isEmpty());
            alpha.does(new Command.Down("r0"));
            Disks.assertEqual(alphaDisk, betaDisk, bytes);
        }
    }

    @Test
    void sigterm_ends_the_engine_cleanly_with_exit_code_0() throws Exception {
        Path disk = Metadata.disk(folder.resolve("alpha.disk"), DISK_BYTES);
        Process process = bsrd("alpha");
        try (TestNode alpha = node("alpha")) {
            alpha.up(disk, 0, 1, "beta", Disks.freePort(), Disks.freePort());
            alpha.does(new Command.Primary("r0", true), new Command.Connect("r0", 1, false, false));
            try (ExportClient probe = ExportClient.open(alpha.nbdSocket(), "r0/0")) {
                probe.write(0, new byte[4096]);

                process.destroy();

                assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
            }
            assertEquals(0, process.exitValue());
            assertFalse(Files.exists(alpha.files.controlSocket()));
            assertFalse(Files.exists(alpha.files.nbdSocket()));
            String log = Files.readString(alpha.files.logFile());
            assertTrue(log.endsWith("bsrd: stopped\n"), log);
            assertTrue(log.contains("disk( Detaching -> Diskless )"), log);
        }
    }

    @Test
    void a_second_sigterm_ends_the_engine_at_once() throws Exception {
        Path disk = Metadata.disk(folder.resolve("alpha.disk"), DISK_BYTES);
        Process process = bsrd("alpha");
        try (TestNode alpha = node("alpha")) {
            alpha.up(disk, 0, 1, "beta", Disks.freePort(), Disks.freePort());
            alpha.does(new Command.Primary("r0", true));
            try (ExportClient probe = ExportClient.open(alpha.nbdSocket(), "r0/0")) {
                probe.announce(WRITE, 0, 4096);
                process.destroy();
                awaitLine(alpha.files, "bsrd: stopping");

                process.destroy();

                assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
            }
            assertEquals(143, process.exitValue());
        }
    }

    @Test
    void a_killed_engine_leaves_a_root_that_the_next_one_takes_over() throws Exception {
        Process killed = bsrd("alpha");
        try (TestNode alpha = node("alpha")) {
            alpha.status();
        }
        killed.destroyForcibly();
        assertTrue(killed.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
        assertTrue(Files.exists(new EngineFiles(folder.resolve("alpha")).controlSocket()));

        bsrd("alpha");

        try (TestNode alpha = node("alpha")) {
            assertEquals("alpha", alpha.status().node());
        }
    }

    @Test
    void a_root_with_an_engine_is_refused_with_exit_code_1() throws Exception {
        bsrd("alpha");
        try (TestNode alpha = node("alpha")) {
            alpha.status();
        }

        Ended second = run("--root", folder.resolve("alpha").toString());

        assertEquals(1, second.exitCode());
        assertTrue(second.output().contains("An engine runs already"), second.output());
    }

    @Test
    void info_and_help_need_no_engine() throws Exception {
        Ended info = run("--info", "--root", folder.toString(), "--node", "n1");
        Ended help = run("--help");
        Ended wrong = run("--frobnicate");

        assertEquals(0, info.exitCode());
        for (String word : List.of(
                "bsr in Java",
                "0.1.0",
                "n1",
                "edge:",
                "bsrd.sock",
                "nbd.sock",
                "not running",
                "parm:    minor_count=32 ")) {
            assertTrue(info.output().contains(word), info.output());
        }
        assertEquals(0, help.exitCode());
        assertTrue(help.output().startsWith("usage: bsrd"), help.output());
        assertEquals(2, wrong.exitCode());
        assertTrue(wrong.output().startsWith("bsrd: bsrd has no option \"--frobnicate\""), wrong.output());
        assertEquals(List.of(), entries(folder));
    }

    @Test
    void a_parameter_of_the_engine_that_runs_is_shown_and_changed() throws Exception {
        Ended before =
                run("--set", "fault_rate=5", "--root", folder.resolve("alpha").toString());
        bsrd("alpha");
        node("alpha").close();

        Ended changed =
                run("--set", "fault_rate=5", "--root", folder.resolve("alpha").toString());
        Ended refused =
                run("--set", "fault_rate=500", "--root", folder.resolve("alpha").toString());
        Ended info = run("--info", "--root", folder.resolve("alpha").toString());

        assertEquals(1, before.exitCode(), before.output());
        assertEquals(0, changed.exitCode(), changed.output());
        assertEquals(2, refused.exitCode());
        assertTrue(refused.output().contains("0 to 100"), refused.output());
        assertTrue(info.output().contains("state:   running as process "), info.output());
        assertTrue(info.output().contains("parm:    fault_rate=5 "), info.output());
    }

    private static List<Path> entries(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        }
    }

    private record Ended(int exitCode, String output) {}

    private Ended run(String... arguments) throws IOException, InterruptedException {
        Path output = Files.createTempFile("bsrd", ".out");
        try {
            Process process = start(output, arguments);
            assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
            return new Ended(process.exitValue(), Files.readString(output));
        } finally {
            Files.delete(output);
        }
    }

    private Process bsrd(String name) throws IOException {
        return start(
                folder.resolve(name + ".out"), "--root", folder.resolve(name).toString(), "--node", name, "--quiet");
    }

    private Process start(Path output, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.bsr.engine.Main"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        processes.add(process);
        return process;
    }

    /** Connects as soon as the engine listens. */
    private TestNode node(String name) throws InterruptedException, IOException {
        long deadline = System.nanoTime() + Duration.ofSeconds(PATIENCE_SECONDS).toNanos();
        while (true) {
            try {
                return new TestNode(folder.resolve(name), name);
            } catch (ControlException e) {
                if (System.nanoTime() > deadline || e.kind() != ControlException.Kind.NOT_RUNNING) {
                    throw new AssertionError(Files.readString(folder.resolve(name + ".out")), e);
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
    }

    private static void awaitLine(EngineFiles files, String line) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(PATIENCE_SECONDS).toNanos();
        while (!Files.readString(files.logFile()).contains(line)) {
            assertTrue(System.nanoTime() < deadline, "no line " + line);
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private static ConnectionState state(ResourceStatus r0) {
        return r0.connections().getFirst().state();
    }

    private static boolean established(ResourceStatus r0) {
        return r0.connections().getFirst().peerDevices().getFirst().replication() == ReplicationState.ESTABLISHED;
    }

    private static boolean peerUpToDate(ResourceStatus r0) {
        return r0.connections().getFirst().peerDevices().getFirst().peerDisk() == DiskState.UP_TO_DATE;
    }

    private static long r0Received(TestNode node) throws ControlException {
        return node.r0().connections().getFirst().peerDevices().getFirst().received();
    }
}
