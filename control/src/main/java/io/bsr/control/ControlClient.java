package io.bsr.control;

import io.bsr.base.error.Outcome;
import io.bsr.control.ControlException.Kind;
import io.bsr.control.command.Command;
import io.bsr.control.event.StateEvent;
import io.bsr.control.json.MalformedJsonException;
import io.bsr.control.message.Limits;
import io.bsr.control.message.LineChannel;
import io.bsr.control.message.Reply;
import io.bsr.control.message.Request;
import io.bsr.control.status.Answer;
import io.bsr.control.status.StatusReport;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Asks an engine, one command after the other. Not for several threads. */
public final class ControlClient implements AutoCloseable {
    /** How much longer than the engine the client waits, so that the engine's own word about a timeout arrives. */
    private static final Duration GRACE = Duration.ofSeconds(3);

    private final LineChannel lines;
    private final Path socket;
    private long id;

    private ControlClient(Path socket, LineChannel lines) {
        this.socket = socket;
        this.lines = lines;
    }

    /**
     * Connects to the engine of {@code files}.
     *
     * @throws ControlException NOT_RUNNING if there is none
     */
    public static ControlClient connect(EngineFiles files) throws ControlException {
        Path socket = files.controlSocket();
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(socket));
            return new ControlClient(socket, new LineChannel(channel, Limits.ANSWER_BYTES));
        } catch (IOException e) {
            close(channel);
            throw notConnected(files, socket, e);
        }
    }

    private static ControlException notConnected(EngineFiles files, Path socket, IOException e) {
        Path folder = files.runtimeFolder();
        if (e instanceof AccessDeniedException
                || String.valueOf(e.getMessage()).contains("Permission denied")
                || (Files.exists(folder) && !Files.isExecutable(folder))) {
            return new ControlException(
                    Kind.PERMISSION,
                    "Cannot ask bsrd at " + socket + ": permission denied. Run as root, or as the user of bsrd.",
                    e);
        }
        if (e instanceof ConnectException || !Files.exists(socket)) {
            return new ControlException(
                    Kind.NOT_RUNNING,
                    "bsrd does not run: nobody answers at " + socket + ". Start it (bsrd"
                            + (files.root().getNameCount() == 0 ? "" : " --root " + files.root())
                            + "), or name the root of the one that runs (--root, BSR_ROOT).",
                    e);
        }
        return new ControlException(Kind.NOT_RUNNING, "Cannot ask bsrd at " + socket + ": " + e.getMessage() + ".", e);
    }

    private static void close(@Nullable SocketChannel channel) {
        if (channel == null) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            // It was not connected; the failure that matters is reported by the caller.
            assert !channel.isConnected();
        }
    }

    /** Carries out {@code command} within the default time. */
    public Answer call(Command command) throws ControlException {
        return call(command, Limits.DEFAULT_TIMEOUT);
    }

    /**
     * Carries out {@code command}. A refusal is an answer.
     *
     * @param timeout 1 ms … 10 min
     */
    public Answer call(Command command, Duration timeout) throws ControlException {
        send(command, timeout);
        Reply reply = receive(System.nanoTime() + timeout.plus(GRACE).toNanos());
        // Questions and no switch over types, here as in JsonText: a tool starts faster.
        if (reply instanceof Reply.Ended ended) {
            return ended.answer();
        }
        if (reply != null) {
            throw broken("an event came where an answer was due", null);
        }
        close();
        throw new ControlException(
                Kind.TIMEOUT,
                "bsrd at " + socket + " has not answered " + Request.name(command) + " within " + timeout.toMillis()
                        + " ms. Whether it was carried out is not known: ask for the status,"
                        + " and look into bsrd's log.");
    }

    /** The outcome of a command that answers nothing else. */
    public Outcome run(Command command) throws ControlException {
        return call(command).outcome();
    }

    /** The state of all resources; always answered at once. */
    public StatusReport status() throws ControlException {
        Answer answer = call(new Command.Status(null));
        if (answer.result() instanceof StatusReport report) {
            return report;
        }
        throw broken("status was answered with: " + answer.outcome().code().text(), null);
    }

    /** Begins a stream of events; read them with {@link #nextEvent}. The client can do nothing else afterwards. */
    public void subscribe(Command.Events events) throws ControlException {
        send(events, Limits.DEFAULT_TIMEOUT);
    }

    /** What {@link #nextEvent} found. */
    public sealed interface Next {
        record Event(StateEvent event) implements Next {}

        /** The stream has ended as asked for, or was refused. */
        record End(Outcome outcome) implements Next {}

        /** Nothing happened in the given time. */
        record Quiet() implements Next {}
    }

    /** Waits for an event, {@code patience} at most. */
    public Next nextEvent(Duration patience) throws ControlException {
        return switch (receive(System.nanoTime() + patience.toNanos())) {
            case null -> new Next.Quiet();
            case Reply.Happened happened -> new Next.Event(happened.event());
            case Reply.Ended ended -> new Next.End(ended.answer().outcome());
        };
    }

    @Override
    public void close() {
        lines.close();
    }

    private void send(Command command, Duration timeout) throws ControlException {
        id++;
        byte[] line = new Request(id, Math.max(1, timeout.toMillis()), command).encode();
        if (line.length > Limits.REQUEST_BYTES) {
            throw new ControlException(
                    Kind.BROKEN,
                    "The request " + Request.name(command) + " has " + line.length + " bytes; bsrd takes at most "
                            + Limits.REQUEST_BYTES + ".");
        }
        try {
            if (!lines.writeLine(line, System.nanoTime() + GRACE.toNanos())) {
                close();
                throw new ControlException(
                        Kind.TIMEOUT, "bsrd at " + socket + " does not read requests. Look into bsrd's log.");
            }
        } catch (IOException e) {
            throw broken(String.valueOf(e.getMessage()), e);
        }
    }

    private @Nullable Reply receive(long deadline) throws ControlException {
        try {
            byte[] line = lines.readLine(deadline);
            if (line == null) {
                return null;
            }
            Reply reply = Reply.decode(line);
            if (reply.id() != id && reply.id() != 0) {
                throw broken("an answer came to request " + reply.id() + ", and " + id + " was asked", null);
            }
            return reply;
        } catch (IOException | MalformedJsonException e) {
            throw broken(String.valueOf(e.getMessage()), e);
        }
    }

    private ControlException broken(String why, @Nullable Exception cause) {
        close();
        return new ControlException(
                Kind.BROKEN,
                "The connection to bsrd at " + socket + " broke: " + why
                        + ". Ask for the status, and look into bsrd's log.",
                cause == null ? new IOException(why) : cause);
    }
}
