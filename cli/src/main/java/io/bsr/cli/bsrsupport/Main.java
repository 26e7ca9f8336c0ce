package io.bsr.cli.bsrsupport;

import io.bsr.cli.argument.Option;
import io.bsr.cli.argument.ToolManual;
import io.bsr.cli.terminal.Surroundings;
import io.bsr.cli.terminal.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code bsrsupport}. */
public final class Main {
    private static final String PROGRAM = "bsrsupport";
    private static final String PURPOSE = "collect what helps to understand a node into one archive";
    private static final String SYNOPSIS = "bsrsupport [OPTION...] [CORE_FILE...]";
    private static final int FAILED = 1;
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("uuuuMMdd.HHmmss");

    private static final List<Option> OPTIONS = List.of(
            Option.flag("exclude-system-log", "leave the logs of the kernel and the journal out", "-exclude_systemlog"),
            Option.flag("exclude-perfmon", "accepted: this version collects no performance files"),
            Option.flag("help", "this text", "-h"));

    private Main() {}

    public static void main(String[] words) {
        Tool.main(PROGRAM, FAILED, words, tool());
    }

    /** The tool, for whoever runs it within another process. */
    public static Tool tool() {
        return Main::run;
    }

    /** Runs one command line; returns the exit code. */
    public static int run(Surroundings surroundings, List<String> words) {
        return Tool.logged(PROGRAM, surroundings, words, "", false, Main::carryOut);
    }

    private static int carryOut(Surroundings surroundings, List<String> words) {
        boolean systemLogs = true;
        List<Path> cores = new ArrayList<>();
        for (String word : words) {
            switch (word) {
                case "--exclude-system-log", "-exclude_systemlog" -> systemLogs = false;
                case "--exclude-perfmon" -> {}
                case "--help", "-h" -> {
                    surroundings.out().println("usage: " + SYNOPSIS + "\n\n" + PURPOSE + "\n");
                    OPTIONS.forEach(option -> surroundings.out().println(option.help()));
                    return 0;
                }
                default -> {
                    Path core = core(word);
                    if (core == null) {
                        surroundings.complain(PROGRAM + ": \"" + word
                                + "\" is neither an option nor a file that can be read. Usage: " + SYNOPSIS);
                        return FAILED;
                    }
                    cores.add(core);
                }
            }
        }
        return collect(surroundings, systemLogs, cores);
    }

    private static @Nullable Path core(String word) {
        try {
            Path path = Path.of(word);
            return !word.startsWith("-") && Files.isRegularFile(path) && Files.isReadable(path) ? path : null;
        } catch (InvalidPathException e) {
            return null;
        }
    }

    private static int collect(Surroundings surroundings, boolean systemLogs, List<Path> cores) {
        Path folder = surroundings.files().root().resolve("opt/bsr/support");
        String host = surroundings.node().replaceAll("[^A-Za-z0-9._-]", "_");
        String name = host + "-" + LocalDateTime.now(ZoneOffset.UTC).format(STAMP);
        Path file = folder.resolve(name + ".zip");
        Path next = folder.resolve("." + name + ".zip.next");
        try {
            Files.createDirectories(folder);
            try (Archive archive = new Archive(next, name)) {
                Collection collection = new Collection(surroundings, archive);
                collection.configuration();
                collection.state();
                collection.logs();
                collection.system(systemLogs);
                for (int i = 0; i < cores.size(); i++) {
                    archive.whole("core/" + i + "-" + cores.get(i).getFileName(), cores.get(i));
                }
            }
            Files.move(next, file);
            surroundings.out().println(file);
            return 0;
        } catch (IOException e) {
            surroundings.complain(PROGRAM + ": the archive " + file + " cannot be written: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        remove(surroundings, next);
        return FAILED;
    }

    private static void remove(Surroundings surroundings, Path half) {
        try {
            Files.deleteIfExists(half);
        } catch (IOException e) {
            surroundings.complain(PROGRAM + ": " + half + " is left over: " + e);
        }
    }

    /** What the manual says. */
    public static ToolManual manual() {
        return new ToolManual(PROGRAM, PURPOSE, SYNOPSIS, OPTIONS, List.of(), List.of(), "");
    }
}
