package io.bsr.config.option;

import static io.bsr.config.option.Rows.Unit.BLOCKS;
import static io.bsr.config.option.Rows.Unit.BYTES;
import static io.bsr.config.option.Rows.Unit.COUNT;
import static io.bsr.config.option.Rows.Unit.MILLIS;
import static io.bsr.config.option.Rows.Unit.RATE;
import static io.bsr.config.option.Rows.Unit.SECTORS;
import static io.bsr.config.option.Rows.Unit.TENTHS;

import java.util.List;

/** The options of resources, nodes, disks and peer devices; configuration-language reference, sections 9.1, 9.2, 9.4, 9.6. */
final class EngineOptions {
    private static final String STRIPINGS =
            "32K-striping|64K-striping|128K-striping|256K-striping|512K-striping|1M-striping";

    private EngineOptions() {}

    static List<OptionDefinition> resource() {
        var quorum = new OptionType.ChoiceOrNumber(List.of("off", "majority", "all"), 1, 32, "off");
        return new Rows(OptionGroup.RESOURCE)
                .text("cpu-mask", "processors for the resource's threads, a hexadecimal mask")
                .choice(
                        "on-no-data-accessible",
                        "io-error",
                        "io-error|suspend-io",
                        "answer to I/O without current data")
                .number("peer-ack-window", 2048, 204800, 4096, SECTORS, "amount after which peers learn what all have")
                .number("peer-ack-delay", 1, 10000, 100, MILLIS, "idle time after which peers learn what all have")
                .number("twopc-timeout", 50, 600, 50, TENTHS, "limit of a cluster-wide state change")
                .number("twopc-retry-timeout", 1, 50, 1, TENTHS, "pause before such a change is tried again")
                .number("max-io-depth", 4, 2147483647L, 1000, COUNT, "requests in flight that count as congestion")
                .add("quorum", quorum, "nodes that must be reachable for writing")
                .choice("on-no-quorum", "suspend-io", "io-error|suspend-io", "answer to I/O without quorum")
                .number("max-req-write-count", 10000, 1000000, 100000, COUNT, "limit of unfinished write requests")
                .choice("on-req-write-congestion", "disconnect", "disconnect|block", "reaction at that limit")
                .number("accelbuf-size", 0, 2147483648L, 10485760, BYTES, "buffer for early local completion; 0 is off")
                .number("max-accelbuf-blk-size", 512, 1048576, 4096, BYTES, "largest write that may use that buffer")
                .no("persist-role", "remember the role and take it again at up")
                .choice("attach", "auto", "auto|nbd|fuse|none", "how a volume becomes a block device on the Primary")
                .changes(Change.NEXT_PROMOTION)
                .ours()
                .rows();
    }

    static List<OptionDefinition> node() {
        return new Rows(OptionGroup.NODE)
                .yes("svc-auto-up", "the service brings this resource up on this node")
                .changes(Change.TOOLS)
                .yes("svc-auto-down", "the service takes this resource down on this node")
                .changes(Change.TOOLS)
                .no("target-only", "this node may never become the source of a resync")
                .derived("node-name", "name of this node towards its peers")
                .derived("group", "group of hosts this node belongs to")
                .rows();
    }

    static List<OptionDefinition> disk() {
        String balancing = "prefer-local|prefer-remote|round-robin|least-pending|when-congested-remote|" + STRIPINGS;
        String onIoError = "pass_on|call-local-io-error|detach|passthrough";
        return new Rows(OptionGroup.DISK)
                .number("size", 0, 1L << 41, 0, SECTORS, "how much of the disk to use; 0 is all of it")
                .changes(Change.RESIZE)
                .choice("on-io-error", "passthrough", onIoError, "reaction to an error of the backing disk")
                .number("max-passthrough-count", 0, 100000, 100, COUNT, "errors until passthrough detaches; 0 is never")
                .onWindows("0")
                .no("disk-barrier", "separate write epochs by barriers")
                .linuxOnly()
                .no("disk-flushes", "separate write epochs by flushes")
                .yes("disk-drain", "separate write epochs by waiting for the writes before")
                .linuxOnly()
                .yes("md-flushes", "flush the metadata device")
                .linuxOnly()
                .add("resync-after", new OptionType.VolumeReference(), "volume whose resync goes first")
                .clamped("al-extents", 67, 65534, 6001, COUNT, "size of the activity log in extents of 4 MiB")
                .changes(Change.ATTACH)
                .yes("al-updates", "maintain the activity log")
                .yes("discard-zeroes-if-aligned", "trust aligned discards to read back as zeroes")
                .yes("disable-write-same", "do not offer WRITE_SAME")
                .number("disk-timeout", 0, 6000, 0, TENTHS, "limit of a request to the backing disk; 0 is none")
                .choice("read-balancing", "prefer-local", balancing, "which node answers reads")
                .number("rs-discard-granularity", 0, 1048576, 0, BYTES, "unit in which resync may discard; 0 is off")
                .rows();
    }

    static List<OptionDefinition> peerDevice() {
        return new Rows(OptionGroup.PEER_DEVICE)
                .number("resync-rate", 1, 4194304, 250, RATE, "fixed speed of resync, or the speed to start with")
                .number("c-plan-ahead", 0, 300, 20, TENTHS, "how far the resync controller looks ahead; 0 is off")
                .number("c-delay-target", 1, 100, 10, TENTHS, "delay it aims at when c-fill-target is 0")
                .number("c-fill-target", 0, 1048576, 100, SECTORS, "amount in flight it aims at")
                .number("c-max-rate", 250, 4194304, 5120, RATE, "highest speed of resync")
                .number("c-min-rate", 0, 4194304, 250, RATE, "speed resync keeps beside writes; 0 does not throttle")
                .number("ov-req-num", 1, 256, 10, BLOCKS, "size of an online-verify request in blocks of 4 KiB")
                .number("ov-req-interval", 1, 5000, 100, MILLIS, "pause between online-verify requests")
                .add("resync-ratio", new OptionType.Ratio(), "how replication and resync share a saturated link")
                .rows();
    }
}
