package io.bsr.control.setting;

/** A setting with the name of its file. */
public enum Setting {
    HANDLER_USE(".handler_use"),
    LOG_LEVEL(".log_level"),
    LOG_PATH(".log_path"),
    LOG_FILE_MAX_COUNT(".log_file_max_count"),
    CLI_LOG_FILE_MAX_COUNT(".cli_log_file_max_count"),
    DEBUGLOG_CATEGORY(".debuglog_category"),
    STATUSCMD_LOGGING(".statuscmd_logging"),
    USE_FAST_SYNC(".use_fast_sync");

    private final String file;

    Setting(String file) {
        this.file = file;
    }

    String file() {
        return file;
    }
}
