package io.bsr.cli.terminal;

import io.bsr.cli.journal.Journal;
import io.bsr.control.EngineFiles;
import java.io.BufferedOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The surroundings of one run of a tool.
 *
 * @param files where the engine is asked and where the configuration is
 * @param node the name of this node
 * @param pretending whether the name was given by {@link EngineFiles#NODE_VARIABLE} and not by the system
 * @param colour whether output may be coloured unless asked otherwise
 * @param terminal whether standard input and output are a terminal
 * @param columns width to which lines are wrapped
 * @param journal the log file of the tool that runs
 */
public record Surroundings(
        EngineFiles files,
        String node,
        boolean pretending,
        InputStream in,
        PrintStream out,
        PrintStream err,
        boolean colour,
        boolean terminal,
        int columns,
        Journal journal) {

    private static final int USUAL_COLUMNS = 80;
    private static final int FEWEST_COLUMNS = 20;
    private static final String ROOT_OPTION = "--root";

    /** Surroundings in which no tool runs yet, without a terminal. */
    public Surroundings(
            EngineFiles files,
            String node,
            boolean pretending,
            InputStream in,
            PrintStream out,
            PrintStream err,
            boolean colour,
            int columns) {
        this(files, node, pretending, in, out, err, colour, false, columns, Journal.NONE);
    }

    /**
     * A command line with the option that every tool has taken out.
     *
     * @param words what is left for the tool
     */
    public record Start(Surroundings surroundings, List<String> words) {}

    /**
     * The surroundings of this process.
     *
     * @param words of the command line; {@code --root DIR} is taken out
     * @throws IllegalArgumentException if the root is no path; the message is for the user
     */
    public static Start ofProcess(String[] words) {
        Map<String, String> environment = System.getenv();
        String root = environment.getOrDefault(EngineFiles.ROOT_VARIABLE, "");
        List<String> left = new ArrayList<>();
        boolean options = true;
        for (int i = 0; i < words.length; i++) {
            options &= !words[i].equals("--");
            if (options && words[i].startsWith(ROOT_OPTION + "=")) {
                root = words[i].substring(ROOT_OPTION.length() + 1);
            } else if (options && words[i].equals(ROOT_OPTION) && i + 1 < words.length) {
                i++;
                root = words[i];
            } else {
                left.add(words[i]);
            }
        }
        String pretended = environment.getOrDefault(EngineFiles.NODE_VARIABLE, "");
        boolean shown = isTerminal(1);
        Surroundings surroundings = new Surroundings(
                new EngineFiles(path(root.isEmpty() ? "/" : root)),
                pretended.isEmpty() ? hostName(environment) : pretended,
                !pretended.isEmpty(),
                System.in,
                stream(FileDescriptor.out),
                stream(FileDescriptor.err),
                shown && !environment.containsKey("NO_COLOR") && !"dumb".equals(environment.get("TERM")),
                shown && isTerminal(0),
                columns(environment.getOrDefault("COLUMNS", "")),
                Journal.NONE);
        return new Start(surroundings, List.copyOf(left));
    }

    private static Path path(String root) {
        try {
            return Path.of(root);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(ROOT_OPTION + ": \"" + root + "\" is no path: " + e.getReason(), e);
        }
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(
                new BufferedOutputStream(new FileOutputStream(descriptor)), false, StandardCharsets.UTF_8);
    }

    /** Asking the JDK's console would start more of it than a status takes. */
    private static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.ofNullable(System.console())
                    .map(Console::isTerminal)
                    .orElse(false);
        }
    }

    private static int columns(String text) {
        boolean number = text.matches("[0-9]{1,4}");
        return number ? Math.max(FEWEST_COLUMNS, Integer.parseInt(text)) : USUAL_COLUMNS;
    }

    /** What {@code uname -n} says; nobody is asked over the network. */
    private static String hostName(Map<String, String> environment) {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            String name = environment.getOrDefault("HOSTNAME", environment.getOrDefault("COMPUTERNAME", ""));
            return name.isBlank() ? "localhost" : name;
        }
    }

    /** The same with another place for standard output. */
    public Surroundings withOut(PrintStream other) {
        return new Surroundings(files, node, pretending, in, other, err, false, false, columns, journal);
    }

    /** The same for a tool with a log file of its own. */
    Surroundings withJournal(Journal other) {
        return new Surroundings(files, node, pretending, in, out, err, colour, terminal, columns, other);
    }

    /** Everything printed so far reaches its reader, standard output first. */
    public void flush() {
        out.flush();
        err.flush();
    }

    /** An error message: what was printed before comes before it. */
    public void complain(String message) {
        out.flush();
        err.println(message);
        err.flush();
        journal.message(message);
    }
}
