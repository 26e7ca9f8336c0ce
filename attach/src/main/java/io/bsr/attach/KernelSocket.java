package io.bsr.attach;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Network;
import io.bsr.base.port.PortException;
import io.bsr.base.port.SocketOptions;
import io.bsr.base.port.Stream;
import io.bsr.loop.EventLoop;
import io.bsr.loop.linux.Libc;
import io.bsr.loop.linux.Linux;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A connection of Unix sockets: its one end is a stream of the loop, the other end is for the kernel. It is made through a
 * name in the folder of the engine, which nobody else may enter; the name is there for that moment only.
 */
final class KernelSocket {
    /** No longer than the name of the control socket: where that fits, this does. */
    private static final String NAME = "knbd.sock";

    private static final long SECONDS = 10;

    /** Of all loops of this process, as they would take the same name. */
    private static final Object ONE_AT_A_TIME = new Object();

    private KernelSocket() {}

    /**
     * Makes a connection.
     *
     * @param folder of the engine
     * @param server takes the stream over, on the loop, and says why not if it does not
     * @return the descriptor for the kernel; the caller closes it
     */
    static int open(EventLoop loop, Network network, Path folder, Function<Stream, @Nullable String> server)
            throws AttachException, InterruptedException {
        synchronized (ONE_AT_A_TIME) {
            Endpoint name = Endpoint.unix(folder.resolve(NAME).toString());
            CompletableFuture<Optional<String>> taken = new CompletableFuture<>();
            AtomicReference<Network.@Nullable Closeable> listener = new AtomicReference<>();
            boolean begun = LoopTurn.await(loop, () -> {
                try {
                    listener.set(network.listen(
                            name,
                            SocketOptions.DEFAULT,
                            stream -> taken.complete(Optional.ofNullable(server.apply(stream)))));
                } catch (PortException e) {
                    taken.complete(Optional.of(String.valueOf(e.getMessage())));
                }
            });
            if (!begun) {
                throw new AttachException("The event loop of the volume does not answer.");
            }
            try {
                return connect(name.address(), taken);
            } finally {
                loop.execute(() -> {
                    Network.Closeable opened = listener.get();
                    if (opened != null) {
                        opened.close();
                    }
                });
            }
        }
    }

    private static int connect(String path, CompletableFuture<Optional<String>> taken)
            throws AttachException, InterruptedException {
        int socket = Libc.socket(Linux.AF_UNIX, Linux.SOCK_STREAM | Linux.SOCK_CLOEXEC, 0);
        int result = socket;
        if (socket >= 0 && !taken.isDone()) {
            try (Arena arena = Arena.ofConfined()) {
                byte[] name = path.getBytes(StandardCharsets.UTF_8);
                MemorySegment address = arena.allocate(2L + name.length + 1, 8);
                address.set(JAVA_SHORT, 0, (short) Linux.AF_UNIX);
                MemorySegment.copy(name, 0, address, JAVA_BYTE, 2, name.length);
                result = Libc.connect(socket, address, (int) address.byteSize());
            }
        }
        String failure = result < 0 ? path + " cannot be connected to: " + FuseConnection.error(result) : null;
        if (failure == null) {
            try {
                failure = taken.get(SECONDS, TimeUnit.SECONDS)
                        .map(reason -> "The volume cannot be opened: " + reason)
                        .orElse(null);
            } catch (TimeoutException e) {
                failure = "The event loop of the volume does not answer";
            } catch (ExecutionException e) {
                failure = "The volume cannot be opened: " + e.getCause();
            }
        }
        if (failure != null) {
            if (socket >= 0) {
                Libc.close(socket);
            }
            throw new AttachException(failure + ".");
        }
        return socket;
    }
}
