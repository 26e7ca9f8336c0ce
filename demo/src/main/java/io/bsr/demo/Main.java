package io.bsr.demo;

import io.bsr.demo.failure.DemoException;
import io.bsr.demo.node.Node;
import io.bsr.demo.node.Programs;
import io.bsr.demo.screen.Screen;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** {@code ./dev demo}. */
public final class Main {
    private static final long DISK_BYTES = 256L << 20;
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final String PROGRAMS = "BSR_BIN";

    private static final String HELP = """
            usage: ./dev demo [--keep]

            Two nodes on this machine replicate a volume, survive a crash, and prove it.

              --keep    leave both nodes running, and say how to use and how to stop them

            The exit code is 0 only if both disks were found to hold what was written.
            """;

    private Main() {}

    public static void main(String[] words) {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        boolean keep = false;
        for (String word : words) {
            switch (word) {
                case "--keep" -> keep = true;
                case "-h", "--help", "help" -> {
                    out.print(HELP);
                    out.flush();
                    return;
                }
                default -> {
                    System.err.println("demo: there is no \"" + word + "\". It takes --keep and --help.");
                    System.exit(USAGE);
                }
            }
        }
        System.exit(run(out, keep));
    }

    private static int run(PrintStream out, boolean keep) {
        Path bin = System.getenv(PROGRAMS) != null
                ? Path.of(System.getenv(PROGRAMS))
                : Programs.besideJarOf(Main.class).orElse(null);
        if (bin == null) {
            System.err.println("demo: bsrd is not beside this program. Run ./dev demo, or name the folder of the"
                    + " programs in " + PROGRAMS + ".");
            return FAILED;
        }
        Screen screen = new Screen(out, isTerminal());
        Path root;
        try {
            root = Files.createTempDirectory("bsr-demo-");
        } catch (IOException e) {
            System.err.println("demo: there is no folder for temporary files: " + e.getMessage());
            return FAILED;
        }
        Programs programs = keep ? Programs.in(bin).outlivingTheTerminal() : Programs.in(bin);
        Scenario scenario = new Scenario(root, DISK_BYTES, programs, screen);
        AtomicBoolean leave = new AtomicBoolean();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            if (!leave.get()) {
                scenario.close();
                delete(root);
            }
        }));
        long begin = System.nanoTime();
        try {
            boolean held = scenario.play();
            if (keep && held) {
                leave.set(true);
                explain(screen, scenario, root, bin);
            } else {
                scenario.takeDown();
            }
            screen.heading(String.format(
                    Locale.ROOT,
                    "%s in %.0f s",
                    held ? "All held" : "The comparison failed",
                    (System.nanoTime() - begin) / 1e9));
            return held ? 0 : FAILED;
        } catch (DemoException | IOException e) {
            screen.interrupted();
            screen.bad(String.valueOf(e.getMessage()));
            logs(scenario, out);
            return FAILED;
        }
    }

    private static void explain(Screen screen, Scenario scenario, Path root, Path bin) {
        screen.heading("Both nodes go on running");
        for (Node node : List.of(scenario.alpha(), scenario.beta())) {
            String start = "BSR_ROOT=" + node.root() + " __BSR_NODE__=" + node.name() + " " + bin + "/";
            screen.say(String.format("%-6s status: ", node.name()) + start + "bsradm status r0");
            screen.say("       NBD:    nbd+unix:///r0/0?socket=" + node.files().nbdSocket()
                    + (node == scenario.beta() ? "   (Primary)" : "   (after bsradm primary r0)"));
            screen.say("       stop:   " + start + "bsradm down r0; kill " + node.pid());
        }
        screen.say("Stop both and clean up:  kill " + scenario.alpha().pid() + " "
                + scenario.beta().pid() + "; rm -r " + root);
        scenario.alpha().leave();
        scenario.beta().leave();
    }

    private static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
            return (target.startsWith("/dev/pts/") || target.startsWith("/dev/tty"))
                    && System.getenv("NO_COLOR") == null
                    && !"dumb".equals(System.getenv("TERM"));
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.ofNullable(System.console())
                    .map(Console::isTerminal)
                    .orElse(false);
        }
    }

    /** The folder is about to be deleted: the ends of the logs are what is left to find the reason. */
    private static void logs(Scenario scenario, PrintStream out) {
        for (Node node : List.of(scenario.alpha(), scenario.beta())) {
            try {
                List<String> lines = Files.readAllLines(node.files().logFile());
                out.println("\nThe end of the log of " + node.name() + ":");
                lines.subList(Math.max(0, lines.size() - 15), lines.size()).forEach(out::println);
            } catch (IOException e) {
                out.println("\nThe log of " + node.name() + " cannot be read: " + e.getMessage());
            }
        }
        out.flush();
    }

    private static void delete(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            System.err.println("demo: " + root + " could not be deleted: " + e.getMessage());
        }
    }
}
