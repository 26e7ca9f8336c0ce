package io.bsr.conformance;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * {@code ./dev interop}: the live matrix with a kernel DRBD 8.4 in a virtual machine. Prints a table; what explains a
 * red row (logs of both nodes, packets) is in the folder of results.
 */
final class LiveMatrix {
    private static final String USAGE = """
            usage: interop [--rounds N] [--ours | --kernel] [ROW...]
              --rounds N   crashes of each row that is about crashes (default 20)
              --ours       only with our node as Primary;   --kernel: only with the kernel's node as Primary
            rows:\s""";

    private final Path results;
    private final KernelNode kernel;
    private final PrintStream out;

    LiveMatrix(Path lab, Path labScripts, Path results, PrintStream out) throws IOException {
        this.results = results;
        this.out = out;
        kernel = new KernelNode(labScripts, lab);
    }

    /** How one row ended. */
    record Outcome(LiveRow row, boolean oursPrimary, double seconds, String failure) {
        boolean green() {
            return failure.isEmpty();
        }

        String line() {
            return String.format(
                    Locale.ROOT,
                    "%-20s %-16s %7.1f s  %s",
                    row,
                    oursPrimary ? "ours Primary" : "kernel Primary",
                    seconds,
                    green() ? "ok" : "FAILED: " + failure.lines().findFirst().orElse(""));
        }
    }

    /** The arguments: LAB-FOLDER SCRIPT-FOLDER RESULT-FOLDER and those of the user. */
    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        List<LiveRow> rows = new ArrayList<>();
        int rounds = 20;
        List<Boolean> directions = List.of(true, false);
        for (int i = 3; i < args.length; i++) {
            switch (args[i]) {
                case "--rounds" -> rounds = Integer.parseInt(args[++i]);
                case "--ours" -> directions = List.of(true);
                case "--kernel" -> directions = List.of(false);
                default -> {
                    String word = args[i];
                    List<LiveRow> meant = Arrays.stream(LiveRow.values())
                            .filter(r -> r.toString().startsWith(word))
                            .toList();
                    if (meant.isEmpty()) {
                        out.println(USAGE + Arrays.toString(LiveRow.values()));
                        System.exit(2);
                    }
                    rows.addAll(meant);
                }
            }
        }
        if (rows.isEmpty()) {
            rows.addAll(Arrays.asList(LiveRow.values()));
        }
        LiveMatrix matrix = new LiveMatrix(Path.of(args[0]), Path.of(args[1]), Path.of(args[2]), out);
        System.exit(matrix.run(rows, directions, rounds) ? 0 : 1);
    }

    /** Runs rows one after the other; true if all are green. */
    boolean run(List<LiveRow> rows, List<Boolean> directions, int rounds) throws Exception {
        List<Outcome> outcomes = new ArrayList<>();
        start();
        try {
            for (LiveRow row : rows) {
                for (boolean oursPrimary : directions) {
                    Outcome outcome = run(row, oursPrimary, rounds);
                    outcomes.add(outcome);
                    out.println(outcome.line());
                }
            }
        } finally {
            kernel.stop();
        }
        long red = outcomes.stream().filter(o -> !o.green()).count();
        double seconds = outcomes.stream().mapToDouble(Outcome::seconds).sum();
        out.printf(Locale.ROOT, "%d rows, %d failed, %.0f s%n", outcomes.size(), red, seconds);
        if (red > 0) {
            out.println("Logs and packets of what failed: " + results);
        }
        return red == 0;
    }

    void start() throws IOException, InterruptedException {
        kernel.stop();
        kernel.start();
        kernel.down();
    }

    void stop() throws IOException, InterruptedException {
        kernel.stop();
    }

    Outcome run(LiveRow row, boolean oursPrimary, int rounds) throws IOException, InterruptedException {
        Path folder = results.resolve(row + (oursPrimary ? "-ours" : "-kernel"));
        Tools.delete(folder);
        Files.createDirectories(folder);
        long begin = System.nanoTime();
        String failure = "";
        kernel.record(folder.resolve("packets.pcap"));
        try (LivePair pair = new LivePair(folder, kernel, oursPrimary)) {
            try {
                row.run(pair, rounds);
            } catch (AssertionError | Exception e) {
                StringWriter text = new StringWriter();
                e.printStackTrace(new PrintWriter(text));
                failure = text.toString();
                explain(folder, failure);
            }
        } catch (IOException e) {
            failure = failure.isEmpty() ? "the virtual machine does not answer: " + e.getMessage() : failure;
        }
        afterwards(folder, failure.isEmpty());
        return new Outcome(row, oursPrimary, (System.nanoTime() - begin) / 1e9, failure);
    }

    private void explain(Path folder, String failure) throws IOException {
        Files.writeString(folder.resolve("failure.txt"), failure);
        try {
            Files.writeString(folder.resolve("kernel.txt"), kernel.run("cat /proc/drbd; cat /etc/drbd.d/*; dmesg"));
        } catch (IOException e) {
            Files.writeString(folder.resolve("kernel.txt"), "the virtual machine does not answer: " + e.getMessage());
        }
        Path log = folder.resolve("java/bsrd.out");
        if (Files.exists(log)) {
            Files.copy(log, folder.resolve("bsrd.out"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** A row that failed may leave a cut link, or a machine in a state that no command ends. */
    private void afterwards(Path folder, boolean green) throws IOException, InterruptedException {
        try {
            kernel.endRecord();
            kernel.link(true);
        } catch (IOException e) {
            // Nothing was recorded any more after a crash of the machine.
            out.println("  " + String.valueOf(e.getMessage()).strip());
        }
        if (green) {
            Tools.delete(folder);
        } else {
            kernel.stop();
            kernel.start();
            kernel.down();
        }
    }
}
