package io.bsr.cli.bsrmeta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.cli.ToolRun;
import io.bsr.cli.status.ObservedStates;
import io.bsr.control.EngineFiles;
import io.bsr.control.command.Command;
import io.bsr.control.server.CommandHandler;
import io.bsr.control.server.ControlServer;
import io.bsr.control.server.ServerLog;
import io.bsr.control.status.Answer;
import io.bsr.control.status.StatusReport;
import io.bsr.metadata.tool.FileMetadataDevice;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Metadata that an engine uses, or another tool. */
class UsedDeviceTest {
    @TempDir
    private Path root = Path.of("");

    private Path disk = root;

    @BeforeEach
    void metadata() throws IOException {
        disk = Files.write(root.resolve("disk"), new byte[1 << 20]);
        assertEquals(0, run("create-md", "1").code());
    }

    private ToolRun run(String... command) {
        String[] words = Stream.concat(Stream.of("0", "v09", disk.toString(), "internal"), Stream.of(command))
                .toArray(String[]::new);
        return ToolRun.of(Main::run, root, words);
    }

    @Test
    void an_attached_device_is_read_with_a_warning_and_not_changed() throws Exception {
        byte[] before = Files.readAllBytes(disk);
        ControlServer engine = engine();
        try (FileMetadataDevice used = FileMetadataDevice.open(
                disk, EnumSet.of(FileMetadataDevice.Option.WRITE, FileMetadataDevice.Option.PLAIN_FILE))) {
            for (String command : List.of(
                    "create-md 1",
                    "apply-al",
                    "wipe-md",
                    "outdate",
                    "invalidate",
                    "check-resize",
                    "convert",
                    "dstate",
                    "restore-md /dev/null",
                    "write-dev-uuid 1",
                    "set-gi --node-id=1 1",
                    "forget-peer --node-id=1")) {
                ToolRun run = run((command + " --force").split(" ", -1));

                assertEquals(20, run.code(), command);
                assertTrue(run.text().startsWith("Device '0' is configured!\n"), run.text());
            }
            ToolRun read = run("read-dev-uuid");

            assertEquals(
                    new ToolRun(0, "0000000000000000\n# Output might be stale, since minor 0 is attached\n"), read);
            assertEquals(1 << 20, used.size());
        } finally {
            engine.close();
        }
        assertEquals(-1, Arrays.mismatch(before, Files.readAllBytes(disk)));
    }

    @Test
    void a_locked_device_is_refused_whatever_the_options_say() throws Exception {
        try (FileMetadataDevice used = FileMetadataDevice.open(
                disk, EnumSet.of(FileMetadataDevice.Option.WRITE, FileMetadataDevice.Option.PLAIN_FILE))) {
            for (String command : List.of("dstate", "dump-md --force", "create-md 1 --force", "wipe-md --force")) {
                ToolRun run = run(command.split(" ", -1));

                assertEquals(20, run.code(), command);
                assertTrue(run.text().contains("is in use: another program has locked it.\n"), run.text());
            }
            assertEquals(1 << 20, used.size());
        }
    }

    @Test
    void commands_for_one_minor_wait_for_each_other_for_a_second_only() throws Exception {
        Path folder = Files.createDirectories(root.resolve("var/lock"));
        try (FileChannel other =
                FileChannel.open(folder.resolve("bsr-147-0"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            assertTrue(other.tryLock().isValid());

            ToolRun run = run("dstate");

            assertEquals(20, run.code());
            assertTrue(run.text().startsWith("Minor 0 is locked: "), run.text());
        }
        assertEquals(0, run("dstate").code());
    }

    private ControlServer engine() throws IOException {
        EngineFiles files = new EngineFiles(root);
        Files.createDirectories(files.runtimeFolder());
        StatusReport report = new StatusReport("n1", "test", List.of(ObservedStates.primary()));
        return ControlServer.open(
                files.controlSocket(),
                new CommandHandler() {
                    @Override
                    public Answer handle(Command command, long deadline) {
                        return Answer.of(report);
                    }

                    @Override
                    public Feed follow() {
                        throw new IllegalStateException("nobody follows");
                    }
                },
                new ServerLog() {
                    @Override
                    public void line(String text) {}

                    @Override
                    public void failure(String text, Throwable failure) {
                        throw new IllegalStateException(text, failure);
                    }
                });
    }
}
