package io.bsr.control.setting;

import io.bsr.base.log.LogCategory;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Set;

/**
 * What the engine logs, and where.
 *
 * @param systemLevel the most detailed level of the system log, as syslog counts: 3 error, 4 warning, 6 information, 7 detail
 * @param fileLevel that of the log file
 * @param categories whose details are logged
 * @param files how many files are kept, the one in use among them
 * @param folder for the log files of engine and tools
 */
public record LogSettings(int systemLevel, int fileLevel, Set<LogCategory> categories, int files, Path folder) {
    public static final int MOST_DETAILED = 7;
    public static final int MOST_FILES = 1000;
    public static final int USUAL_FILES = 16;

    private static final int LEVEL_BITS = 3;
    private static final int USUAL_SYSTEM_LEVEL = 3;
    private static final int USUAL_FILE_LEVEL = 6;

    public LogSettings {
        categories = Set.copyOf(categories);
    }

    /** Those of a node where nobody has set any. */
    public static LogSettings usual(Path folder) {
        return new LogSettings(USUAL_SYSTEM_LEVEL, USUAL_FILE_LEVEL, LogCategory.usual(), USUAL_FILES, folder);
    }

    /** The settings of a root. */
    public static LogSettings of(SettingFiles settings) throws IOException {
        int levels = settings.number(
                Setting.LOG_LEVEL,
                0,
                packed(MOST_DETAILED, MOST_DETAILED),
                packed(USUAL_SYSTEM_LEVEL, USUAL_FILE_LEVEL));
        int usual = LogCategory.bits(LogCategory.usual());
        return new LogSettings(
                levels & MOST_DETAILED,
                levels >> LEVEL_BITS,
                LogCategory.ofBits(settings.number(Setting.DEBUGLOG_CATEGORY, 0, Integer.MAX_VALUE, usual)),
                settings.number(Setting.LOG_FILE_MAX_COUNT, 1, MOST_FILES, USUAL_FILES),
                folder(settings));
    }

    /** Below the root, so that several engines on one host have logs of their own. */
    private static Path folder(SettingFiles settings) throws IOException {
        String place = settings.text(Setting.LOG_PATH);
        try {
            Path path = Path.of(place);
            return place.isEmpty()
                    ? settings.files().logFolder()
                    : settings.files()
                            .root()
                            .resolve(path.isAbsolute() ? path.toString().substring(1) : place);
        } catch (InvalidPathException e) {
            return settings.files().logFolder();
        }
    }

    /** Both levels as the setting has them. */
    public int levels() {
        return packed(systemLevel, fileLevel);
    }

    private static int packed(int system, int file) {
        return system + (file << LEVEL_BITS);
    }

    /** The same with other levels. */
    public LogSettings withLevels(int system, int file) {
        return new LogSettings(system, file, categories, files, folder);
    }

    /** The log file in use. */
    public Path file() {
        return folder.resolve("bsr.log");
    }
}
