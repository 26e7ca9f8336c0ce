package io.bsr.cli.journal;

import io.bsr.control.EngineFiles;
import io.bsr.control.setting.ToolLogCounts;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The log file of one tool, those that were put aside, and the settings in {@code etc/bsr.d}.
 *
 * <p>Files are opened with the oldest means that the JDK has: the tools live for less time than others take to load.
 *
 * @param settings the folder with the settings
 * @param folder the folder with the logs
 * @param name of the file, {@code bsradm.log}
 * @param kept how many files are kept, the one in use among them; 1 … 255
 */
record JournalFiles(File settings, File folder, String name, int kept) {
    /** In bytes: a larger file is put aside. */
    static final long LARGE = 5 << 20;

    private static final int LONGEST_SETTING = 4096;

    static JournalFiles of(EngineFiles files, String program) {
        File settings = files.root().resolve("etc/bsr.d").toFile();
        String place = setting(settings, ".log_path");
        File folder = place.isEmpty() || place.indexOf('\0') >= 0
                ? files.logFolder().toFile()
                : new File(files.root().toFile(), place);
        return new JournalFiles(
                settings,
                folder,
                program + ".log",
                ToolLogCounts.ofText(setting(settings, ".cli_log_file_max_count"))
                        .of(program));
    }

    /** Whether commands that only ask are logged too. */
    boolean everything() {
        return setting(settings, ".statuscmd_logging").equals("1");
    }

    /**
     * Opens the file for appending; a large one is put aside before.
     *
     * @param stamp when, to tell the files apart, {@code 2026-11-23T032000}
     */
    FileOutputStream open(String stamp) throws IOException {
        File file = new File(folder, name);
        if (file.length() > LARGE) {
            File aside = new File(folder, name + "_" + stamp);
            // Another command may be doing the same: whoever comes second finds a small file or goes on with this one.
            if (!aside.exists() && file.renameTo(aside)) {
                removeOldest();
            }
        } else if (!folder.isDirectory()) {
            // If it fails, so does the next line.
            folder.mkdirs();
        }
        return new FileOutputStream(file, true);
    }

    private void removeOldest() {
        String[] aside = folder.list((in, each) -> each.startsWith(name + "_"));
        if (aside == null) {
            return;
        }
        Arrays.sort(aside);
        for (int i = 0; i <= aside.length - kept; i++) {
            new File(folder, aside[i]).delete();
        }
    }

    /** What a setting says, empty if it says nothing. */
    private static String setting(File settings, String name) {
        String text = beginning(new File(settings, name), LONGEST_SETTING);
        return text == null ? "" : text.strip();
    }

    /** The first bytes of a file; null if it cannot be read. */
    static @Nullable String beginning(File file, int bytes) {
        if (!file.exists()) {
            return null;
        }
        try (FileInputStream in = new FileInputStream(file)) {
            return new String(in.readNBytes(bytes), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return null;
        }
    }
}
