package io.bsr.cli.bsrmeta;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The commands of {@code bsrmeta}; command-line reference, section 4. */
enum MetaCommand {
    CREATE_MD("create-md", "MAX_PEERS", true, "create metadata"),
    DUMP_MD("dump-md", "", false, "print metadata as text"),
    RESTORE_MD("restore-md", "FILE", true, "make metadata from such a text"),
    APPLY_AL("apply-al", "", true, "apply the activity log after a crash"),
    GET_GI("get-gi", "", false, "show generation identifiers towards --node-id"),
    SHOW_GI("show-gi", "", false, "the same, explained"),
    SET_GI("set-gi", "IDENTIFIERS", true, "set generation identifiers towards --node-id"),
    DSTATE("dstate", "", false, "show the state of the data"),
    OUTDATE("outdate", "", true, "mark the data as outdated"),
    INVALIDATE("invalidate", "", true, "mark the data as inconsistent"),
    FORGET_PEER("forget-peer", "", true, "free the bitmap of --node-id"),
    WIPE_MD("wipe-md", "", true, "remove metadata"),
    READ_DEV_UUID("read-dev-uuid", "", false, "show the device uuid"),
    WRITE_DEV_UUID("write-dev-uuid", "UUID", true, "set the device uuid");

    private final String verb;
    private final String operand;
    private final boolean writes;
    private final String text;

    MetaCommand(String verb, String operand, boolean writes, String text) {
        this.verb = verb;
        this.operand = operand;
        this.writes = writes;
        this.text = text;
    }

    static Optional<MetaCommand> named(String verb) {
        return Arrays.stream(values()).filter(c -> c.verb.equals(verb)).findFirst();
    }

    static List<String> verbs() {
        return Arrays.stream(values()).map(MetaCommand::verb).toList();
    }

    String verb() {
        return verb;
    }

    /** The one operand, or empty. */
    String operand() {
        return operand;
    }

    boolean writes() {
        return writes;
    }

    String text() {
        return text;
    }

    /** Whether it is about one peer. */
    boolean needsNode() {
        return this == GET_GI || this == SHOW_GI || this == SET_GI || this == FORGET_PEER;
    }
}
