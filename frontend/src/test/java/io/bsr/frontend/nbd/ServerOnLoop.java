package io.bsr.frontend.nbd;

import io.bsr.base.VolumeNumber;
import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Errno;
import io.bsr.base.port.PortException;
import io.bsr.loop.EventLoop;
import io.bsr.loop.EventLoops;
import io.bsr.loop.LoopKind;
import io.bsr.loop.LoopOptions;
import io.bsr.net.Networks;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assumptions;

/** A server on a real event loop with real sockets, and the means to run other programs as its clients. */
final class ServerOnLoop implements AutoCloseable {
    /** What another program said and how it ended. */
    record Outcome(int exit, String text) {
        void assertSuccess() {
            if (exit != 0) {
                throw new AssertionError("exit code " + exit + ": " + text);
            }
        }
    }

    final EventLoop loop;
    final MemoryVolume volume;
    final NbdServer server;
    final Path directory;
    final Path socket;
    final int port;
    final Queue<String> log = new ConcurrentLinkedQueue<>();
    final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

    ServerOnLoop(LoopKind kind, long volumeBytes, int logicalBlock) {
        try {
            directory = Files.createTempDirectory("nbd");
            socket = directory.resolve("socket");
            loop = create(kind);
            port = freePort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        volume = new MemoryVolume(loop::atEndOfTurn, volumeBytes, logicalBlock, null);
        ExportTable exports = new ExportTable();
        exports.add(new ExportName("r0", new VolumeNumber(0)), "resource r0, volume 0", volume);
        server = new NbdServer(Networks.of(loop), loop.buffers(), loop.timers(), exports, NbdLimits.DEFAULT, log::add);
        loop.start();
        onLoop(() -> {
            try {
                server.listen(Endpoint.unix(socket.toString()));
                return server.listen(Endpoint.ipv4("127.0.0.1", port));
            } catch (PortException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private EventLoop create(LoopKind kind) {
        try {
            return EventLoops.create(LoopOptions.of("nbd", (where, failure) -> failures.add(failure))
                    .withKind(kind));
        } catch (PortException e) {
            Assumptions.assumeTrue(e.errno() != Errno.EOPNOTSUPP, "io_uring is not available: " + e.getMessage());
            throw new IllegalStateException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    /** The result of {@code action}, which runs on the loop. */
    <T> T onLoop(Supplier<T> action) {
        CompletableFuture<T> result = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                result.complete(action.get());
            } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
            }
        });
        try {
            return result.get(20, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    String unixUri() {
        return "nbd+unix:///r0?socket=" + socket;
    }

    String tcpUri() {
        return "nbd://127.0.0.1:" + port + "/r0";
    }

    /** Runs a program in the test's directory; skips the test if it is not installed. */
    Outcome run(String... command) {
        boolean installed = List.of(System.getenv("PATH").split(File.pathSeparator)).stream()
                .anyMatch(path -> Files.isExecutable(Path.of(path, command[0])));
        Assumptions.assumeTrue(installed, command[0] + " is not installed");
        Path output = directory.resolve("output");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError(String.join(" ", command) + " did not end: " + Files.readString(output));
            }
            return new Outcome(process.exitValue(), Files.readString(output));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Closes the server, then asserts that nothing is left of its clients and that nothing failed on the way. */
    @Override
    public void close() {
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        loop.execute(() -> server.close(() -> closed.complete(true)));
        boolean stopped;
        long held;
        int users;
        try {
            closed.get(20, TimeUnit.SECONDS);
            held = onLoop(server::bufferBytes);
            users = onLoop(() -> volume.users().size());
            loop.stop();
            stopped = loop.awaitStopped(20_000_000_000L);
            try (var files = Files.walk(directory)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(log.toString(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!failures.isEmpty()) {
            throw new AssertionError("a callback failed", failures.peek());
        }
        if (!stopped || held != 0 || users != 0) {
            throw new AssertionError("left behind: " + held + " bytes, " + users + " users; stopped: " + stopped);
        }
    }
}
