package io.bsr.engine.handler;

import io.bsr.control.event.StateEvent.Action;
import io.bsr.control.event.StateEvent.ObjectKind;
import io.bsr.control.status.ConnectionStatus;
import io.bsr.control.status.ResourceStatus;
import io.bsr.control.status.VolumeStatus;
import io.bsr.core.Happening;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/** Runs handlers, some at a time. For every thread; never waits. */
public final class Handlers implements AutoCloseable {
    private static final int MOST_AT_ONCE = 8;
    private static final int MOST_WAITING = 128;
    private static final int IDLE_SECONDS = 10;

    /** Bytes of a handler's output that reach the log. */
    private static final int MOST_OUTPUT = 4096;

    /** As in the wait status of a Unix process, which is what {@code events2} shows. */
    private static final int WAIT_STATUS = 256;

    /** Where calls and answers are told. */
    @FunctionalInterface
    public interface Audience {
        void tell(Action action, ObjectKind object, Map<String, String> key, Map<String, String> fields);
    }

    private final HandlerSettings settings;
    private final Audience audience;
    private final Logger log;
    private final ThreadPoolExecutor threads;

    public Handlers(HandlerSettings settings, Audience audience, Logger log) {
        this.settings = settings;
        this.audience = audience;
        this.log = log;
        this.threads = new ThreadPoolExecutor(
                MOST_AT_ONCE,
                MOST_AT_ONCE,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MOST_WAITING),
                Thread.ofPlatform().daemon().name("handler-", 0).factory());
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Calls a handler.
     *
     * @param resource as it is now
     * @return the exit code, 0 … 255; 0 if handlers are switched off, or this one could not be run
     */
    public CompletableFuture<Integer> call(ResourceStatus resource, Happening.HandlerDue due) {
        CompletableFuture<Integer> code = new CompletableFuture<>();
        try {
            threads.execute(() -> code.completeAsync(() -> run(resource, due), Runnable::run));
        } catch (RejectedExecutionException e) {
            log.error(
                    "{}: handler {} is left out: {} others are still at work or waiting. Look at what they wait for",
                    resource.name(),
                    due.handler(),
                    MOST_AT_ONCE + MOST_WAITING);
            code.complete(0);
        }
        return code;
    }

    /** Calls a handler whose exit code nobody asks for. */
    public void tell(ResourceStatus resource, Happening.HandlerDue due) {
        CompletableFuture<Integer> unused = call(resource, due);
    }

    private int run(ResourceStatus resource, Happening.HandlerDue due) {
        if (!on()) {
            return 0;
        }
        Map<String, String> key = key(resource, due);
        audience.tell(Action.CALL, ObjectKind.HELPER, key, Map.of("helper", due.handler()));
        log.info("{}: handler {}: {}", resource.name(), due.handler(), settings.program());
        int code = execute(resource, due);
        Map<String, String> answer = new LinkedHashMap<>();
        answer.put("helper", due.handler());
        answer.put("status", Integer.toString(code * WAIT_STATUS));
        audience.tell(Action.RESPONSE, ObjectKind.HELPER, key, answer);
        log.info("{}: handler {} ended with exit code {}", resource.name(), due.handler(), code);
        return code;
    }

    /** Whether handlers are called. Reads a file, so it is not for event loops. */
    public boolean on() {
        try {
            return settings.on();
        } catch (IOException e) {
            log.error("handlers are not called: cannot read {}: {}", settings.switchFile(), e.toString());
            return false;
        }
    }

    private int execute(ResourceStatus resource, Happening.HandlerDue due) {
        ProcessBuilder builder = new ProcessBuilder(settings.program(), due.handler(), resource.name())
                .redirectErrorStream(true)
                .redirectInput(Redirect.from(new File("/dev/null")));
        builder.environment().clear();
        builder.environment().putAll(HandlerEnvironment.of(settings, resource, due));
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            log.error(
                    "{}: handler {} cannot be run: {}. Name the program with --usermode-helper",
                    resource.name(),
                    due.handler(),
                    e.getMessage());
            return 0;
        }
        Thread.ofPlatform().daemon().name("handler-output").start(() -> log(resource, due, process.getInputStream()));
        try {
            if (process.waitFor(settings.limit().toMillis(), TimeUnit.MILLISECONDS)) {
                int code = process.exitValue();
                // Above 128 are the ends by a signal, as the JDK tells them.
                return code > 128 ? 0 : code;
            }
            log.error(
                    "{}: handler {} has not ended within {} s and is killed",
                    resource.name(),
                    due.handler(),
                    settings.limit().toSeconds());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        return 0;
    }

    /** Reads all of it, so that the program is never held up, and logs the beginning. */
    private void log(ResourceStatus resource, Happening.HandlerDue due, InputStream output) {
        try (output) {
            String text = new String(output.readNBytes(MOST_OUTPUT), StandardCharsets.UTF_8);
            text.lines()
                    .filter(line -> !line.isBlank())
                    .forEach(line -> log.info("{}: handler {}: {}", resource.name(), due.handler(), printable(line)));
            long more = output.transferTo(OutputStream.nullOutputStream());
            if (more > 0) {
                log.info("{}: handler {}: and {} bytes more", resource.name(), due.handler(), more);
            }
        } catch (IOException e) {
            log.warn("{}: handler {}: its output cannot be read: {}", resource.name(), due.handler(), e.getMessage());
        }
    }

    /** Whatever a handler prints, a line of the log stays one line of text. */
    private static String printable(String line) {
        StringBuilder text = new StringBuilder(line.length());
        line.codePoints().forEach(c -> text.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return text.toString();
    }

    /** As keys of events are: only what applies, in their order. */
    public static Map<String, String> key(ResourceStatus resource, int peerNodeId, int volumeNumber) {
        Map<String, String> key = new LinkedHashMap<>();
        key.put("name", resource.name());
        for (ConnectionStatus connection : resource.connections()) {
            if (connection.peerNodeId() == peerNodeId) {
                key.put("peer-node-id", Integer.toString(peerNodeId));
                key.put("conn-name", connection.name());
            }
        }
        for (VolumeStatus volume : resource.volumes()) {
            if (volume.number() == volumeNumber) {
                key.put("volume", Integer.toString(volumeNumber));
                key.put("minor", Integer.toString(volume.minor()));
            }
        }
        return key;
    }

    private static Map<String, String> key(ResourceStatus resource, Happening.HandlerDue due) {
        return key(resource, due.peerNodeId(), due.volume());
    }

    /** No more handlers are called, and those that run are ended. */
    @Override
    public void close() {
        List<Runnable> waiting = threads.shutdownNow();
        if (!waiting.isEmpty()) {
            log.warn("bsrd: {} handlers were due and are not called any more", waiting.size());
        }
    }
}
