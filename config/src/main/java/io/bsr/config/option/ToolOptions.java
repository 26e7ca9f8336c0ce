package io.bsr.config.option;

import static io.bsr.config.option.Rows.Unit.BYTES;
import static io.bsr.config.option.Rows.Unit.COUNT;
import static io.bsr.config.option.Rows.Unit.SECONDS;
import static io.bsr.config.option.Rows.Unit.SECTORS;
import static io.bsr.config.option.Rows.Unit.TENTHS;

import java.util.List;

/** Options that the tools keep for themselves; configuration-language reference, sections 9.5, 9.7 to 9.9. */
final class ToolOptions {
    private static final long UNLIMITED = Long.MAX_VALUE;

    private ToolOptions() {}

    static List<OptionDefinition> startup() {
        return new Rows(OptionGroup.STARTUP)
                .number("wfc-timeout", 0, 300000, 0, SECONDS, "how long to wait for peers; 0 is forever")
                .number("degr-wfc-timeout", 0, 300000, 0, SECONDS, "the same if the cluster was degraded; 0 is forever")
                .number(
                        "outdated-wfc-timeout",
                        0,
                        300000,
                        0,
                        SECONDS,
                        "the same if the peer was outdated; 0 is forever")
                .no("wait-after-sb", "keep waiting after split brain")
                .add("stacked-timeouts", new OptionType.Switch(), "kept for old files")
                .add("become-primary-on", new OptionType.Ignored(), "kept for old files")
                .allChange(Change.TOOLS)
                .rows();
    }

    static List<OptionDefinition> handlers() {
        return new Rows(OptionGroup.HANDLER)
                .text("pri-on-incon-degr", "a degraded Primary is inconsistent")
                .text("pri-lost-after-sb", "a Primary loses after split brain")
                .text("pri-lost", "a Primary would become the target of a resync")
                .text("initial-split-brain", "split brain found, before the policies")
                .text("split-brain", "split brain found and not resolved")
                .text("outdate-peer", "old name of fence-peer")
                .text("fence-peer", "the peer is to be fenced")
                .text("unfence-peer", "the peer is current again")
                .text("local-io-error", "the backing disk failed")
                .text("before-resync-target", "a resync towards this node is about to start")
                .text("after-resync-target", "a resync towards this node ended")
                .text("before-resync-source", "a resync from this node is about to start")
                .text("out-of-sync", "online verify found differences")
                .text("quorum-lost", "quorum is lost")
                .text("before-promote", "this node is about to become Primary")
                .text("after-promote", "this node became Primary")
                .text("before-demote", "this node is about to become Secondary")
                .text("after-demote", "this node became Secondary")
                .allChange(Change.TOOLS)
                .rows();
    }

    static List<OptionDefinition> proxy() {
        return new Rows(OptionGroup.PROXY)
                .number("memlimit", 0, UNLIMITED, 0, BYTES, "memory of the accelerator")
                .number("read-loops", 0, UNLIMITED, 0, COUNT, "reads in a row")
                .number("compression", 0, UNLIMITED, 0, COUNT, "compression level")
                .number("bwlimit", 0, UNLIMITED, 0, BYTES, "bandwidth limit")
                .clamped("sndbuf-size", 10485760, 1099511627775L, 0, BYTES, "size of the send buffer")
                .number("rcvbuf-size", 0, 10485760, 0, BYTES, "size of the receive buffer")
                .number("ping-timeout", 1, 300, 30, TENTHS, "time to answer a keep-alive packet")
                .allChange(Change.TOOLS)
                .rows();
    }

    static List<OptionDefinition> commands() {
        long sectors = 1L << 41;
        return new Rows(OptionGroup.COMMAND)
                .no("force", "do it although there are reasons not to")
                .add(
                        "skip-check-fs",
                        new OptionType.YesNo(false, true),
                        "do not check the file system before a forced promotion")
                .no("full-sync-on-fail", "synchronise everything if the file-system check fails")
                .no("full-sync", "synchronise everything")
                .no("tentative", "find out what a connect would do, and do not do it")
                .no("discard-my-data", "give up the local changes after split brain")
                .no("explain", "say what would change, why, and whether it is felt; change nothing")
                .no("skip-disk", "leave disks as they are")
                .no("skip-net", "leave connections as they are")
                .number("size", 0, sectors, 0, SECTORS, "how much of the disk to use; 0 is all of it")
                .no("assume-peer-has-space", "resize without asking the peers")
                .no("assume-clean", "do not synchronise the new part")
                .number("al-stripes", 1, 1024, 1, COUNT, "stripes of the activity log")
                .number("al-stripe-size-kB", 4, 16777216, 320, COUNT, "size of a stripe in KiB")
                .number("start", 0, sectors, 0, SECTORS, "where online verify begins")
                .number("stop", 0, sectors, 0, SECTORS, "where online verify ends")
                .no("auto-sync", "synchronise what online verify finds")
                .number("sync-from-peer-node-id", -1, 32, -1, COUNT, "node to take the data from")
                .no("use-current-oos", "synchronise only what is marked out of sync")
                .no("clear-bitmap", "forget what is marked out of sync")
                .no("no-rotate-bitmap", "keep the bitmap's generation identifier")
                .number("max-bio-size", 512, 1048576, 1048576, BYTES, "largest request")
                .no("diskless", "this node has no disk for the volume")
                .number("max-peers", 1, 32, 1, COUNT, "peers that the metadata has room for")
                .number("peer-max-bio-size", 0, 1048576, 0, BYTES, "largest request a peer can take")
                .no("set-defaults", "reset every option that is not given")
                .allChange(Change.TOOLS)
                .rows();
    }
}
