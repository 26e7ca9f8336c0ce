package io.bsr.cli.bsrsetup;

import io.bsr.base.error.Outcome;
import io.bsr.control.EngineFiles;
import io.bsr.control.command.Command;
import io.bsr.control.server.CommandHandler;
import io.bsr.control.server.ControlServer;
import io.bsr.control.server.ServerLog;
import io.bsr.control.status.Answer;
import io.bsr.control.status.ResourceStatus;
import io.bsr.control.status.StatusReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An engine that only has a state: it answers with it, tells of its changes, and takes every command. */
final class StandInEngine implements CommandHandler, AutoCloseable {
    /** Counted down by the first question. */
    final CountDownLatch asked = new CountDownLatch(1);

    private final LinkedBlockingQueue<Picture> pictures = new LinkedBlockingQueue<>();
    private final ControlServer server;
    private volatile StatusReport report = new StatusReport("n1", "", List.of());

    StandInEngine(Path root) throws IOException {
        EngineFiles files = new EngineFiles(root);
        Files.createDirectories(files.runtimeFolder());
        server = ControlServer.open(files.controlSocket(), this, new Silent());
    }

    void becomes(ResourceStatus... resources) {
        report = new StatusReport("n1", "", List.of(resources));
        pictures.add(new Picture(0, report));
    }

    @Override
    public Answer handle(Command command, long deadline) {
        asked.countDown();
        return command instanceof Command.Status ? Answer.of(report) : Answer.of(Outcome.OK);
    }

    @Override
    public Feed follow() {
        return new Feed() {
            private boolean first = true;

            @Override
            public @Nullable Picture next(long deadline) throws InterruptedException {
                if (first) {
                    first = false;
                    return new Picture(0, report);
                }
                return pictures.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void close() {
        server.close();
    }

    private static final class Silent implements ServerLog {
        @Override
        public void line(String text) {
            // Clients that go away in the middle of a stream are what waiting commands are.
        }

        @Override
        public void failure(String text, Throwable failure) {
            throw new IllegalStateException(text, failure);
        }
    }
}
