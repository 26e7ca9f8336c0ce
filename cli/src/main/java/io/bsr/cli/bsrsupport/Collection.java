package io.bsr.cli.bsrsupport;

import io.bsr.cli.terminal.Surroundings;
import io.bsr.cli.terminal.Tool;
import io.bsr.control.ControlClient;
import io.bsr.control.ControlException;
import io.bsr.control.command.Command;
import io.bsr.control.setting.LogSettings;
import io.bsr.control.setting.SettingFiles;
import io.bsr.control.status.Diagnosis;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What goes into the archive. */
final class Collection {
    /** Log files, the newest first. */
    private static final int MOST_LOGS = 24;

    private static final int MOST_FILES = 1000;

    private static final List<String> SYSTEM_FILES = List.of(
            "/etc/os-release",
            "/etc/fstab",
            "/proc/version",
            "/proc/cmdline",
            "/proc/uptime",
            "/proc/loadavg",
            "/proc/cpuinfo",
            "/proc/meminfo",
            "/proc/swaps",
            "/proc/mounts",
            "/proc/partitions",
            "/proc/diskstats",
            "/proc/modules",
            "/proc/drbd",
            "/proc/pressure/cpu",
            "/proc/pressure/io",
            "/proc/pressure/memory",
            "/proc/net/dev",
            "/proc/net/snmp",
            "/proc/net/netstat");

    private static final List<String> SYSTEM_PROGRAMS = List.of(
            "uname -a",
            "lsblk -O",
            "lsblk -t",
            "df -h",
            "losetup -a",
            "ip addr",
            "ip route",
            "ss -tani",
            "ps -eo pid,ppid,stat,rss,vsz,etime,args",
            "systemctl status --no-pager bsr bsrd",
            "sysctl -a --pattern ^(net|vm|fs|kernel)\\.",
            "rpm -qa",
            "dpkg -l",
            "iptables -S",
            "nft list ruleset");

    private static final List<String> SYSTEM_LOGS =
            List.of("dmesg -T", "journalctl --no-pager -n 20000", "journalctl --no-pager -u bsr -u bsrd -n 100000");

    private final Surroundings surroundings;
    private final Archive archive;

    Collection(Surroundings surroundings, Archive archive) {
        this.surroundings = surroundings;
        this.archive = archive;
    }

    void configuration() throws IOException {
        Path root = surroundings.files().root();
        archive.file("bsr/conf/bsr.conf", root.resolve("etc/bsr.conf"));
        Path defaults = root.resolve("etc/default/bsr");
        if (Files.exists(defaults)) {
            archive.file("bsr/conf/default", defaults);
        }
        for (Path file : files(root.resolve("etc/bsr.d"))) {
            archive.file("bsr/conf/bsr.d/" + file.getFileName(), file);
        }
        for (Path file : files(surroundings.files().stateFolder())) {
            archive.file("bsr/state/" + file.getFileName(), file);
        }
    }

    void state() throws IOException {
        tool("bsr/bsr_state", io.bsr.cli.bsrcon.Main.tool(), "/status");
        tool("bsr/engine/info.txt", io.bsr.cli.bsrsetup.Main.tool(), "info");
        archive.text("bsr/engine/threads.txt", threads());
        tool("bsr/version.txt", io.bsr.cli.bsradm.Main.tool(), "-V");
        tool("bsr/log_info", io.bsr.cli.bsrcon.Main.tool(), "/get_log_info", "/get_handler_info", "/get_fast_sync");
        tool("bsr/status/status.txt", io.bsr.cli.bsrsetup.Main.tool(), "status", "--statistics", "--verbose", "all");
        tool("bsr/status/status.json", io.bsr.cli.bsrsetup.Main.tool(), "status", "--json");
        tool("bsr/status/show.txt", io.bsr.cli.bsrsetup.Main.tool(), "show", "--show-defaults");
        tool("bsr/status/exports.txt", io.bsr.cli.bsrsetup.Main.tool(), "exports");
        tool("bsr/status/events.txt", io.bsr.cli.bsrsetup.Main.tool(), "events2", "--now", "--statistics", "all");
        tool("bsr/status/gi.txt", io.bsr.cli.bsradm.Main.tool(), "show-gi", "all");
        tool("bsr/status/dump.txt", io.bsr.cli.bsradm.Main.tool(), "dump", "all");
        for (String resource : output(io.bsr.cli.bsradm.Main.tool(), "sh-resources")
                .lines()
                .filter(line -> line.matches("[\\w.@-]{1,128}"))
                .toList()) {
            tool("bsr/metadata/" + resource + ".txt", io.bsr.cli.bsradm.Main.tool(), "dump-md", resource);
        }
    }

    private void tool(String name, Tool tool, String... words) throws IOException {
        archive.text(name, output(tool, words));
    }

    /** What a tool of this product prints; it runs within this process, and is asked nothing. */
    private String output(Tool tool, String... words) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
        Surroundings within = new Surroundings(
                surroundings.files(),
                surroundings.node(),
                surroundings.pretending(),
                InputStream.nullInputStream(),
                out,
                out,
                false,
                surroundings.columns());
        int code = tool.run(within, List.of(words));
        within.flush();
        return bytes.toString(StandardCharsets.UTF_8) + (code == 0 ? "" : "\n[exit code " + code + "]\n");
    }

    private String threads() {
        try (ControlClient client = ControlClient.connect(surroundings.files())) {
            return client.call(new Command.Diagnose()).result() instanceof Diagnosis found
                    ? String.join("\n", found.lines()) + "\n"
                    : "[bsrd does not tell]\n";
        } catch (ControlException e) {
            return "[" + e.getMessage() + "]\n";
        }
    }

    void logs() throws IOException {
        Path folder = LogSettings.of(new SettingFiles(surroundings.files())).folder();
        List<Path> newest = files(folder).stream()
                .sorted(Comparator.comparingLong(Collection::modified).reversed())
                .toList();
        for (Path file : newest.subList(0, Math.min(MOST_LOGS, newest.size()))) {
            archive.file("bsr/log/" + file.getFileName(), file);
        }
        if (newest.size() > MOST_LOGS) {
            archive.text(
                    "bsr/log/LEFT_OUT",
                    String.join(
                                    "\n",
                                    newest.subList(MOST_LOGS, newest.size()).stream()
                                            .map(Path::toString)
                                            .toList()) + "\n");
        }
    }

    private static long modified(Path file) {
        try {
            return Files.getLastModifiedTime(file).toMillis();
        } catch (IOException e) {
            // Just put aside by its owner: it is old.
            return 0;
        }
    }

    void system(boolean logs) throws IOException, InterruptedException {
        for (String file : SYSTEM_FILES) {
            Path path = Path.of(file);
            if (Files.exists(path)) {
                archive.file("System" + file, path);
            }
        }
        for (String line : SYSTEM_PROGRAMS) {
            program(line);
        }
        if (logs) {
            for (String line : SYSTEM_LOGS) {
                program(line);
            }
        } else {
            archive.text("System/LOGS_LEFT_OUT", "as asked for with --exclude-system-log\n");
        }
    }

    private void program(String line) throws IOException, InterruptedException {
        String name = line.replaceAll("[^A-Za-z0-9]+", "_").replaceAll("^_|_$", "");
        archive.text("System/" + name + ".txt", Programs.output(List.of(line.split(" ", -1))));
    }

    /** The regular files of a folder, by name; none if it is not there. */
    private static List<Path> files(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isRegularFile)
                    .sorted()
                    .limit(MOST_FILES)
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
