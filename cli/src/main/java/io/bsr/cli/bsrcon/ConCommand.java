package io.bsr.cli.bsrcon;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The commands; the first word is the name, others are what it is called too. */
enum ConCommand {
    ALL_USAGE("/all_usage", "", Shown.YES, "show all commands, also those that are rarely of use"),
    MINLOG_LV("/minlog_lv", "sys|dbg 0-7", Shown.YES, "most detailed level of the system log or of the log file"),
    MAXLOGFILE_CNT("/maxlogfile_cnt", "1-1000", Shown.YES, "number of log files of the engine that are kept"),
    CLIMAXLOGFILE_CNT("/climaxlogfile_cnt", "adm|setup|meta 1-255", Shown.YES, "number of log files of a tool"),
    DBGLOG_CTGR("/dbglog_ctgr", "enable|disable all|CATEGORY...", Shown.NO, "categories whose details are logged"),
    STATUSCMD_LOGGING("/statuscmd_logging", "0|1", Shown.NO, "log commands that only ask for a state"),
    GET_LOG_INFO("/get_log_info", "", Shown.YES, "show the settings of the logs"),
    SET_LOG_PATH("/set_log_path", "DIR", Shown.YES, "folder for the logs of engine and tools, below the root"),
    GET_LOG_PATH("/get_log_path", "", Shown.YES, "show that folder"),
    GET_LOG("/get_log", "FILE [RESOURCE]", Shown.NO, "copy the log of the engine to a file"),
    WRITE_KERNEL_LOG("/write_kernel_log", "0-7 TEXT", Shown.NO, "write a line into the log of the engine"),
    HANDLER_USE("/handler_use", "0|1", Shown.YES, "switch handlers off or on"),
    GET_HANDLER_INFO("/get_handler_info", "", Shown.YES, "show whether handlers are on"),
    SET_FAST_SYNC("/set_fast_sync", "0|1", Shown.YES, "first resync of used blocks only"),
    GET_FAST_SYNC("/get_fast_sync", "", Shown.YES, "show that"),
    NODELAYEDACK(
            "/nodelayedack", "ADDRESS|all", Shown.YES, "acknowledge at once what arrives on the routes of an address"),
    DELAYDACK_ENABLE("/delaydack_enable", "ADDRESS|all", Shown.YES, "let the system decide that again"),
    INFO("/info", "[--verbose]", Shown.YES, "show the volumes of this node"),
    STATUS("/status /s /proc/bsr", "", Shown.YES, "show which engine answers"),
    MD5("/md5", "FILE", Shown.YES, "show the MD5 digest of a file"),

    HANDLER_TIMEOUT(
            "/handler_timeout", "MS", "only Windows has it: here a handler may take as long as cmd-timeout-long says"),
    RELEASE_READONLY("/release_readonly", "MINOR", "only Windows marks partitions as read-only"),
    CONVERT_OOS_LOG("/convert_oos_log", "PATH", "the engine logs no traces of blocks that are out of sync"),
    SEARCH_OOS_LOG("/search_oos_log", "PATH SECTOR", "the engine logs no traces of blocks that are out of sync"),
    BSRLOCK_USE("/bsrlock_use", "0|1", "the engine always has its disks to itself"),
    BSRLOCK_STATUS("/bsrlock_status", "", "the engine always has its disks to itself"),
    WRITE_LOG(
            "/write_log",
            "PROVIDER TEXT",
            "only Windows has an event log; /write_kernel_log writes into that of the engine"),
    GET_VOLUME_SIZE("/get_volume_size", "LETTER", "only Windows has drive letters; see blockdev --getsize64"),
    LETTER("/letter /l", "LETTER", "only Windows has drive letters"),
    DISMOUNT("/dismount", "LETTER", "only Windows has drive letters; see umount"),
    RELEASE_VOL("/release_vol", "[--force] RESOURCE LETTER", "the engine keeps no volume locked; see bsradm wipe-md"),
    DISK_ERROR("/disk_error", "FLAG TYPE COUNT", "see bsrd --set enable_faults=N and fault_rate=N"),
    DRIVER_INSTALL("/driver_install", "INF", "there is no driver to be installed"),
    DRIVER_UNINSTALL("/driver_uninstall", "INF", "there is no driver to be removed"),
    FORCED_PANIC("/forced_panic", "", "the engine does not bring the system down"),
    BSR_PANIC("/bsr_panic", "ENABLE SECONDS", "the engine does not bring the system down"),
    HOLD_STATE("/hold_state", "TYPE STATE", "states of the engine cannot be held; see on-congestion for Ahead"),
    FAKE_AL_USED("/fake_al_used", "N", "the activity log of the engine counts only what is in it; see al-extents");

    private enum Shown {
        YES,
        NO
    }

    private final String names;
    private final String operands;
    private final boolean hidden;
    private final String text;
    private final String refusal;

    ConCommand(String names, String operands, Shown shown, String text) {
        this.names = names;
        this.operands = operands;
        this.hidden = shown == Shown.NO;
        this.text = text;
        this.refusal = "";
    }

    ConCommand(String names, String operands, String refusal) {
        this.names = names;
        this.operands = operands;
        this.hidden = true;
        this.text = "refused: " + refusal;
        this.refusal = refusal;
    }

    static Optional<ConCommand> named(String word) {
        return Arrays.stream(values()).filter(c -> c.names().contains(word)).findFirst();
    }

    private List<String> names() {
        return List.of(names.split(" ", -1));
    }

    /** What it is called first. */
    String word() {
        return names().getFirst();
    }

    String operands() {
        return operands;
    }

    boolean hidden() {
        return hidden;
    }

    String text() {
        return text;
    }

    /** Why there is nothing to do for it here; empty if there is. */
    String refusal() {
        return refusal;
    }

    /** How many operands it needs. */
    int least() {
        return (int) parts().stream().filter(part -> !part.startsWith("[")).count();
    }

    /** How many it takes. */
    int most() {
        return operands.endsWith("...") ? Integer.MAX_VALUE : parts().size();
    }

    private List<String> parts() {
        return operands.isEmpty() ? List.of() : List.of(operands.split(" ", -1));
    }

    /** Its line of the usage. */
    String usage() {
        return operands.isEmpty() ? word() : word() + " " + operands;
    }
}
