package io.bsr.conformance;

import io.bsr.cli.terminal.Surroundings;
import io.bsr.control.ControlClient;
import io.bsr.control.ControlException;
import io.bsr.control.EngineFiles;
import io.bsr.control.command.Command;
import io.bsr.control.status.Answer;
import io.bsr.control.status.ResourceStatus;
import io.bsr.frontend.nbd.ExportClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.ToIntBiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One node: a root folder, a disk that is a file, an engine in a process of its own, and its commands. */
final class Node implements AutoCloseable {
    private static final long WAIT_SECONDS = 60;
    private static final long POLL_MILLIS = 20;

    private final String name;
    private final Path root;
    private Path disk;
    private @Nullable Path programs;
    private @Nullable Process engine;

    Node(String name, Path root) {
        this.name = name;
        this.root = root;
        disk = root.resolve("disk.img");
    }

    /** What a tool printed, and its exit code. */
    record Said(int code, String text) {}

    String name() {
        return name;
    }

    Path root() {
        return root;
    }

    Path disk() {
        return disk;
    }

    /** Has its disk elsewhere from now on; to be configured anew. */
    void disk(Path elsewhere) {
        disk = elsewhere;
    }

    /** The engine finds programs in this folder only, when it is started next. */
    void programs(Path folder) {
        programs = folder;
    }

    EngineFiles files() {
        return new EngineFiles(root);
    }

    /** The volume as an application uses it. */
    ExportClient openVolume() throws IOException {
        return ExportClient.open(files().nbdSocket(), Pair.EXPORT);
    }

    ExportClient openVolume(int volume) throws IOException {
        return ExportClient.open(files().nbdSocket(), Pair.RESOURCE + "/" + volume);
    }

    /** The same for tools of libnbd. */
    String volumeUri() {
        return "nbd+unix:///" + Pair.EXPORT + "?socket=" + files().nbdSocket();
    }

    void configure(String text) throws IOException {
        Files.createDirectories(root.resolve("etc"));
        Files.writeString(root.resolve("etc/bsr.conf"), text);
    }

    void makeDisk(long bytes) throws IOException {
        Files.createDirectories(root);
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength(bytes);
        }
    }

    /** The command line of {@code bsrd} with these options. */
    static List<String> bsrd(List<String> options) {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-ea",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.bsr.engine.Main"));
        words.addAll(options);
        return words;
    }

    /** Starts the engine and waits until it answers. */
    void start() throws IOException {
        start(List.of());
    }

    /** As {@link #start()}, with more options of {@code bsrd}. */
    void start(List<String> more) throws IOException {
        Files.createDirectories(root);
        Path output = root.resolve("bsrd.out");
        List<String> options = new ArrayList<>(List.of("--root", root.toString(), "--node", name, "--loops", "1"));
        options.addAll(more);
        ProcessBuilder builder = new ProcessBuilder(bsrd(options))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        if (programs != null) {
            builder.environment().put("PATH", programs.toString());
        }
        Process started = builder.start();
        engine = started;
        until("bsrd of " + name + " to answer", () -> {
            if (!started.isAlive()) {
                throw new AssertionError("bsrd of " + name + " has ended:\n" + log());
            }
            return answers();
        });
    }

    private boolean answers() {
        try (ControlClient client = ControlClient.connect(files())) {
            return client.status().node().equals(name);
        } catch (ControlException e) {
            return false;
        }
    }

    boolean alive() {
        return engine().isAlive();
    }

    private Process engine() {
        Process running = engine;
        if (running == null) {
            throw new AssertionError(name + " does not run");
        }
        return running;
    }

    long pid() {
        return engine().pid();
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        Process running = engine();
        running.destroyForcibly();
        awaitEnd(running);
    }

    /** SIGSTOP: it neither works nor ends, and its connections stay. */
    void freeze() throws IOException, InterruptedException {
        Tools.run(root, List.of("kill", "-STOP", Long.toString(pid())));
    }

    /** SIGCONT. */
    void thaw() throws IOException, InterruptedException {
        Tools.run(root, List.of("kill", "-CONT", Long.toString(pid())));
    }

    /** SIGTERM; returns the exit code. */
    int terminate() throws InterruptedException {
        Process running = engine();
        running.destroy();
        return awaitEnd(running);
    }

    private int awaitEnd(Process running) throws InterruptedException {
        if (!running.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("bsrd of " + name + " does not end:\n" + log());
        }
        return running.exitValue();
    }

    @Override
    public void close() {
        Process running = engine;
        if (running != null) {
            running.destroyForcibly().onExit().join();
        }
    }

    /** Runs {@code bsradm} in this process, as the tool of this node. */
    Said adm(String... words) {
        return tool(io.bsr.cli.bsradm.Main::run, words);
    }

    /** Runs {@code bsrsetup} likewise. */
    Said setup(String... words) {
        return tool(io.bsr.cli.bsrsetup.Main::run, words);
    }

    private Said tool(ToIntBiFunction<Surroundings, List<String>> tool, String... words) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int code;
        try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            Surroundings surroundings =
                    new Surroundings(files(), name, true, InputStream.nullInputStream(), out, out, false, 80);
            code = tool.applyAsInt(surroundings, List.of(words));
            surroundings.flush();
        }
        return new Said(code, bytes.toString(StandardCharsets.UTF_8));
    }

    /** Runs {@code bsradm}, which has to succeed; returns what it printed. */
    String must(String... words) {
        Said said = adm(words);
        if (said.code() != 0) {
            throw new AssertionError("bsradm " + String.join(" ", words) + " on " + name + " ended with " + said.code()
                    + ":\n" + said.text() + log());
        }
        return said.text();
    }

    Answer call(Command command) throws ControlException {
        try (ControlClient client = ControlClient.connect(files())) {
            return client.call(command);
        }
    }

    /** Empty while the node does not answer, does not have the resource, or has no volume or peer yet. */
    Optional<State> state() {
        try (ControlClient client = ControlClient.connect(files())) {
            return client.status().resources().stream()
                    .filter(r -> r.name().equals(Pair.RESOURCE))
                    .filter(Node::isComplete)
                    .map(State::of)
                    .findFirst();
        } catch (ControlException e) {
            return Optional.empty();
        }
    }

    private static boolean isComplete(ResourceStatus resource) {
        return !resource.volumes().isEmpty() && !resource.connections().isEmpty();
    }

    /** The state and the counters of this moment. */
    State now() {
        return state().orElseThrow(() -> new AssertionError(name + " does not know the resource:\n" + log()));
    }

    /** Waits for a state; returns it. */
    State await(String what, Predicate<State> condition) {
        State[] seen = new State[1];
        until(name + ": " + what, () -> {
            Optional<State> state = state();
            state.ifPresent(s -> seen[0] = s);
            return state.map(condition::test).orElse(false);
        });
        return seen[0];
    }

    /** Waits for a condition, and says what the engine knows if it does not come. */
    void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("Waited in vain for " + what + "\n"
                        + state().map(State::toString).orElse("no answer") + "\n" + log());
            }
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
        }
    }

    /** Waits until the engine has logged a line with all of these words, and returns it. */
    String awaitLogged(String... words) {
        String[] found = new String[1];
        until(name + " to log " + List.of(words), () -> {
            found[0] = logged(words);
            return found[0] != null;
        });
        return found[0];
    }

    /** The first line of the log with all of these words, or null. */
    @Nullable String logged(String... words) {
        try (Stream<String> lines = Files.lines(root.resolve("bsrd.out"))) {
            return lines.filter(line -> Arrays.stream(words).allMatch(line::contains))
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many lines of the log have these words. */
    long countLogged(String words) {
        try (Stream<String> lines = Files.lines(root.resolve("bsrd.out"))) {
            return lines.filter(line -> line.contains(words)).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The last lines of the engine's log. */
    String log() {
        try {
            List<String> lines = Files.readAllLines(root.resolve("bsrd.out"));
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
        } catch (IOException e) {
            return "no log: " + e.getMessage();
        }
    }
}
