package io.bsr.cli.bsrcon;

import io.bsr.base.error.Outcome;
import io.bsr.base.log.LogCategory;
import io.bsr.cli.terminal.Surroundings;
import io.bsr.control.ControlClient;
import io.bsr.control.ControlException;
import io.bsr.control.command.Command;
import io.bsr.control.setting.LogSettings;
import io.bsr.control.setting.Setting;
import io.bsr.control.setting.ToolLogCounts;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What concerns the logs of engine and tools. */
final class LogCommands {
    private static final List<String> LEVELS =
            List.of("EMERG", "ALERT", "CRITI", "ERR", "WARNING", "NOTICE", "INFO", "DEBUG");

    private static final int TOOL_MEGABYTES = 5;
    private static final int ENGINE_MEGABYTES = 50;

    private final Surroundings surroundings;
    private final NodeSettings settings;

    LogCommands(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.settings = NodeSettings.of(surroundings);
    }

    void level(String kind, String text) throws ConException, IOException {
        int level = NodeSettings.number(ConCommand.MINLOG_LV, text, 0, LogSettings.MOST_DETAILED);
        LogSettings now = LogSettings.of(settings.files());
        LogSettings next =
                switch (kind) {
                    case "sys" -> now.withLevels(level, now.fileLevel());
                    case "dbg" -> now.withLevels(now.systemLevel(), level);
                    default -> throw NodeSettings.wrong(ConCommand.MINLOG_LV, kind);
                };
        settings.writeAndTell(Setting.LOG_LEVEL, Integer.toString(next.levels()));
    }

    void engineFiles(String text) throws ConException {
        int count = NodeSettings.number(ConCommand.MAXLOGFILE_CNT, text, 1, LogSettings.MOST_FILES);
        settings.writeAndTell(Setting.LOG_FILE_MAX_COUNT, Integer.toString(count));
    }

    void toolFiles(String tool, String text) throws ConException, IOException {
        int count = NodeSettings.number(ConCommand.CLIMAXLOGFILE_CNT, text, 1, ToolLogCounts.MOST);
        String program = "bsr" + tool;
        if (!ToolLogCounts.TOOLS.contains(program)) {
            throw NodeSettings.wrong(ConCommand.CLIMAXLOGFILE_CNT, tool);
        }
        ToolLogCounts counts = ToolLogCounts.ofText(settings.files().text(Setting.CLI_LOG_FILE_MAX_COUNT));
        settings.write(
                Setting.CLI_LOG_FILE_MAX_COUNT, counts.with(program, count).text());
    }

    void categories(String what, List<String> names) throws ConException, IOException {
        boolean enable =
                switch (what) {
                    case "enable" -> true;
                    case "disable" -> false;
                    default -> throw NodeSettings.wrong(ConCommand.DBGLOG_CTGR, what);
                };
        Set<LogCategory> meant = EnumSet.noneOf(LogCategory.class);
        for (String name : names) {
            if (name.equalsIgnoreCase("all")) {
                meant.addAll(EnumSet.allOf(LogCategory.class));
            } else {
                meant.add(LogCategory.named(name).orElseThrow(() -> NodeSettings.wrong(ConCommand.DBGLOG_CTGR, name)));
            }
        }
        Set<LogCategory> next = EnumSet.noneOf(LogCategory.class);
        next.addAll(LogSettings.of(settings.files()).categories());
        if (enable) {
            next.addAll(meant);
        } else {
            next.removeAll(meant);
        }
        settings.writeAndTell(Setting.DEBUGLOG_CATEGORY, Integer.toString(LogCategory.bits(next)));
    }

    void statusCommands(String text) throws ConException {
        settings.write(Setting.STATUSCMD_LOGGING, NodeSettings.flag(ConCommand.STATUSCMD_LOGGING, text) ? "1" : "0");
    }

    void info() throws IOException {
        LogSettings now = LogSettings.of(settings.files());
        print("Current log.");
        print("    storage path : " + now.folder());
        print("    system-lv : " + level(now.systemLevel()));
        print("    debug-lv : " + level(now.fileLevel()));
        ToolLogCounts counts = ToolLogCounts.ofText(settings.files().text(Setting.CLI_LOG_FILE_MAX_COUNT));
        ToolLogCounts.TOOLS.forEach(tool -> capacity(tool, TOOL_MEGABYTES, counts.of(tool)));
        capacity("bsrdriver", ENGINE_MEGABYTES, now.files());
        print("    debug category : "
                + now.categories().stream().sorted().map(LogCategory::name).collect(Collectors.joining(" ")));
        boolean asking = settings.files().text(Setting.STATUSCMD_LOGGING).equals("1");
        print("    status command logging : " + (asking ? "enable" : "disable"));
    }

    private void capacity(String tool, int megabytes, int count) {
        print("    " + tool + " : size " + megabytes + "MB, count " + count + ", total size " + megabytes * count
                + "MB");
    }

    private static String level(int level) {
        return LEVELS.get(level) + "(" + level + ")";
    }

    /** The exit code is 0 either way, as the original's. */
    void folder(String text) throws IOException {
        Path former = LogSettings.of(settings.files()).folder();
        try {
            Path wanted = Path.of(text);
            if (!wanted.isAbsolute()) {
                throw new ConException(ConException.FAILED, "the path is not absolute");
            }
            Path root = settings.files().files().root();
            Files.createDirectories(root.resolve(wanted.toString().substring(1)));
            settings.writeAndTell(Setting.LOG_PATH, text);
            print("Change log save path. " + text);
        } catch (InvalidPathException | IOException | ConException e) {
            surroundings.complain("Failed to change log save path: " + e.getMessage() + ". It stays " + former);
        }
    }

    void showFolder() throws IOException {
        print(LogSettings.of(settings.files()).folder().toString());
    }

    void copy(List<String> operands) throws ConException {
        String resource = operands.size() > 1 ? operands.get(1) : "";
        try {
            Path log = LogSettings.of(settings.files()).file();
            try (BufferedReader in = Files.newBufferedReader(log, StandardCharsets.UTF_8);
                    BufferedWriter out =
                            Files.newBufferedWriter(Path.of(operands.getFirst()), StandardCharsets.UTF_8)) {
                String line = in.readLine();
                while (line != null) {
                    if (resource.isEmpty() || concerns(line, resource)) {
                        out.write(line);
                        out.newLine();
                    }
                    line = in.readLine();
                }
            }
        } catch (IOException | InvalidPathException e) {
            throw new ConException(ConException.FAILED, "the log cannot be copied: " + e);
        }
    }

    /** A line is {@code TIME LEVEL OBJECT: TEXT}, and an object begins with its resource: {@code r0/0 beta}. */
    private static boolean concerns(String line, String resource) {
        String[] words = line.split(" +", 4);
        if (words.length < 3) {
            return false;
        }
        String object = words[2];
        return object.startsWith(resource)
                && (object.length() == resource.length() || "/:".indexOf(object.charAt(resource.length())) >= 0);
    }

    void write(String levelText, String text) throws ConException {
        int level = NodeSettings.number(ConCommand.WRITE_KERNEL_LOG, levelText, 0, LogSettings.MOST_DETAILED);
        try (ControlClient client = ControlClient.connect(surroundings.files())) {
            Outcome outcome = client.run(new Command.WriteLog(level, text));
            if (!outcome.success()) {
                throw new ConException(ConException.FAILED, outcome.detail());
            }
        } catch (ControlException e) {
            throw new ConException(ConException.FAILED, String.valueOf(e.getMessage()));
        }
    }

    private void print(String line) {
        surroundings.out().println(line);
    }
}
