package io.bsr.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bsr.config.dump.Dump;
import io.bsr.config.dump.DumpStyle;
import io.bsr.config.file.DiskFiles;
import io.bsr.config.model.NodeIdentity;
import io.bsr.config.plan.UpPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The part of the language that bsr and DRBD share, compared with Debian's drbdadm. */
class DrbdadmAgreementTest {
    private static final NodeIdentity NODE_A = NodeIdentity.named("a");
    private static final Path DRBDADM = Path.of("/usr/sbin/drbdadm");
    private static final int FILES = Integer.getInteger("bsr.config.oracle.files", 60);

    @TempDir
    private Path directory = Path.of(".");

    @BeforeAll
    static void drbdadm_is_installed() {
        assumeTrue(Files.isExecutable(DRBDADM), "drbdadm is not installed");
    }

    @Test
    void accepts_and_refuses_the_same_files() throws Exception {
        int refused = 0;
        for (int seed = 0; seed < FILES; seed++) {
            String text =
                    seed % 3 == 0 ? GeneratedConfigurations.withMistake(seed / 3) : GeneratedConfigurations.of(seed);

            ReadResult ours = read(text);
            Output theirs = drbdadm(text, "-d", "up", "all");

            assertEquals(
                    theirs.exitCode() == 0,
                    ours.valid(),
                    () -> text + "\ndrbdadm: " + theirs.errors() + "\nours: " + ours.diagnostics());
            refused += ours.valid() ? 0 : 1;
        }
        assertTrue(refused > FILES / 6 && refused < FILES - FILES / 6, "refused " + refused);
    }

    @Test
    void dumps_the_same_text() throws Exception {
        for (DumpStyle.Detail detail : DumpStyle.Detail.values()) {
            for (int seed = 1000; seed < 1000 + FILES / 2; seed++) {
                String text = GeneratedConfigurations.of(seed);
                ReadResult ours = read(text);
                if (!ours.valid()) {
                    continue;
                }
                List<String> flag =
                        switch (detail) {
                            case WRITTEN -> List.of("dump");
                            case INHERITED -> List.of("-d", "dump");
                            case EXPANDED -> List.of("-v", "dump");
                        };

                Output theirs = drbdadm(text, flag.toArray(String[]::new));
                String dump = Dump.all(ours.configuration(), NODE_A, new DumpStyle(detail, false));

                assertEquals(theirs.text(), dump.replace("/dev/bsr", "/dev/drbd"), () -> text);
            }
        }
    }

    @Test
    void brings_resources_up_with_the_same_calls() throws Exception {
        for (int seed = 2000; seed < 2000 + FILES; seed++) {
            String text = GeneratedConfigurations.of(seed);
            ReadResult ours = read(text);
            if (!ours.valid()) {
                continue;
            }

            Output theirs = drbdadm(text, "-d", "up", "all");
            List<String> lines = UpPlan.of(ours.configuration().viewOf(NODE_A).resources()).shellLines().stream()
                    .filter(line -> !line.contains(" node-options ") && !line.contains(" apply-persist-role "))
                    .map(line -> line.replaceFirst(" --peer-node-name=\\S+", ""))
                    .map(line -> line.contains(" new-path ") ? line.substring(0, line.length() - 2) : line)
                    .map(line -> line.replaceFirst("^bsr", "drbd"))
                    .toList();

            assertEquals(
                    theirs.text()
                            .replace("/usr/sbin/", "")
                            .replaceAll(" +\n", "\n")
                            .stripTrailing(),
                    String.join("\n", lines),
                    () -> text);
        }
    }

    private ReadResult read(String text) throws IOException {
        Path file = Files.writeString(directory.resolve("t.conf"), text);
        return new ConfigReader(new DiskFiles()).read(file.toString(), ReadOptions.forNode(NODE_A));
    }

    private record Output(int exitCode, String text, String errors) {}

    private Output drbdadm(String text, String... arguments) throws IOException, InterruptedException {
        Path file = Files.writeString(directory.resolve("t.conf"), text.replace("/dev/bsr", "/dev/drbd"));
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(DRBDADM.toString(), "-c", file.toString());
        builder.command().addAll(List.of(arguments));
        builder.environment().put("__DRBD_NODE__", "a");
        Process process =
                builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("drbdadm does not end");
        }
        return new Output(process.exitValue(), Files.readString(out), Files.readString(err));
    }
}
