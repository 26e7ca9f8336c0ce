package io.bsr.config.plan;

import io.bsr.config.option.OptionDefinition;
import io.bsr.config.option.OptionGroup;
import io.bsr.config.option.OptionTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The commands of {@code bsradm}, all of them but the handlers, which are rows of the option table; command-line reference,
 * sections 2.4 and 2.10. Help, completion and manual page are made from this table.
 *
 * <p>Options are named one by one; {@code @NET} stands for a group of the option table, {@code -transport} behind it for all
 * but that one: another transport needs another connection, another size a resize.
 *
 * <p>Commands with {@link Trait#OWN} answer themselves or have a plan of their own ({@link UpPlan}, {@link AdjustPlan},
 * {@link CreateMetadataPlan}); the others are spelled by {@link CommandPlan}.
 */
public enum AdmCommand {
    ADJUST(
            "adjust",
            Over.RESOURCE,
            "skip-disk skip-net tentative discard-my-data explain",
            "make what runs agree with the configuration",
            Trait.OWN,
            Trait.ADDRESS,
            Trait.VOLUME_IGNORED),
    ADJUST_WITH_PROGRESS(
            "adjust-with-progress",
            Over.RESOURCE,
            "",
            "the same, and show the stages",
            Trait.OWN,
            Trait.ADDRESS,
            Trait.VOLUME_IGNORED),
    APPLY_AL("apply-al", Over.VOLUMES, "", "apply the activity log of a disk to its bitmap", Trait.DISK),
    APPLY_PERSIST_ROLE("apply-persist-role", Over.RESOURCE, "", "take the role again that persist-role remembered"),
    ATTACH("attach", Over.VOLUMES, "@DISK", "give a volume its disk", Trait.DISK),
    CONNECT("connect", Over.CONNECTIONS, "tentative discard-my-data", "connect to the peers", Trait.ADDRESS),
    CREATE_MD(
            "create-md",
            Over.VOLUMES,
            "max-peers peer-max-bio-size al-stripes al-stripe-size-kB force",
            "create metadata on the disks",
            Trait.OWN,
            Trait.DISK),
    CSTATE("cstate", Over.CONNECTIONS, "", "show the states of the connections", Trait.STATUS),
    DEL_PATH("del-path", Over.CONNECTIONS, "", "remove the ways to reach the peers", Trait.ADDRESS),
    DEL_PEER("del-peer", Over.CONNECTIONS, "force", "forget connections", Trait.ADDRESS),
    DETACH("detach", Over.VOLUMES, "force", "take the disks from the volumes", Trait.DISK),
    DISCONNECT("disconnect", Over.CONNECTIONS, "force", "disconnect from the peers"),
    DISK_OPTIONS("disk-options", Over.VOLUMES, "@DISK -size", "change options of attached disks", Trait.DISK),
    DOWN("down", Over.RESOURCE, "", "take resources down"),
    DSTATE("dstate", Over.VOLUMES, "", "show the states of the disks", Trait.DISK, Trait.STATUS),
    DUMP("dump", Over.RESOURCE, "", "print the configuration", Trait.OWN, Trait.ADDRESS, Trait.STATUS, Trait.TESTABLE),
    DUMP_MD("dump-md", Over.VOLUMES, "", "print the metadata of the disks as text", Trait.DISK),
    DUMP_XML(
            "dump-xml",
            Over.RESOURCE,
            "",
            "print the configuration as XML",
            Trait.OWN,
            Trait.ADDRESS,
            Trait.STATUS,
            Trait.TESTABLE),
    FORGET_PEER("forget-peer", Over.CONNECTIONS, "", "free the bitmaps of peers that will not come back"),
    GET_GI("get-gi", Over.PEER_DEVICES, "", "show generation identifiers", Trait.DISK, Trait.STATUS),
    HIDDEN_COMMANDS("hidden-commands", Over.NOTHING, "", "list the commands for scripts and experts", Trait.OWN),
    INVALIDATE("invalidate", Over.VOLUMES, "", "resync whole volumes from a peer", Trait.DISK),
    INVALIDATE_REMOTE("invalidate-remote", Over.PEER_DEVICES, "use-current-oos", "resync whole volumes to the peers"),
    NET_OPTIONS("net-options", Over.CONNECTIONS, "@NET -transport", "change options of connections", Trait.ADDRESS),
    NEW_PATH("new-path", Over.CONNECTIONS, "", "add the ways to reach the peers", Trait.ADDRESS),
    NEW_PEER("new-peer", Over.CONNECTIONS, "@NET", "create connections", Trait.ADDRESS),
    NODE_OPTIONS("node-options", Over.RESOURCE, "@NODE", "change options of this node"),
    OUTDATE("outdate", Over.VOLUMES, "", "mark the data of this node as outdated"),
    PAUSE_SYNC("pause-sync", Over.PEER_DEVICES, "", "hold resyncs"),
    PEER_DEVICE_OPTIONS(
            "peer-device-options", Over.PEER_DEVICES, "@PEER_DEVICE", "change options of volumes towards the peers"),
    PRIMARY("primary", Over.RESOURCE, "force skip-check-fs full-sync-on-fail", "make this node Primary", Trait.OWN),
    RESIZE(
            "resize",
            Over.VOLUMES,
            "size assume-peer-has-space assume-clean al-stripes al-stripe-size-kB",
            "use the space of disks that have grown",
            Trait.OWN,
            Trait.DISK),
    RESOURCE_OPTIONS("resource-options", Over.RESOURCE, "@RESOURCE", "change options of resources"),
    RESUME_SYNC("resume-sync", Over.PEER_DEVICES, "", "let held resyncs go on"),
    ROLE("role", Over.RESOURCE, "", "show the role of this node", Trait.STATUS),
    SECONDARY("secondary", Over.RESOURCE, "", "make this node Secondary"),
    SH_NODE_OPTION("sh-node-option", Over.RESOURCE, "", "print the node option that -n names", Trait.OWN),
    SH_RESOURCE_OPTION("sh-resource-option", Over.RESOURCE, "", "print the resource option that -n names", Trait.OWN),
    SHOW_GI("show-gi", Over.PEER_DEVICES, "", "show generation identifiers, explained", Trait.DISK, Trait.STATUS),
    STATUS("status", Over.RESOURCE, "", "show the state", Trait.STATUS, Trait.NAMES_OPTIONAL),
    UP("up", Over.RESOURCE, "", "bring resources up", Trait.OWN, Trait.ADDRESS),
    VERIFY("verify", Over.PEER_DEVICES, "start stop auto-sync", "compare the data with the peers'"),
    VERIFY_STOP("verify-stop", Over.PEER_DEVICES, "", "stop comparing"),
    WAIT_CON_INT("wait-con-int", Over.NOTHING, "", "wait for all connections, with a dialog", Trait.OWN, Trait.ADDRESS),
    WAIT_CONNECT(
            "wait-connect",
            Over.RESOURCE,
            "",
            "wait until the peers are connected",
            Trait.ADDRESS,
            Trait.VOLUME_IGNORED),
    WAIT_SYNC("wait-sync", Over.RESOURCE, "", "wait until the data are in sync", Trait.ADDRESS, Trait.VOLUME_IGNORED),
    WIPE_MD("wipe-md", Over.VOLUMES, "force", "remove the metadata from the disks", Trait.DISK),

    NEW_RESOURCE(Level.SCRIPT, "new-resource", Over.RESOURCE, "@RESOURCE", "create resources"),
    PROXY_DOWN(Level.SCRIPT, "proxy-down", Over.CONNECTIONS, "", "take connections from the accelerator", Trait.OWN),
    PROXY_UP(Level.SCRIPT, "proxy-up", Over.CONNECTIONS, "", "hand connections to the accelerator", Trait.OWN),
    SH_DEV(Level.SCRIPT, "sh-dev", Over.VOLUMES, "", "print the devices", Trait.OWN),
    SH_DEV_VNR(Level.SCRIPT, "sh-dev-vnr", Over.VOLUMES, "", "print the volume numbers", Trait.OWN),
    SH_IP(Level.SCRIPT, "sh-ip", Over.VOLUMES, "", "print the own addresses", Trait.OWN),
    SH_LL_DEV(Level.SCRIPT, "sh-ll-dev", Over.VOLUMES, "", "print the backing disks", Trait.OWN),
    SH_LR_OF(Level.SCRIPT, "sh-lr-of", Over.RESOURCE, "", "only for stacked resources", Trait.OWN),
    SH_MD_DEV(Level.SCRIPT, "sh-md-dev", Over.VOLUMES, "", "print the devices of the metadata", Trait.OWN),
    SH_MD_IDX(Level.SCRIPT, "sh-md-idx", Over.VOLUMES, "", "print the places of the metadata", Trait.OWN),
    SH_MINOR(Level.SCRIPT, "sh-minor", Over.VOLUMES, "", "print the minor numbers", Trait.OWN),
    SH_MOD_PARMS(Level.SCRIPT, "sh-mod-parms", Over.NOTHING, "", "print the parameters of the module", Trait.OWN),
    SH_NOP(Level.SCRIPT, "sh-nop", Over.NOTHING, "", "only check the configuration", Trait.OWN, Trait.TESTABLE),
    SH_PEER_NODE_ID(Level.SCRIPT, "sh-peer-node-id", Over.CONNECTIONS, "", "print the peers' node ids", Trait.OWN),
    SH_PEER_NODE_NAME(Level.SCRIPT, "sh-peer-node-name", Over.CONNECTIONS, "", "print the peers' names", Trait.OWN),
    SH_PEER_NODES(Level.SCRIPT, "sh-peer-nodes", Over.CONNECTIONS, "", "print the peers' ids and names", Trait.OWN),
    SH_RESOURCE(
            Level.SCRIPT,
            "sh-resource",
            Over.RESOURCE,
            "",
            "print the names of resources",
            Trait.OWN,
            Trait.VOLUME_IGNORED),
    SH_RESOURCES(Level.SCRIPT, "sh-resources", Over.NOTHING, "", "print the names of all resources", Trait.OWN),
    SH_RESOURCES_LIST(Level.SCRIPT, "sh-resources-list", Over.NOTHING, "", "the same as words for a shell", Trait.OWN),
    SH_UDEV(
            Level.SCRIPT,
            "sh-udev",
            Over.VOLUMES,
            "",
            "print the properties of a device for udev",
            Trait.OWN,
            Trait.VOLUME_NEEDED),

    CHECK_RESIZE(Level.EXPERT, "check-resize", Over.VOLUMES, "", "move metadata after a disk has grown", Trait.OWN),
    DEL_MINOR(Level.EXPERT, "del-minor", Over.VOLUMES, "", "remove volumes"),
    MINOR_MOUNT_PATH(
            Level.EXPERT, "minor-mount-path", Over.VOLUMES, "", "tell where the volumes are mounted", Trait.OWN),
    NEW_CURRENT_UUID(
            Level.EXPERT,
            "new-current-uuid",
            Over.VOLUMES,
            "clear-bitmap no-rotate-bitmap",
            "begin a new generation of the data",
            Trait.VOLUME_NEEDED),
    NEW_MINOR(Level.EXPERT, "new-minor", Over.VOLUMES, "max-bio-size diskless", "create volumes"),
    RESUME_IO(Level.EXPERT, "resume-io", Over.VOLUMES, "", "let suspended I/O go on"),
    SET_GI(
            Level.EXPERT,
            "set-gi",
            Over.PEER_DEVICES,
            "",
            "set generation identifiers",
            Trait.DISK,
            Trait.VOLUME_NEEDED),
    SUSPEND_IO(Level.EXPERT, "suspend-io", Over.VOLUMES, "", "suspend I/O");

    /** What a command is repeated for. */
    public enum Over {
        /** It takes no names. */
        NOTHING,
        RESOURCE,
        VOLUMES,
        CONNECTIONS,
        /** Connections, within them volumes. */
        PEER_DEVICES
    }

    /** For whom a command is, which decides where help lists it. */
    public enum Level {
        NORMAL,
        SCRIPT,
        EXPERT
    }

    /** What is special about a command. */
    public enum Trait {
        /** It is more than calls of the lower tools. */
        OWN,
        /** The volume has a disk on this node. */
        DISK,
        /** The own address must exist on an interface of this node. */
        ADDRESS,
        /** It only asks. */
        STATUS,
        /** A name of a resource must say which volume. */
        VOLUME_NEEDED,
        /** A volume may be named and makes no difference. */
        VOLUME_IGNORED,
        /** It may stand without names. */
        NAMES_OPTIONAL,
        /** A further file can be tested with it. */
        TESTABLE
    }

    private final Level level;
    private final String verb;
    private final Over over;
    private final String options;
    private final String text;
    /** The names of the traits, each between commas. */
    private final String traits;

    AdmCommand(String verb, Over over, String options, String text, Trait... traits) {
        this(Level.NORMAL, verb, over, options, text, traits);
    }

    AdmCommand(Level level, String verb, Over over, String options, String text, Trait... traits) {
        this.level = level;
        this.verb = verb;
        this.over = over;
        this.options = options;
        this.text = text;
        StringBuilder names = new StringBuilder(",");
        for (Trait trait : traits) {
            names.append(trait.name()).append(',');
        }
        this.traits = names.toString();
    }

    /** The command of that name. */
    public static Optional<AdmCommand> named(String verb) {
        return Arrays.stream(values()).filter(c -> c.verb.equals(verb)).findFirst();
    }

    /** The commands of a level, sorted by name. */
    public static List<AdmCommand> of(Level level) {
        return Arrays.stream(values())
                .filter(command -> command.level == level)
                .sorted(Comparator.comparing(AdmCommand::verb))
                .toList();
    }

    /** The word on the command line. */
    public String verb() {
        return verb;
    }

    public Over over() {
        return over;
    }

    /** One line for help. */
    public String text() {
        return text;
    }

    public boolean is(Trait trait) {
        return traits.contains("," + trait.name() + ",");
    }

    /** Whether a volume may be named. */
    public boolean takesVolume() {
        return over == Over.VOLUMES || over == Over.PEER_DEVICES || is(Trait.VOLUME_IGNORED);
    }

    /** The options that may be given on the command line. */
    public List<OptionDefinition> options() {
        List<OptionDefinition> found = new ArrayList<>();
        for (String word : options.isEmpty() ? new String[0] : options.split(" ", -1)) {
            switch (word.charAt(0)) {
                case '@' -> found.addAll(OptionTable.of(OptionGroup.valueOf(word.substring(1))));
                case '-' -> found.removeIf(option -> option.name().equals(word.substring(1)));
                default -> found.add(OptionTable.get(OptionGroup.COMMAND, word));
            }
        }
        return found;
    }
}
