package io.bsr.demo.node;

import io.bsr.control.ControlClient;
import io.bsr.control.ControlException;
import io.bsr.control.EngineFiles;
import io.bsr.control.status.ConnectionStatus;
import io.bsr.control.status.PeerDeviceStatus;
import io.bsr.control.status.ResourceStatus;
import io.bsr.control.status.VolumeStatus;
import io.bsr.demo.failure.DemoException;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One node: a root folder, a disk that is a file, and an engine. */
public final class Node implements AutoCloseable {
    /** The resource of the demo. */
    public static final String RESOURCE = "r0";

    private static final long START_MILLIS = 20_000;
    private static final long COMMAND_SECONDS = 40;
    private static final long STOP_SECONDS = 10;
    private static final long POLL_MILLIS = 25;

    private final String name;
    private final Path root;
    private final Programs programs;
    private @Nullable Process engine;

    /** @param root every path of the node hangs off it */
    public Node(String name, Path root, Programs programs) {
        this.name = name;
        this.root = root;
        this.programs = programs;
    }

    /** Makes the folders, the disk and the configuration. */
    public void prepare(long diskBytes, String configuration) throws IOException {
        Files.createDirectories(root.resolve("etc/bsr.d"));
        Files.writeString(root.resolve("etc/bsr.conf"), "include \"bsr.d/*.res\";\n");
        Files.writeString(root.resolve("etc/bsr.d/" + RESOURCE + ".res"), configuration);
        try (RandomAccessFile file = new RandomAccessFile(disk().toFile(), "rw")) {
            file.setLength(diskBytes);
        }
    }

    public String name() {
        return name;
    }

    public Path root() {
        return root;
    }

    public Path disk() {
        return root.resolve("disk.img");
    }

    public EngineFiles files() {
        return new EngineFiles(root);
    }

    /** Process id of the engine, 0 if it does not run. */
    public long pid() {
        Process running = engine;
        return running == null ? 0 : running.pid();
    }

    /** Starts the engine and waits until it answers. */
    public void start() throws DemoException {
        List<String> words = new ArrayList<>(programs.start("bsrd"));
        words.addAll(List.of("--root", root.toString(), "--node", name, "--loops", "1", "--quiet"));
        Path output = root.resolve("bsrd.out");
        try {
            Process started = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .start();
            engine = started;
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_MILLIS);
            while (!answers()) {
                if (!started.isAlive() || System.nanoTime() - end > 0) {
                    throw new DemoException("bsrd of " + name + " does not run. It says:\n" + tail(output));
                }
                Thread.sleep(POLL_MILLIS);
            }
        } catch (IOException e) {
            throw new DemoException("bsrd cannot be started: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DemoException("interrupted", e);
        }
    }

    private static String tail(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size()));
    }

    private boolean answers() {
        try (ControlClient client = ControlClient.connect(files())) {
            return !client.status().node().isEmpty();
        } catch (ControlException e) {
            return false;
        }
    }

    /** SIGKILL: no farewell to the peer, nothing is written any more. */
    public void kill() throws DemoException {
        Process running = engine;
        if (running != null) {
            running.destroyForcibly();
            await(running);
            engine = null;
        }
    }

    /** SIGTERM, and SIGKILL if that does not help. */
    public void stop() throws DemoException {
        Process running = engine;
        if (running != null) {
            running.destroy();
            try {
                if (!running.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                    running.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            await(running);
            engine = null;
        }
    }

    private void await(Process process) throws DemoException {
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                throw new DemoException("bsrd of " + name + ", process " + process.pid() + ", does not end.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Types a command.
     *
     * @return what it printed
     * @throws DemoException if it fails, with what it said
     */
    public String type(String program, String... arguments) throws DemoException {
        List<String> words = new ArrayList<>(programs.start(program));
        words.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().put(EngineFiles.ROOT_VARIABLE, root.toString());
        builder.environment().put(EngineFiles.NODE_VARIABLE, name);
        try {
            Path output = Files.createTempFile(root, program, ".out");
            Process process = builder.redirectOutput(output.toFile()).start();
            boolean ended = process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS);
            String text = Files.readString(output, StandardCharsets.UTF_8);
            Files.delete(output);
            if (!ended) {
                process.destroyForcibly();
                throw new DemoException(
                        program + " " + String.join(" ", arguments) + " on " + name + " hangs.\n" + text);
            }
            if (process.exitValue() != 0) {
                throw new DemoException(program + " " + String.join(" ", arguments) + " on " + name
                        + " ended with exit code " + process.exitValue() + ":\n" + text + "Log: "
                        + files().logFile());
            }
            return text;
        } catch (IOException e) {
            throw new DemoException(program + " cannot be run: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DemoException("interrupted", e);
        }
    }

    /** The state of the resource; empty if the node does not have it, or does not answer. */
    public Optional<State> state() {
        try (ControlClient client = ControlClient.connect(files())) {
            return client.status().resources().stream()
                    .filter(resource -> resource.name().equals(RESOURCE))
                    .filter(resource -> !resource.volumes().isEmpty()
                            && !resource.connections().isEmpty())
                    .map(State::of)
                    .findFirst();
        } catch (ControlException e) {
            return Optional.empty();
        }
    }

    /** The resource with its one volume and its one peer; a peer without volumes yet is empty. */
    public record State(
            ResourceStatus resource,
            VolumeStatus volume,
            ConnectionStatus connection,
            Optional<PeerDeviceStatus> peer) {
        static State of(ResourceStatus resource) {
            ConnectionStatus connection = resource.connections().getFirst();
            return new State(
                    resource,
                    resource.volumes().getFirst(),
                    connection,
                    connection.peerDevices().stream().findFirst());
        }
    }

    /** Ends the engine at once. */
    @Override
    public void close() {
        Process running = engine;
        if (running != null) {
            running.destroyForcibly();
        }
    }

    /** The engine goes on without the demo. */
    public void leave() {
        engine = null;
    }
}
