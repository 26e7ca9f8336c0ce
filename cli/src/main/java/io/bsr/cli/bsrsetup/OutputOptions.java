package io.bsr.cli.bsrsetup;

import io.bsr.cli.argument.Arguments;
import io.bsr.cli.argument.Option;
import io.bsr.cli.argument.UsageException;
import io.bsr.cli.status.EventText;
import io.bsr.cli.status.StatusText;
import io.bsr.cli.terminal.Surroundings;
import java.time.ZoneId;
import java.util.List;

/** How {@code status}, {@code events2} and {@code show} print; command-line reference, sections 3.4 and 3.6. */
final class OutputOptions {
    private static final int MOST_INTERVAL = 60;

    private static final Option COLOUR =
            Option.optional("color", "always", "always|never|auto", "colour; auto is on a terminal", "-c");
    private static final Option JSON = Option.flag("json", "as JSON", "-j");

    static final List<Option> STATUS = List.of(
            Option.flag("verbose", "everything, also what is as usual", "-v"),
            Option.flag("statistics", "with counters", "-s"),
            COLOUR,
            JSON,
            Option.flag("human", "amounts with units", "-r"));

    static final List<Option> EVENTS = List.of(
            Option.flag("timestamps", "the time before each line", "-T"),
            Option.flag("statistics", "with counters", "-s"),
            Option.flag("now", "only the present state", "-n"),
            Option.flag("poll", "with --now: the state again for each n on standard input", "-p"),
            COLOUR,
            Option.flag("diff", "changed values as OLD->NEW", "-d"),
            Option.flag("sync", "also the progress of resyncs", "-S"),
            Option.valued("interval", "1 … 60", "only every so many-th line of progress", "-i"),
            JSON);

    static final List<Option> SHOW = List.of(Option.flag("show-defaults", "options with default values too", "-D"));

    private OutputOptions() {}

    /** Refuses a style that does not exist before the engine is asked. */
    static void check(SetupCommand command, Arguments arguments, Surroundings surroundings) throws UsageException {
        if (command == SetupCommand.EVENTS2) {
            events(arguments, surroundings);
        } else if (command == SetupCommand.STATUS) {
            colour(arguments, surroundings);
        }
    }

    static StatusText.Style status(Arguments arguments, Surroundings surroundings) throws UsageException {
        return new StatusText.Style(
                arguments.has("verbose"),
                arguments.has("statistics"),
                arguments.has("human"),
                colour(arguments, surroundings),
                surroundings.columns());
    }

    static EventText.Style events(Arguments arguments, Surroundings surroundings) throws UsageException {
        String interval = arguments.value("interval").orElse("1");
        boolean number = interval.matches("[0-9]{1,2}")
                && Integer.parseInt(interval) >= 1
                && Integer.parseInt(interval) <= MOST_INTERVAL;
        if (!number) {
            throw new UsageException("option '--interval': '" + interval + "' is not in 1 … " + MOST_INTERVAL + ".");
        }
        return new EventText.Style(
                arguments.has("timestamps"),
                arguments.has("statistics"),
                arguments.has("sync"),
                Integer.parseInt(interval),
                arguments.has("diff"),
                arguments.has("json"),
                colour(arguments, surroundings),
                ZoneId.systemDefault());
    }

    private static boolean colour(Arguments arguments, Surroundings surroundings) throws UsageException {
        String when = arguments.value("color").orElse("auto");
        return switch (when) {
            case "always" -> true;
            case "never" -> false;
            case "auto" -> surroundings.colour();
            default -> throw new UsageException("option '--color': '" + when + "' is none of always, never, auto.");
        };
    }
}
