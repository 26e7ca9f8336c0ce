package io.bsr.cli.bsrwatch;

import io.bsr.cli.argument.Arguments;
import io.bsr.cli.argument.Option;
import io.bsr.cli.argument.Syntax;
import io.bsr.cli.argument.ToolManual;
import io.bsr.cli.argument.UsageException;
import io.bsr.cli.terminal.Surroundings;
import io.bsr.cli.terminal.Tool;
import java.io.IOException;
import java.util.List;

/** {@code bsrwatch}. */
public final class Main {
    private static final String PROGRAM = "bsrwatch";
    private static final String PURPOSE = "show the log of the engine while it is written";
    private static final int USAGE = 1;
    private static final int USUAL_LINES = 10;

    private static final Syntax SYNTAX = new Syntax(
            PROGRAM,
            List.of(),
            List.of(
                    Option.valued("lines", "N", "begin with the last N lines; 10 if not given", "-n"),
                    Option.flag("help", "this text", "-h")));

    private Main() {}

    public static void main(String[] words) {
        Tool.main(PROGRAM, USAGE, words, tool());
    }

    /** The tool, for whoever runs it within another process. */
    public static Tool tool() {
        return Main::run;
    }

    /** Runs until nobody reads the output any more. */
    public static int run(Surroundings surroundings, List<String> words) {
        try {
            Arguments arguments = SYNTAX.parse(words);
            if (arguments.has("help")) {
                surroundings.out().print(SYNTAX.help(PURPOSE));
                return 0;
            }
            String lines = arguments.value("lines").orElse(Integer.toString(USUAL_LINES));
            if (!lines.matches("[0-9]{1,6}")) {
                throw new UsageException("option '--lines': '" + lines + "' is not a number up to 999999.");
            }
            new LogFollower(surroundings).follow(Integer.parseInt(lines));
            return 0;
        } catch (UsageException e) {
            surroundings.complain(PROGRAM + ": " + e.getMessage() + "\ntry '" + PROGRAM + " --help'");
            return USAGE;
        } catch (IOException e) {
            surroundings.complain(PROGRAM + ": the log cannot be read: " + e);
            return USAGE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return USAGE;
        }
    }

    /** What the manual says. */
    public static ToolManual manual() {
        return new ToolManual(PROGRAM, PURPOSE, PROGRAM + " [OPTION...]", SYNTAX.options(), List.of(), List.of(), "");
    }
}
