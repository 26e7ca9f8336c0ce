package io.bsr.config.plan;

import io.bsr.config.option.OptionDefinition;
import io.bsr.config.option.OptionGroup;
import io.bsr.config.option.OptionTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The commands of {@code bsradm} that turn into calls of the lower tools, one by one; command-line reference, section 2.4.
 * The commands made of several steps have their own plans: {@link UpPlan}, {@link AdjustPlan}, {@link CreateMetadataPlan}.
 */
public enum AdmCommand {
    ATTACH("attach", Over.VOLUMES, Needs.DISK, groups(OptionGroup.DISK)),
    DISK_OPTIONS("disk-options", Over.VOLUMES, Needs.DISK, groups(OptionGroup.DISK)),
    DETACH("detach", Over.VOLUMES, Needs.DISK, extra("force")),
    NEW_PEER("new-peer", Over.CONNECTIONS, Needs.ADDRESS, groups(OptionGroup.NET)),
    DEL_PEER("del-peer", Over.CONNECTIONS, Needs.ADDRESS, extra("force")),
    NEW_PATH("new-path", Over.CONNECTIONS, Needs.ADDRESS, none()),
    DEL_PATH("del-path", Over.CONNECTIONS, Needs.ADDRESS, none()),
    CONNECT("connect", Over.CONNECTIONS, Needs.ADDRESS, extra("tentative", "discard-my-data")),
    NET_OPTIONS("net-options", Over.CONNECTIONS, Needs.ADDRESS, groups(OptionGroup.NET)),
    DISCONNECT("disconnect", Over.CONNECTIONS, Needs.NOTHING, extra("force")),
    RESOURCE_OPTIONS("resource-options", Over.RESOURCE, Needs.NOTHING, groups(OptionGroup.RESOURCE)),
    NODE_OPTIONS("node-options", Over.RESOURCE, Needs.NOTHING, groups(OptionGroup.NODE)),
    PEER_DEVICE_OPTIONS("peer-device-options", Over.PEER_DEVICES, Needs.NOTHING, groups(OptionGroup.PEER_DEVICE)),
    DOWN("down", Over.RESOURCE, Needs.NOTHING, none()),
    PRIMARY("primary", Over.RESOURCE, Needs.NOTHING, extra("force", "full-sync")),
    SECONDARY("secondary", Over.RESOURCE, Needs.NOTHING, none()),
    INVALIDATE("invalidate", Over.VOLUMES, Needs.DISK, none()),
    INVALIDATE_REMOTE("invalidate-remote", Over.PEER_DEVICES, Needs.NOTHING, extra("use-current-oos")),
    OUTDATE("outdate", Over.VOLUMES, Needs.NOTHING, none()),
    RESIZE(
            "resize",
            Over.VOLUMES,
            Needs.DISK,
            extra("size", "assume-peer-has-space", "assume-clean", "al-stripes", "al-stripe-size-kB")),
    VERIFY("verify", Over.PEER_DEVICES, Needs.NOTHING, extra("start", "stop", "auto-sync")),
    VERIFY_STOP("verify-stop", Over.PEER_DEVICES, Needs.NOTHING, none()),
    PAUSE_SYNC("pause-sync", Over.PEER_DEVICES, Needs.NOTHING, none()),
    RESUME_SYNC("resume-sync", Over.PEER_DEVICES, Needs.NOTHING, none()),
    WAIT_CONNECT("wait-connect", Over.RESOURCE, Needs.ADDRESS, groups(OptionGroup.STARTUP)),
    WAIT_SYNC("wait-sync", Over.RESOURCE, Needs.ADDRESS, groups(OptionGroup.STARTUP)),
    ROLE("role", Over.RESOURCE, Needs.NOTHING, none()),
    CSTATE("cstate", Over.CONNECTIONS, Needs.NOTHING, none()),
    DSTATE("dstate", Over.VOLUMES, Needs.DISK, none()),
    STATUS("status", Over.RESOURCE, Needs.NOTHING, none()),
    SHOW_GI("show-gi", Over.PEER_DEVICES, Needs.DISK, none()),
    GET_GI("get-gi", Over.PEER_DEVICES, Needs.DISK, none()),
    DUMP_MD("dump-md", Over.VOLUMES, Needs.DISK, none()),
    APPLY_AL("apply-al", Over.VOLUMES, Needs.DISK, none()),
    WIPE_MD("wipe-md", Over.VOLUMES, Needs.DISK, extra("force")),
    FORGET_PEER("forget-peer", Over.CONNECTIONS, Needs.NOTHING, none()),
    APPLY_PERSIST_ROLE("apply-persist-role", Over.RESOURCE, Needs.NOTHING, none()),
    NEW_RESOURCE("new-resource", Over.RESOURCE, Needs.NOTHING, groups(OptionGroup.RESOURCE)),
    NEW_MINOR("new-minor", Over.VOLUMES, Needs.NOTHING, extra("max-bio-size", "diskless")),
    DEL_MINOR("del-minor", Over.VOLUMES, Needs.NOTHING, none()),
    SUSPEND_IO("suspend-io", Over.VOLUMES, Needs.NOTHING, none()),
    RESUME_IO("resume-io", Over.VOLUMES, Needs.NOTHING, none()),
    NEW_CURRENT_UUID("new-current-uuid", Over.VOLUMES, Needs.NOTHING, extra("clear-bitmap", "no-rotate-bitmap")),
    SET_GI("set-gi", Over.PEER_DEVICES, Needs.DISK, none()),
    CHECK_RESIZE("check-resize", Over.VOLUMES, Needs.NOTHING, none());

    /** What a command is repeated for. */
    public enum Over {
        RESOURCE,
        VOLUMES,
        CONNECTIONS,
        /** Connections, within them volumes. */
        PEER_DEVICES
    }

    /** What must be there before a command runs. */
    public enum Needs {
        NOTHING,
        /** The volume has a disk on this node. */
        DISK,
        /** The own address exists on an interface of this node. */
        ADDRESS
    }

    private final String verb;
    private final Over over;
    private final Needs needs;
    private final String options;

    AdmCommand(String verb, Over over, Needs needs, String options) {
        this.verb = verb;
        this.over = over;
        this.needs = needs;
        this.options = options;
    }

    private static String groups(OptionGroup group) {
        return "@" + group.name();
    }

    private static String extra(String... names) {
        return String.join(" ", names);
    }

    private static String none() {
        return "";
    }

    /** The command of that name. */
    public static Optional<AdmCommand> named(String verb) {
        return Arrays.stream(values()).filter(c -> c.verb.equals(verb)).findFirst();
    }

    /** The word on the command line. */
    public String verb() {
        return verb;
    }

    public Over over() {
        return over;
    }

    public Needs needs() {
        return needs;
    }

    /** The options that may be given on the command line and are handed on. */
    public List<OptionDefinition> options() {
        if (options.startsWith("@")) {
            return OptionTable.of(OptionGroup.valueOf(options.substring(1)));
        }
        List<OptionDefinition> named = new ArrayList<>();
        for (String name : options.isEmpty() ? new String[0] : options.split(" ", -1)) {
            named.add(OptionTable.get(OptionGroup.COMMAND, name));
        }
        return named;
    }
}
