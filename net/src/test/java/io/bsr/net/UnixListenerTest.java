package io.bsr.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Errno;
import io.bsr.base.port.Network;
import io.bsr.base.port.PortException;
import io.bsr.base.port.SocketOptions;
import io.bsr.base.port.Stream;
import io.bsr.loop.LoopKind;
import io.bsr.loop.contract.RealWorld;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The files of Unix sockets: left over, in the way, and cleared up. */
final class UnixListenerTest {
    @TempDir
    @Nullable Path folder;

    private Path path() {
        return Objects.requireNonNull(folder).resolve("socket");
    }

    @ParameterizedTest
    @EnumSource(names = {"URING", "PORTABLE"})
    void a_socket_file_of_a_dead_process_is_replaced(LoopKind kind) throws Exception {
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(path()));
        }
        assertTrue(Files.exists(path()));

        try (RealWorld world = RealWorld.open(kind)) {
            Network.Closeable listener = world.call(() -> Networks.of(world.loop())
                    .listen(Endpoint.unix(path().toString()), SocketOptions.DEFAULT, Stream::close));

            world.run(listener::close);

            assertFalse(Files.exists(path()), "the file is gone with the listener");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"URING", "PORTABLE"})
    void a_plain_file_in_the_way_is_left_alone(LoopKind kind) throws Exception {
        Files.writeString(path(), "precious");
        try (RealWorld world = RealWorld.open(kind)) {
            PortException refusal = assertThrows(
                    PortException.class,
                    () -> world.call(() -> Networks.of(world.loop())
                            .listen(Endpoint.unix(path().toString()), SocketOptions.DEFAULT, Stream::close)));

            assertEquals(Errno.EBUSY, refusal.errno());
            assertEquals("precious", Files.readString(path()));
        }
    }
}
