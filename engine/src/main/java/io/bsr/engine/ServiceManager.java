package io.bsr.engine;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.bsr.loop.linux.Libc;
import io.bsr.loop.linux.Linux;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What systemd is told of this process: sd_notify(3), without its library. Where nobody wants to be told, nothing happens.
 *
 * <p>Signs of life are sent from a thread of their own, but only after what they stand for has been seen: a thread that
 * sends them whatever happens would keep an engine alive that serves nobody.
 */
final class ServiceManager implements AutoCloseable {
    private static final String SOCKET = "NOTIFY_SOCKET";
    private static final String INTERVAL = "WATCHDOG_USEC";
    private static final String PROCESS = "WATCHDOG_PID";

    /** Bytes of sun_path in sockaddr_un. */
    private static final int PATH_BYTES = 108;

    private static final int DATAGRAM = 2;

    private final int descriptor;
    private final @Nullable Duration interval;
    private @Nullable Thread watch;

    private ServiceManager(int descriptor, @Nullable Duration interval) {
        this.descriptor = descriptor;
        this.interval = interval;
    }

    /**
     * The one that the environment names, or one that listens to nothing.
     *
     * @param process this one
     * @throws IOException if the environment names one that cannot be reached
     */
    static ServiceManager of(Map<String, String> environment, long process) throws IOException {
        String path = environment.getOrDefault(SOCKET, "");
        if (path.isEmpty()) {
            return new ServiceManager(-1, null);
        }
        return new ServiceManager(connected(path), interval(environment, process));
    }

    /** A third of what systemd waits for: a sign may take as long again to be seen; null if it does not wait for this process. */
    private static @Nullable Duration interval(Map<String, String> environment, long process) {
        String micros = environment.getOrDefault(INTERVAL, "");
        String meant = environment.getOrDefault(PROCESS, Long.toString(process));
        boolean wanted = micros.matches("[1-9][0-9]{0,17}") && meant.equals(Long.toString(process));
        return wanted ? Duration.ofNanos(Long.parseLong(micros) * 1000 / 3) : null;
    }

    private static int connected(String path) throws IOException {
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        if (name.length >= PATH_BYTES) {
            throw new IOException(SOCKET + " is too long: " + path);
        }
        if (name[0] == '@') {
            // A name without a file.
            name[0] = 0;
        }
        int descriptor = Libc.socket(Linux.AF_UNIX, DATAGRAM | Linux.SOCK_CLOEXEC, 0);
        if (descriptor < 0) {
            throw new IOException("No socket to tell systemd: error " + -descriptor);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(Short.BYTES + PATH_BYTES, Short.BYTES);
            address.set(JAVA_SHORT, 0, (short) Linux.AF_UNIX);
            MemorySegment.copy(name, 0, address, JAVA_BYTE, Short.BYTES, name.length);
            int error = Libc.connect(descriptor, address, Short.BYTES + name.length);
            if (error < 0) {
                Libc.close(descriptor);
                throw new IOException("systemd cannot be told at " + path + ": error " + -error);
            }
        }
        return descriptor;
    }

    /** The engine takes commands. */
    void ready() {
        tell("READY=1\nSTATUS=Takes commands");
    }

    /** The engine ends its work. */
    void stopping() {
        tell("STOPPING=1\nSTATUS=Takes resources down");
    }

    /**
     * Sends signs of life from now on, if they are waited for.
     *
     * @param lives waits no longer than it is told, and says whether the engine has been seen to work
     */
    void watch(Predicate<Duration> lives) {
        Duration pause = interval;
        if (pause == null) {
            return;
        }
        watch = Thread.ofPlatform().name("watchdog").daemon(true).start(() -> {
            try {
                while (true) {
                    if (lives.test(pause)) {
                        tell("WATCHDOG=1");
                    }
                    Thread.sleep(pause);
                }
            } catch (InterruptedException e) {
                // Closed: this thread ends.
                Thread.currentThread().interrupt();
            }
        });
    }

    /** A message that is lost has the same effect as an engine that hangs: systemd starts another one. */
    private void tell(String message) {
        if (descriptor >= 0) {
            byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
            try (Arena arena = Arena.ofConfined()) {
                Libc.write(descriptor, arena.allocateFrom(JAVA_BYTE, bytes), bytes.length);
            }
        }
    }

    @Override
    public void close() {
        Thread running = watch;
        if (running != null) {
            running.interrupt();
            boolean interrupted = false;
            while (running.isAlive()) {
                try {
                    running.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        if (descriptor >= 0) {
            Libc.close(descriptor);
        }
    }
}
