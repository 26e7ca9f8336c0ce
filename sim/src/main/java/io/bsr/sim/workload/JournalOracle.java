package io.bsr.sim.workload;

import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.core.option.Protocol;
import io.bsr.sim.disk.SimDisk;
import io.bsr.sim.node.SimNode;
import io.bsr.sim.oracle.NodeView;
import io.bsr.sim.oracle.SectorContents;
import io.bsr.sim.oracle.SectorPattern;
import io.bsr.sim.oracle.Violation;
import io.bsr.sim.time.SimRandom;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * What must be found by whoever mounts a copy of a volume with a journaling file system on it:
 *
 * <ol>
 *   <li>Every copy that is not Inconsistent mounts at all times, also as a power failure now might leave it: whole
 *       transactions, none missing between two others, files as they were after the last of them (I8; I1 where users wrote on
 *       that very node).
 *   <li>A transaction whose fsync was answered is there on the disk of that node; under protocol C on that of the peer, too, if
 *       it was connected and UpToDate; under B in the process of the peer (I1).
 * </ol>
 *
 * <p>Nothing is demanded of a copy that was declared good by force while it was Inconsistent, until a file system is made
 * there anew; nor after errors of disks, until both copies were found equal.
 */
public final class JournalOracle {
    /** What was known when the request was submitted that makes a transaction durable. */
    record Fsync(int session, boolean peerCurrent, int peerStarts, boolean hadDisk) {}

    /** One copy. */
    private static final class Copy {
        /** What it must have on stable storage. */
        @Nullable Transaction durable;

        /** Under protocol B: what its process must have got. */
        @Nullable Transaction received;

        /** What the source had when the present resync to this copy began. */
        @Nullable Transaction promisedBySource;

        boolean inconsistent;
        boolean wasTarget;
        boolean declaredGood;

        /** A file system was made here, or is the source's, and nobody has taken other contents for good since. */
        boolean trusted;

        long errorsForgiven;

        void nothingPromised() {
            durable = null;
            received = null;
        }
    }

    private final int volume;
    private final JournalLayout layout;
    private final Protocol protocol;
    private final SimDisk[] data;
    private final SimDisk[] meta;
    private final NodeView[] views;
    private final SimNode[] nodes;
    private final Copy[] copies = {new Copy(), new Copy()};
    private final SimRandom random;
    private final JournalImage.Contents contents = new JournalImage.Contents();
    private final SectorContents[] sectors;

    private long mounts;

    /** An oracle for a volume that is blank. */
    public JournalOracle(
            int volume,
            JournalLayout layout,
            Protocol protocol,
            boolean synced,
            SimDisk[] data,
            SimDisk[] meta,
            NodeView[] views,
            SimNode[] nodes,
            SimRandom random) {
        this.random = random;
        this.volume = volume;
        this.layout = layout;
        this.protocol = protocol;
        this.data = data.clone();
        this.meta = meta.clone();
        this.views = views.clone();
        this.nodes = nodes;
        int size = layout.blocks() * JournalLayout.SECTORS;
        this.sectors = new SectorContents[] {
            new SectorContents(volume, size, data[0].current()), new SectorContents(volume, size, data[1].current())
        };
        for (Copy copy : copies) {
            copy.inconsistent = !synced;
            copy.trusted = synced;
        }
    }

    JournalLayout layout() {
        return layout;
    }

    JournalImage.Contents contents() {
        return contents;
    }

    /** How often images were examined. */
    public long mounts() {
        return mounts;
    }

    // ---- what happens to copies

    /** The view of a node has changed. */
    public void observe(int node) {
        Copy copy = copies[node];
        DiskState disk = views[node].disk(volume);
        boolean target = disk == DiskState.INCONSISTENT && isTarget(views[node].replication(volume));
        if (target && !copy.wasTarget) {
            Copy source = copies[1 - node];
            copy.promisedBySource = protocol == Protocol.C && !source.inconsistent ? source.durable : null;
        }
        boolean resynced = copy.wasTarget && views[node].connected();
        copy.wasTarget = target;
        if (disk == DiskState.INCONSISTENT && !copy.inconsistent) {
            copy.inconsistent = true;
            copy.nothingPromised();
            copies[1 - node].promisedBySource = null;
        } else if (copy.inconsistent && disk.atLeast(DiskState.OUTDATED) && disk != DiskState.UNKNOWN) {
            copy.inconsistent = false;
            // Whoever was cut off while a target may be what it was before, or the copy already.
            boolean source = copies[1 - node].trusted;
            copy.durable = resynced ? copy.promisedBySource : null;
            copy.trusted = !copy.declaredGood && source && (resynced || copy.trusted);
            copy.promisedBySource = null;
        }
    }

    private static boolean isTarget(ReplicationState state) {
        return switch (state) {
            case WF_BITMAP_T, SYNC_TARGET, PAUSED_SYNC_T -> true;
            default -> false;
        };
    }

    /** The process of a node is gone, its view is still the last one. */
    public void crashed(int node) {
        look("when n" + node + " was gone");
        copies[node].received = null;
        copies[node].promisedBySource = null;
        copies[node].wasTarget = false;
    }

    /** An administrator is about to declare a copy good, whatever it contains; or that was refused. */
    public void force(int node, boolean on) {
        copies[node].declaredGood = on && copies[node].inconsistent;
        copies[node].trusted &= !copies[node].declaredGood;
    }

    /** Both copies are equal and UpToDate: what disk errors have done is over, except in the contents. */
    public void converged() {
        boolean erred = errors(0) != copies[0].errorsForgiven || errors(1) != copies[1].errorsForgiven;
        boolean good = !erred && (copies[0].trusted || copies[1].trusted);
        for (int n = 0; n < 2; n++) {
            copies[n].trusted = good;
            copies[n].errorsForgiven = errors(n);
        }
    }

    /** The world has flipped bits of a copy, for a verify to find. */
    public void spoiled(int node) {
        copies[node].trusted = false;
    }

    private long errors(int node) {
        return data[node].errors() + meta[node].errors();
    }

    private boolean sure(int node) {
        return copies[node].trusted && errors(0) == copies[0].errorsForgiven && errors(1) == copies[1].errorsForgiven;
    }

    // ---- what users do

    /** A file system is being made: until it is there, an image may be anything. */
    void formatting() {
        for (Copy copy : copies) {
            copy.nothingPromised();
            copy.trusted = false;
        }
    }

    /** The file system with this first transaction is there. */
    void formatted(int node, Transaction first, Fsync begun) {
        copies[node].trusted = begun.hadDisk && good(node);
        // Under A and B parts of it may still be on their way to the peer, until both are found equal.
        copies[1 - node].trusted = protocol == Protocol.C && mirrored(node, begun);
        fsynced(node, first, begun);
    }

    Fsync beginFsync(int node) {
        NodeView view = views[node];
        return new Fsync(view.session(), view.peerCurrent(volume), nodes[1 - node].starts(), good(node));
    }

    private boolean good(int node) {
        return views[node].hasDisk(volume) && !copies[node].inconsistent;
    }

    /** The fsync of a transaction was answered with success. */
    void fsynced(int node, Transaction transaction, Fsync begun) {
        SimNode peer = nodes[1 - node];
        Copy other = copies[1 - node];
        if (begun.hadDisk && good(node)) {
            copies[node].durable = transaction;
        }
        boolean mirrored = mirrored(node, begun);
        if (mirrored && protocol == Protocol.C) {
            other.durable = transaction;
        } else if (mirrored && protocol == Protocol.B && peer.running() && peer.starts() == begun.peerStarts) {
            other.received = transaction;
        }
    }

    private boolean mirrored(int node, Fsync begun) {
        return begun.peerCurrent
                && views[node].peerCurrent(volume)
                && views[node].session() == begun.session
                && !copies[1 - node].inconsistent;
    }

    /** A user has read the whole volume to mount it. {@code null}: there is no file system that could be trusted. */
    @Nullable JournalMount mounted(int node, boolean hadDisk, JournalImage image) {
        mounts++;
        JournalMount mount = JournalMount.of(image, layout);
        if (!sure(good(node) ? node : 1 - node)) {
            return null;
        }
        String when = "mounted on n" + node + ", ";
        require(mount, when, node);
        if (hadDisk && good(node)) {
            require(mount, copies[node].durable, when);
            require(mount, copies[node].received, when);
        }
        return mount.head() == null ? null : mount;
    }

    // ---- looking at disks

    /** Examines each copy as it is, and as a power failure might leave it. */
    public void look(String when) {
        for (int n = 0; n < 2; n++) {
            if (good(n) && sure(n)) {
                mounts += 2;
                examine(n, now(n), when + ", the image of n" + n + " (" + views[n].disk(volume) + "), ");
                examine(
                        n,
                        afterPowerLoss(n),
                        when + ", what a power failure might leave of the image of n" + n + " (" + views[n].disk(volume)
                                + "), ");
            }
        }
    }

    private JournalImage now(int node) {
        JournalImage image = new JournalImage(contents, layout.blocks());
        for (int sector = 0; sector < layout.blocks() * JournalLayout.SECTORS; sector++) {
            image.put(sector, sectors[node].of(sector));
        }
        return image;
    }

    private JournalImage afterPowerLoss(int node) {
        double keep = random.pick(0.0, 0.2, 0.5, 0.8);
        byte[] bytes = data[node].readAfterPowerLoss(0, layout.blocks() * JournalLayout.BLOCK, keep, random);
        JournalImage image = now(node);
        BitSet cached = data[node].volatilePages();
        for (int page = cached.nextSetBit(0); page >= 0 && page < layout.blocks(); page = cached.nextSetBit(page + 1)) {
            for (int i = 0; i < JournalLayout.SECTORS; i++) {
                int sector = page * JournalLayout.SECTORS + i;
                image.put(sector, SectorPattern.identify(bytes, sector * SectorPattern.SECTOR, volume, sector));
            }
        }
        return image;
    }

    private void examine(int node, JournalImage image, String what) {
        JournalMount mount = JournalMount.of(image, layout);
        require(mount, what, node);
        require(mount, copies[node].durable, what);
    }

    private void require(JournalMount mount, String what, int node) {
        if (!mount.fault().isEmpty()) {
            throw new Violation(mount.writer() == node ? "I1" : "I8", text(what, mount) + ": " + mount.fault());
        }
    }

    private void require(JournalMount mount, @Nullable Transaction promised, String what) {
        Transaction head = mount.head();
        if (promised != null && (head == null || !head.includes(promised))) {
            throw new Violation("I1", text(what, mount) + ": " + promised + " is missing, whose fsync was answered");
        }
    }

    private String text(String what, JournalMount mount) {
        return "the journaling file system of volume " + volume + ", " + what
                + (mount.head() == null
                        ? "is not there"
                        : "ends with " + mount.head() + " (in its place up to " + mount.checkpoint() + ")");
    }
}
