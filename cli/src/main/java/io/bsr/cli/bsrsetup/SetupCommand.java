package io.bsr.cli.bsrsetup;

import io.bsr.cli.argument.OldNames;
import io.bsr.cli.argument.Option;
import io.bsr.cli.argument.Syntax;
import io.bsr.config.option.OptionDefinition;
import io.bsr.config.option.OptionGroup;
import io.bsr.config.option.OptionTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The commands of {@code bsrsetup}; command-line reference, section 3.1. {@code +name} is an option of commands,
 * {@code @NET} a group of the option table, {@code -name} behind it one that the command does not take.
 */
enum SetupCommand {
    PRIMARY("primary", "RESOURCE", "+force +full-sync", "make this node Primary"),
    SECONDARY("secondary", "RESOURCE", "", "make this node Secondary"),
    APPLY_PERSIST_ROLE("apply-persist-role", "RESOURCE", "", "take the role again that persist-role remembered"),
    ATTACH("attach", "MINOR LOWER_DEV META_DATA_DEV META_DATA_INDEX", "@DISK", "give a volume its disk"),
    DISK_OPTIONS("disk-options", "MINOR", "+set-defaults @DISK -size", "change options of an attached disk"),
    DETACH("detach", "MINOR", "+force", "take the disk from a volume"),
    CONNECT("connect", "RESOURCE PEER_NODE_ID", "+tentative +discard-my-data", "connect to a peer"),
    NEW_PEER("new-peer", "RESOURCE PEER_NODE_ID", "@NET", "create a connection"),
    DEL_PEER("del-peer", "RESOURCE PEER_NODE_ID", "+force", "forget a connection"),
    DISCONNECT("disconnect", "RESOURCE PEER_NODE_ID", "+force", "disconnect from a peer"),
    NEW_PATH(
            "new-path",
            "RESOURCE PEER_NODE_ID LOCAL-ADDR REMOTE-ADDR DISABLE_IP_VERIFY",
            "",
            "add a way to reach a peer"),
    DEL_PATH("del-path", "RESOURCE PEER_NODE_ID LOCAL-ADDR REMOTE-ADDR", "", "remove a way to reach a peer"),
    NET_OPTIONS(
            "net-options", "RESOURCE PEER_NODE_ID", "+set-defaults @NET -transport", "change options of a connection"),
    RESOURCE_OPTIONS("resource-options", "RESOURCE", "+set-defaults @RESOURCE", "change options of a resource"),
    NODE_OPTIONS("node-options", "RESOURCE", "+set-defaults @NODE", "change options of this node"),
    PEER_DEVICE_OPTIONS(
            "peer-device-options",
            "RESOURCE PEER_NODE_ID VOLUME",
            "+set-defaults @PEER_DEVICE",
            "change options of a volume towards a peer"),
    INVALIDATE("invalidate", "MINOR", "+sync-from-peer-node-id", "resync the whole volume from a peer"),
    INVALIDATE_REMOTE(
            "invalidate-remote",
            "RESOURCE PEER_NODE_ID VOLUME",
            "+use-current-oos",
            "resync the whole volume to a peer"),
    PAUSE_SYNC("pause-sync", "RESOURCE PEER_NODE_ID VOLUME", "", "hold resync"),
    RESUME_SYNC("resume-sync", "RESOURCE PEER_NODE_ID VOLUME", "", "let resync go on"),
    OUTDATE("outdate", "MINOR", "", "mark the data as outdated"),
    DOWN("down", "RESOURCE", "", "take a resource (or all) down"),
    ROLE("role", "RESOURCE", "", "show the role"),
    CSTATE("cstate", "RESOURCE PEER_NODE_ID", "", "show the state of a connection"),
    DSTATE("dstate", "MINOR", "", "show the states of the disks, the own first"),
    SHOW_GI("show-gi", "RESOURCE PEER_NODE_ID VOLUME", "", "show generation identifiers, explained"),
    GET_GI("get-gi", "RESOURCE PEER_NODE_ID VOLUME", "", "show generation identifiers"),
    SHOW("show", "[RESOURCE]", "", "show the running configuration"),
    STATUS("status", "[RESOURCE]", "", "show the state"),
    EVENTS2("events2", "[RESOURCE]", "", "show the state, then every change"),
    CHECK_FS("check-fs", "MINOR", "", "check the file system before a forced promotion"),
    NEW_RESOURCE("new-resource", "RESOURCE NODE_ID", "@RESOURCE", "create a resource"),
    NEW_MINOR("new-minor", "RESOURCE MINOR VOLUME", "+max-bio-size +diskless", "create a volume"),
    DEL_MINOR("del-minor", "MINOR", "", "remove a volume"),
    DEL_RESOURCE("del-resource", "RESOURCE", "", "remove a resource"),
    WAIT_SYNC_VOLUME("wait-sync-volume", "RESOURCE PEER_NODE_ID VOLUME", "", "wait until a volume is in sync"),
    WAIT_CONNECT_VOLUME(
            "wait-connect-volume", "RESOURCE PEER_NODE_ID VOLUME", "", "wait until a peer's volume is visible"),
    WAIT_SYNC_CONNECTION(
            "wait-sync-connection", "RESOURCE PEER_NODE_ID", "", "wait until all volumes are in sync with a peer"),
    WAIT_CONNECT_CONNECTION("wait-connect-connection", "RESOURCE PEER_NODE_ID", "", "wait until a peer is connected"),
    WAIT_SYNC_RESOURCE("wait-sync-resource", "RESOURCE", "", "wait until all volumes are in sync with all peers"),
    WAIT_CONNECT_RESOURCE("wait-connect-resource", "RESOURCE", "", "wait until all peers are connected"),
    RESIZE(
            "resize",
            "MINOR",
            "+size +assume-peer-has-space +assume-clean +al-stripes +al-stripe-size-kB",
            "use the space of a disk that has grown"),
    CHECK_RESIZE("check-resize", "MINOR", "", "remember the size of a backing disk"),
    VERIFY("verify", "RESOURCE PEER_NODE_ID VOLUME", "+start +stop +auto-sync", "compare the data with a peer's"),
    VERIFY_STOP("verify-stop", "RESOURCE PEER_NODE_ID VOLUME", "", "stop comparing"),
    SUSPEND_IO("suspend-io", "MINOR", "", "suspend I/O"),
    RESUME_IO("resume-io", "MINOR", "", "let suspended I/O go on"),
    NEW_CURRENT_UUID(
            "new-current-uuid", "MINOR", "+clear-bitmap +no-rotate-bitmap", "begin a new generation of the data"),
    FORGET_PEER("forget-peer", "RESOURCE PEER_NODE_ID", "", "free the bitmaps of a peer that will not come back"),
    MINOR_MOUNT_PATH("minor-mount-path", "MINOR PATH", "", "tell where a volume is mounted"),
    EXPORTS("exports", "[RESOURCE]", "", "show where NBD clients find the volumes"),
    INFO("info", "", "", "show which engine this is");

    static final String SET_DEFAULTS = "set-defaults";

    private final String verb;
    private final String operands;
    private final String options;
    private final String text;

    SetupCommand(String verb, String operands, String options, String text) {
        this.verb = verb;
        this.operands = operands;
        this.options = options;
        this.text = text;
    }

    static Optional<SetupCommand> named(String verb) {
        return Arrays.stream(values()).filter(c -> c.verb.equals(verb)).findFirst();
    }

    static List<String> verbs() {
        return Arrays.stream(values()).map(SetupCommand::verb).toList();
    }

    String verb() {
        return verb;
    }

    String text() {
        return text;
    }

    /** Whether it only asks for a state; the log has no use for it. */
    boolean asks() {
        return switch (this) {
            case CSTATE, DSTATE, SHOW_GI, GET_GI, SHOW, STATUS -> true;
            default -> false;
        };
    }

    /** Whether {@code all} stands for every resource. */
    boolean takesAll() {
        return this == DOWN || operands.equals("[RESOURCE]");
    }

    /** Whether it waits for something. */
    boolean waits() {
        return verb.startsWith("wait-");
    }

    /** Whether it is in order, and exit code 0, if there is no engine: what it wants is so already. */
    boolean idleWithoutEngine() {
        return this == DOWN || this == SECONDARY || this == DISCONNECT || this == DETACH;
    }

    Syntax syntax() {
        return new Syntax(
                "bsrsetup " + verb, operands.isEmpty() ? List.of() : List.of(operands.split(" ", -1)), options());
    }

    private List<Option> options() {
        List<Option> found = new ArrayList<>();
        for (String word : options.isEmpty() ? new String[0] : options.split(" ", -1)) {
            String name = word.substring(1);
            switch (word.charAt(0)) {
                case '@' -> OptionTable.of(OptionGroup.valueOf(name)).forEach(row -> found.add(Option.of(row)));
                case '-' -> found.removeIf(option -> option.key().equals(name));
                default -> found.add(ofCommand(name));
            }
        }
        found.addAll(
                switch (this) {
                    case STATUS -> OutputOptions.STATUS;
                    case EVENTS2 -> OutputOptions.EVENTS;
                    case SHOW -> OutputOptions.SHOW;
                    default -> waits() ? Waiting.OPTIONS : List.of();
                });
        return found;
    }

    private Option ofCommand(String name) {
        OptionDefinition row = OptionTable.get(OptionGroup.COMMAND, name);
        Option option = name.equals(SET_DEFAULTS) ? Option.of(row, "-(") : Option.of(row);
        return OldNames.with(verb, option, List.of());
    }
}
