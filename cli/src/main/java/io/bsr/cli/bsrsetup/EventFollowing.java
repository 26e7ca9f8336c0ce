package io.bsr.cli.bsrsetup;

import io.bsr.base.error.Outcome;
import io.bsr.cli.argument.Arguments;
import io.bsr.cli.argument.UsageException;
import io.bsr.cli.status.EventText;
import io.bsr.cli.terminal.Surroundings;
import io.bsr.control.ControlClient;
import io.bsr.control.ControlException;
import io.bsr.control.command.Command;
import java.io.IOException;
import java.time.Duration;

/** {@code events2}: prints the state and what becomes of it; command-line reference, section 3.6. */
final class EventFollowing {
    /** Events are waited for in pieces, so that a vanished reader is noticed. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Surroundings surroundings;
    private final ControlClient client;
    private final Arguments arguments;

    EventFollowing(Surroundings surroundings, ControlClient client, Arguments arguments) {
        this.surroundings = surroundings;
        this.client = client;
        this.arguments = arguments;
    }

    /** How the stream ended; a refusal is the caller's to tell. */
    Outcome run() throws ControlException, UsageException {
        EventText text = new EventText(OutputOptions.events(arguments, surroundings));
        Outcome outcome = stream(client, text);
        if (!arguments.has("now") || !arguments.has("poll")) {
            return outcome;
        }
        while (outcome.success() && askedAgain()) {
            // A stream of events ends with the connection.
            try (ControlClient another = ControlClient.connect(surroundings.files())) {
                outcome = stream(another, text);
            }
        }
        return outcome;
    }

    /** Whether {@code n} came; anything else but the end of a line is the end. */
    private boolean askedAgain() {
        try {
            int typed = surroundings.in().read();
            while (typed == '\n') {
                typed = surroundings.in().read();
            }
            return typed == 'n';
        } catch (IOException e) {
            // Nobody can ask any more.
            return false;
        }
    }

    private Outcome stream(ControlClient from, EventText text) throws ControlException {
        String wanted =
                arguments.operands().isEmpty() ? "all" : arguments.operands().getFirst();
        from.subscribe(new Command.Events(wanted.equals("all") ? null : wanted, arguments.has("now")));
        while (true) {
            switch (from.nextEvent(PATIENCE)) {
                case ControlClient.Next.Event(var event) -> {
                    text.line(event).ifPresent(surroundings.out()::println);
                    surroundings.out().flush();
                }
                case ControlClient.Next.Quiet quiet -> surroundings.out().flush();
                case ControlClient.Next.End(Outcome outcome) -> {
                    return outcome;
                }
            }
            if (surroundings.out().checkError()) {
                return Outcome.OK;
            }
        }
    }
}
