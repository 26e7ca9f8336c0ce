package io.bsr.cli.bsrmeta;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The commands of {@code bsrmeta}; command-line reference, section 4. */
enum MetaCommand {
    GET_GI("get-gi", "", Access.READS, Formats.BOTH, "show generation identifiers towards --node-id"),
    SHOW_GI("show-gi", "", Access.READS, Formats.BOTH, "the same, explained"),
    DUMP_MD("dump-md", "", Access.READS, Formats.BOTH, "print metadata as text"),
    RESTORE_MD("restore-md", "[FILE]", Access.WRITES, Formats.V09, "make metadata from such a text"),
    VERIFY_DUMP("verify-dump", "[FILE]", Access.NONE, Formats.V09, "check such a text"),
    APPLY_AL("apply-al", "", Access.WRITES, Formats.BOTH, "apply the activity log after a crash"),
    WIPE_MD("wipe-md", "", Access.WRITES, Formats.BOTH, "remove metadata"),
    OUTDATE("outdate", "", Access.WRITES, Formats.BOTH, "mark the data as outdated"),
    INVALIDATE("invalidate", "", Access.WRITES, Formats.BOTH, "mark the data as inconsistent"),
    DSTATE("dstate", "", Access.READS_IDLE, Formats.BOTH, "show the state of the data"),
    CHECK_RESIZE("check-resize", "", Access.WRITES, Formats.V09, "move metadata to the end of a disk that has grown"),
    CREATE_MD("create-md", "MAX_PEERS", Access.WRITES, Formats.V09, "create metadata"),
    CONVERT("convert", "", Access.WRITES, Formats.BOTH, "make metadata of v09 from those of v08"),
    FORGET_PEER("forget-peer", "", Access.WRITES, Formats.V09, "free the bitmap of --node-id"),
    SET_GI("set-gi", "IDENTIFIERS", Access.WRITES, Formats.BOTH, "set generation identifiers towards --node-id"),
    READ_DEV_UUID("read-dev-uuid", "", Access.READS, Formats.BOTH, "show the device uuid"),
    WRITE_DEV_UUID("write-dev-uuid", "UUID", Access.WRITES, Formats.BOTH, "set the device uuid");

    /** What a command does with the device. */
    enum Access {
        /** It is not opened. */
        NONE,
        READS,
        /** What is read means something only while no engine uses the device. */
        READS_IDLE,
        WRITES
    }

    private enum Formats {
        V09,
        BOTH
    }

    private static final Set<String> RING = Set.of("al-stripes", "al-stripe-size-kB");

    private final String verb;
    private final String operand;
    private final Access access;
    private final Formats formats;
    private final String text;

    MetaCommand(String verb, String operand, Access access, Formats formats, String text) {
        this.verb = verb;
        this.operand = operand;
        this.access = access;
        this.formats = formats;
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

    /** The one operand, or empty; in brackets if it may be left out. */
    String operand() {
        return operand;
    }

    Access access() {
        return access;
    }

    /** Whether it is for metadata of v08 too. */
    boolean takesV08() {
        return formats == Formats.BOTH;
    }

    String text() {
        return text;
    }

    /** Whether it only asks for a state; the log has no use for it. */
    boolean asks() {
        return this == GET_GI || this == SHOW_GI || this == DSTATE;
    }

    /** Whether it is about one peer. */
    boolean needsNode() {
        return this == GET_GI || this == SHOW_GI || this == SET_GI || this == FORGET_PEER;
    }

    /** Whether not every command has an option. */
    static boolean isSpecial(String option) {
        return Arrays.stream(values()).anyMatch(command -> !command.takes(option));
    }

    /** The commands that have an option. */
    static String taking(String option) {
        return String.join(
                ", ",
                Arrays.stream(values())
                        .filter(command -> command.takes(option))
                        .map(MetaCommand::verb)
                        .toList());
    }

    /** Whether an option, one that not every command has, belongs to this one. */
    boolean takes(String option) {
        return switch (option) {
            case "node-id" -> needsNode();
            case "peer-max-bio-size" -> this == CREATE_MD;
            default -> !RING.contains(option) || this == CREATE_MD || this == RESTORE_MD;
        };
    }
}
