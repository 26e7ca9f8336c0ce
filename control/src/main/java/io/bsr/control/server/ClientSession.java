package io.bsr.control.server;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.control.command.Command;
import io.bsr.control.event.EventSource;
import io.bsr.control.event.StateEvent;
import io.bsr.control.message.LineChannel;
import io.bsr.control.message.LineTooLongException;
import io.bsr.control.message.Reply;
import io.bsr.control.message.Request;
import io.bsr.control.message.UnacceptableRequestException;
import io.bsr.control.status.Answer;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** One client: a request, its answer, the next request. */
final class ClientSession {
    /** How often a stream of events looks whether its client is still there. */
    private static final long LOOK_NANOS = 1_000_000_000L;

    private final LineChannel lines;
    private final CommandHandler handler;
    private final ServerLog log;
    private final long patienceNanos;

    ClientSession(LineChannel lines, CommandHandler handler, ServerLog log, Duration patience) {
        this.patienceNanos = patience.toNanos();
        this.lines = lines;
        this.handler = handler;
        this.log = log;
    }

    /** Serves until the client goes, or must go. */
    void run() {
        try {
            while (true) {
                byte[] line = lines.readLine(System.nanoTime() + ControlServer.IDLE.toNanos());
                if (line == null || !answer(line)) {
                    return;
                }
            }
        } catch (EOFException e) {
            // The client has what it wanted and left, or the server is being closed.
            return;
        } catch (LineTooLongException e) {
            refuse(e.getMessage() + ", more than a request may have");
        } catch (IOException e) {
            log.line("the connection of a control client broke: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Says why nothing will be answered, and hangs up. */
    void refuse(String reason) {
        try {
            send(ended(0, Outcome.of(ErrorCode.PERMISSION, reason)), 0);
        } catch (IOException e) {
            log.line("a control client left before it could be told: " + reason);
        } finally {
            lines.close();
        }
    }

    private boolean answer(byte[] line) throws IOException, InterruptedException {
        Request request;
        try {
            request = Request.decode(line);
        } catch (UnacceptableRequestException e) {
            return send(
                    ended(e.id(), Outcome.of(ErrorCode.INVALID_REQUEST, String.valueOf(e.getMessage()))),
                    patienceNanos);
        }
        if (request.command() instanceof Command.Events events) {
            return stream(request.id(), events);
        }
        long deadline = System.nanoTime() + request.timeoutMillis() * 1_000_000;
        return send(new Reply.Ended(request.id(), handle(request, deadline)), patienceNanos);
    }

    private Answer handle(Request request, long deadline) throws InterruptedException {
        try {
            return handler.handle(request.command(), deadline);
        } catch (RuntimeException e) {
            String name = Request.name(request.command());
            log.failure("command " + name + " failed by an internal error; please report the lines that follow", e);
            return Answer.of(Outcome.of(
                    ErrorCode.INVALID_REQUEST,
                    "bsrd made a mistake in " + name + " (" + e + "). Its log has the details; please report them."));
        }
    }

    private boolean stream(long id, Command.Events events) throws IOException, InterruptedException {
        EventSource source = new EventSource(events.resource());
        try (CommandHandler.Feed feed = handler.follow()) {
            boolean first = true;
            while (true) {
                CommandHandler.Picture picture = feed.next(System.nanoTime() + LOOK_NANOS);
                List<StateEvent> due = picture == null
                        ? List.of()
                        : first
                                ? source.begin(picture.report(), picture.epochMicros())
                                : source.follow(picture.report(), picture.epochMicros());
                first &= picture == null;
                for (StateEvent event : due) {
                    if (!send(new Reply.Happened(id, event), patienceNanos)) {
                        return false;
                    }
                }
                for (StateEvent event : picture == null ? List.<StateEvent>of() : picture.happened()) {
                    boolean wanted = events.resource() == null
                            || events.resource().equals(event.key().get("name"));
                    if (wanted && !send(new Reply.Happened(id, event), patienceNanos)) {
                        return false;
                    }
                }
                if (!first && events.now()) {
                    return send(ended(id, Outcome.OK), patienceNanos);
                }
                if (lines.atEnd()) {
                    return false;
                }
            }
        }
    }

    private boolean send(Reply reply, long nanos) throws IOException {
        if (lines.writeLine(reply.encode(), System.nanoTime() + nanos)) {
            return true;
        }
        log.line("a control client does not read what it asked for; its connection is closed");
        return false;
    }

    private static Reply ended(long id, Outcome outcome) {
        return new Reply.Ended(id, Answer.of(outcome));
    }
}
