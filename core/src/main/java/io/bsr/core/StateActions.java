package io.bsr.core;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.StateChange.ConnectionChange;
import io.bsr.core.StateChange.DiskChange;
import io.bsr.core.StateChange.PeerChange;
import io.bsr.core.StateChange.Transition;
import io.bsr.core.disk.Disk;
import io.bsr.metadata.PeerEntry;
import io.bsr.metadata.PeerFlag;
import io.bsr.metadata.Superblock;
import java.util.ArrayDeque;

/** What follows from a committed state change (state-machine reference, section 5), in the order of the commits. */
final class StateActions {
    private final Resource resource;
    private final ArrayDeque<Transition> queue = new ArrayDeque<>();
    private boolean running;

    StateActions(Resource resource) {
        this.resource = resource;
    }

    void committed(Transition transition) {
        queue.add(transition);
        resource.changed();
        if (running) {
            return;
        }
        running = true;
        try {
            for (Transition next = queue.poll(); next != null; next = queue.poll()) {
                act(next);
            }
        } finally {
            running = false;
        }
    }

    private void act(Transition t) {
        if (!t.peers().isEmpty() || !t.connections().isEmpty()) {
            resource.transferLog().closeEpoch();
        }
        resource.connections().forEach(c -> c.fencing().contactChanged(t));
        for (PeerChange change : t.peers()) {
            if (lostContact(change)) {
                newGeneration(change.peerDevice());
            }
        }
        for (DiskChange change : t.disks()) {
            Disk disk = change.volume().disk();
            if (change.became(DiskState.UP_TO_DATE)) {
                change.volume().generation().goodDiskGained();
            } else if (change.from() == DiskState.UP_TO_DATE && resource.role() == Role.PRIMARY && disk != null) {
                change.volume().generation().goodDiskLost(disk.superblock().currentUuid);
            }
            if (change.became(DiskState.UP_TO_DATE) && resource.role() == Role.PRIMARY) {
                // Contact may have been lost while the data here did not count.
                change.volume().generation().due();
            }
        }
        storeFlags(t);
        for (PeerChange change : t.peers()) {
            if (becameOnlyCopy(change)) {
                change.peerDevice().volume().generation().begin(false);
            }
        }
        for (PeerChange change : t.peers()) {
            if (change.diskFrom() == DiskState.UP_TO_DATE && change.diskTo() != DiskState.UP_TO_DATE) {
                resource.heldAnswers().peerDiskChanged(change.peerDevice());
            }
        }
        for (ConnectionChange change : t.connections()) {
            if (change.lostPeer()) {
                for (Volume volume : resource.volumes()) {
                    volume.lazyBitmap();
                }
            }
        }
        for (PeerChange change : t.peers()) {
            replicationActions(change);
        }
        for (PeerChange change : t.peers()) {
            bothGood(change.peerDevice());
        }
        tellPeers(t);
        if (t.demoted()) {
            for (Connection c : resource.connections()) {
                Session session = c.session();
                if (c.connected() && session != null) {
                    session.protocol.tellDemotion(c, session);
                }
            }
        }
        resource.connections().forEach(c -> c.fencing().settle(t));
    }

    /** This node is Primary with good data, and from now on a peer that had data does not get its writes. */
    private boolean lostContact(PeerChange change) {
        if (resource.role() != Role.PRIMARY || change.peerDevice().volume().diskState() != DiskState.UP_TO_DATE) {
            return false;
        }
        boolean had = change.from().atLeast(ReplicationState.ESTABLISHED)
                && change.diskFrom().atLeast(DiskState.INCONSISTENT)
                && change.diskFrom() != DiskState.UNKNOWN;
        boolean has = change.to().atLeast(ReplicationState.ESTABLISHED)
                && change.diskTo().atLeast(DiskState.INCONSISTENT)
                && change.diskTo() != DiskState.UNKNOWN;
        boolean returnsWithoutData = !change.from().atLeast(ReplicationState.ESTABLISHED)
                && change.to().atLeast(ReplicationState.ESTABLISHED)
                && (change.diskTo().compareTo(DiskState.FAILED) <= 0 || change.diskTo() == DiskState.OUTDATED);
        return (had && !has) || returnsWithoutData;
    }

    private static void newGeneration(PeerDevice p) {
        VolumeGeneration generation = p.volume().generation();
        generation.due();
        PeerEntry entry = p.entry();
        boolean sameGeneration = entry != null && entry.bitmapUuid == 0;
        if (sameGeneration && p.connection().protocol().resyncsDifferentGenerationsOnly() && p.outOfSyncBlocks() > 0) {
            generation.begin(false);
        }
    }

    /** A Primary has lost its disk, or comes without one, and expects this node to know that the disk is behind. */
    private static boolean becameOnlyCopy(PeerChange change) {
        PeerDevice p = change.peerDevice();
        boolean before = change.from().atLeast(ReplicationState.ESTABLISHED)
                && change.diskFrom().compareTo(DiskState.INCONSISTENT) < 0;
        return p.peerLacksDisk()
                && !before
                && p.volume().diskState() == DiskState.UP_TO_DATE
                && !p.connection().protocol().primaryBeginsGenerationWithoutDisk();
    }

    /** The flags in the superblocks follow the states; what changed must reach the disk. */
    private void storeFlags(Transition t) {
        for (Volume volume : resource.volumes()) {
            Disk disk = volume.disk();
            if (disk == null || volume.diskState() == DiskState.ATTACHING) {
                continue;
            }
            if (volume.onlyCopyForPeer()) {
                volume.generation().serves();
            }
            boolean changed = volume.updateFlags();
            for (PeerChange change : t.peers()) {
                if (change.peerDevice().volume() == volume) {
                    changed |= updatePeerFlags(change);
                }
            }
            if (changed) {
                volume.persist();
            }
        }
    }

    private static boolean updatePeerFlags(PeerChange change) {
        PeerEntry entry = change.peerDevice().entry();
        if (entry == null) {
            return false;
        }
        int before = entry.flags;
        DiskState peerDisk = change.diskTo();
        entry.set(PeerFlag.CONNECTED, change.to() != ReplicationState.OFF);
        entry.set(
                PeerFlag.FENCING,
                change.peerDevice().connection().options().fencing().calls());
        if (peerDisk != DiskState.UNKNOWN) {
            entry.set(PeerFlag.OUTDATED, peerDisk == DiskState.INCONSISTENT || peerDisk == DiskState.OUTDATED);
            if (peerDisk.atLeast(DiskState.INCONSISTENT)) {
                entry.set(PeerFlag.DEVICE_SEEN, true);
            }
        }
        if (StateRules.sourceSide(change.to()) && StateRules.syncing(change.to())) {
            entry.set(PeerFlag.IN_PROGRESS_SYNC, true);
        }
        return before != entry.flags;
    }

    private void replicationActions(PeerChange change) {
        PeerDevice p = change.peerDevice();
        p.stillBehind &= change.to() == ReplicationState.SYNC_SOURCE;
        if (change.entered(ReplicationState.STARTING_SYNC_S) || change.entered(ReplicationState.STARTING_SYNC_T)) {
            startFullSync(p, change.to());
        }
        if (change.entered(ReplicationState.WF_BITMAP_S)) {
            p.resyncSource().exchangeBegins();
            if (p.connection().protocol().stateBeforeBitmap()) {
                p.sendState();
            }
            if (change.from() != ReplicationState.STARTING_SYNC_S
                    || p.peerReplication == ReplicationState.WF_BITMAP_T) {
                p.bitmapExchange().send();
            } else {
                p.sendBitmapWhenTargetIsReady = true;
            }
        }
        if (change.entered(ReplicationState.WF_BITMAP_T) || change.entered(ReplicationState.WF_SYNC_UUID)) {
            p.resyncTarget().exchangeBegins();
        }
        if (change.entered(ReplicationState.SYNC_TARGET)) {
            p.resyncTarget().start(change.from() == ReplicationState.PAUSED_SYNC_T);
        } else if (change.left(ReplicationState.SYNC_TARGET)) {
            p.resyncTarget().stop();
        }
        if (change.left(ReplicationState.VERIFY_S)) {
            p.verifySource().stop();
        } else if (change.left(ReplicationState.VERIFY_T)) {
            p.verifyTarget().stop();
        }
        if (change.entered(ReplicationState.VERIFY_S)) {
            p.verifySource().start();
        } else if (change.entered(ReplicationState.VERIFY_T)) {
            p.verifyTarget().start();
        }
        if (StateRules.sourceSide(change.to())
                && StateRules.syncing(change.to())
                && !StateRules.syncing(change.from())) {
            p.resyncSource().start();
        }
        boolean over = change.from().compareTo(ReplicationState.ESTABLISHED) > 0
                && change.to().compareTo(ReplicationState.ESTABLISHED) <= 0;
        if (over) {
            p.volume().lazyBitmap();
            p.resyncSource().stop();
        }
    }

    /** Everything counts as different: first on disk, then the bitmaps are exchanged. */
    private void startFullSync(PeerDevice p, ReplicationState side) {
        Volume volume = p.volume();
        Disk disk = volume.disk();
        PeerEntry entry = p.entry();
        if (disk == null || entry == null) {
            return;
        }
        entry.set(PeerFlag.FULL_SYNC, true);
        disk.bitmap().setAll(p.slot());
        entry.set(PeerFlag.FULL_SYNC, false);
        disk.writer().persist(durable -> {
            Session session = p.connection().session();
            if (durable && p.replication() == side && session != null) {
                ReplicationState next = p.connection().protocol().afterMarkingAll(side);
                Runnable goOn = () -> {
                    StateChange.imposed(resource, "everything is marked")
                            .replication(p, next)
                            .commit();
                    markedAll(p);
                };
                if (StateRules.syncing(next)) {
                    p.beforeResync().asSource(session, goOn);
                } else {
                    goOn.run();
                }
            }
        });
    }

    /** Where there is no exchange of bitmaps after that, the resync begins. */
    private void markedAll(PeerDevice p) {
        Session session = p.connection().session();
        if (session != null && StateRules.syncing(p.replication()) && StateRules.sourceSide(p.replication())) {
            p.resyncSource().bitmapReceived();
            sourceBegins(p, session, session.protocol::letTargetBegin);
        }
        earlyStart(p);
    }

    /** The target has sent its bitmap: the resync begins, requests wait for the source's word. */
    void targetSentBitmap(PeerDevice p) {
        ReplicationState next = p.connection().protocol().targetAfterBitmap();
        Session session = p.connection().session();
        if (next == ReplicationState.SYNC_TARGET && session != null) {
            p.beforeResync().asTarget(session, () -> StateChange.imposed(resource, "bitmaps are merged")
                    .replication(p, next)
                    .disk(p.volume(), DiskState.INCONSISTENT)
                    .commit());
        } else {
            StateChange.imposed(resource, "bitmaps are merged")
                    .replication(p, next)
                    .commit();
        }
    }

    /** P_SYNC_UUID: the data that arrive from now on belong to this generation. */
    void sourceLetsBegin(PeerDevice p, long syncUuid) {
        if (p.volume().disk() == null) {
            return;
        }
        if (p.replication() != ReplicationState.WF_SYNC_UUID && p.replication() != ReplicationState.BEHIND) {
            p.earlySyncUuid = syncUuid;
            return;
        }
        Session session = p.connection().session();
        if (session != null) {
            p.beforeResync().asTarget(session, () -> beginAsTarget(p, syncUuid));
        }
    }

    private void beginAsTarget(PeerDevice p, long syncUuid) {
        Drbd84Protocol.syncUuid(p, p.volume().requireDisk().superblock(), syncUuid);
        StateChange.imposed(resource, "the source begins the resync")
                .replication(p, ReplicationState.SYNC_TARGET)
                .disk(p.volume(), DiskState.INCONSISTENT)
                .commit();
        p.resyncTarget().exchangeCompleted();
    }

    /**
     * The source has the target's bitmap. It says so, and with that lets the target begin, when it is on its own disk that a
     * resync is in progress: else a crash here could leave nothing that says that the target may have this generation.
     */
    void sourceHasBitmap(PeerDevice p, Session session) {
        p.beforeResync()
                .asSource(
                        session,
                        () -> becomeSource(p, session, "bitmaps are merged", session.protocol::letTargetBegin));
    }

    /**
     * A peer that has fallen behind may catch up: all that was sent has arrived, and it knows every block that it lacks. So
     * there is no exchange of bitmaps.
     */
    void behindCatchesUp(PeerDevice p, Session session) {
        p.resyncSource().bitmapReceived();
        p.stillBehind = true;
        becomeSource(p, session, "no longer congested", (behind, on) -> {
            behind.stillBehind = false;
            on.protocol.letBehindBegin(behind, on);
        });
    }

    /** The volume has grown: both have marked the same blocks. */
    void sourceOfNewSpace(PeerDevice p, Session session) {
        p.resyncSource().bitmapReceived();
        becomeSource(p, session, "the volume grew", session.protocol::letTargetBegin);
    }

    /** The volume grows: the new space comes from the peer when it says so. */
    void targetOfNewSpace(PeerDevice p) {
        if (p.replication() != ReplicationState.ESTABLISHED
                || p.peerDisk() != DiskState.UP_TO_DATE
                || VolumeResize.resyncDue(p)) {
            return;
        }
        StateChange.imposed(resource, "the volume grew")
                .replication(p, ReplicationState.WF_SYNC_UUID)
                .disk(p.volume(), DiskState.INCONSISTENT)
                .commit();
        earlyStart(p);
    }

    private void earlyStart(PeerDevice p) {
        Long early = p.earlySyncUuid;
        if (early != null && p.replication() == ReplicationState.WF_SYNC_UUID) {
            p.earlySyncUuid = null;
            sourceLetsBegin(p, early);
        }
    }

    /** How the target is told that it may begin. */
    private interface Start {
        void let(PeerDevice p, Session session);
    }

    private void becomeSource(PeerDevice p, Session session, String why, Start start) {
        StateChange.imposed(resource, why)
                .replication(p, ReplicationState.SYNC_SOURCE)
                .peerDisk(p, DiskState.INCONSISTENT)
                .commit();
        sourceBegins(p, session, start);
    }

    private void sourceBegins(PeerDevice p, Session session, Start start) {
        Disk disk = p.volume().disk();
        if (disk != null) {
            session.protocol.resyncBeginsAsSource(p, disk.superblock());
        }
        int beginning = ++p.beginnings;
        resource.whenStored(() -> {
            if (beginning == p.beginnings
                    && session.alive
                    && StateRules.sourceSide(p.replication())
                    && StateRules.syncing(p.replication())) {
                start.let(p, session);
                DiskState early = p.finishAtStart;
                if (early != null) {
                    p.finishAtStart = null;
                    p.resyncEnd().asSource(early);
                }
            }
        });
    }

    /** Both copies are good: a crash as Primary is no debt to this peer any more. */
    private void bothGood(PeerDevice p) {
        Volume volume = p.volume();
        PeerEntry entry = p.entry();
        Disk disk = volume.disk();
        if (entry == null
                || disk == null
                || !p.comparedBefore
                || p.replication() != ReplicationState.ESTABLISHED
                || volume.diskState() != DiskState.UP_TO_DATE
                || p.peerDisk() != DiskState.UP_TO_DATE) {
            return;
        }
        p.discardMyData = false;
        resource.sizeAgreement().considerRoom(p);
        boolean changed = entry.has(PeerFlag.CRASHED_PRIMARY_WORK_PENDING | PeerFlag.IN_PROGRESS_SYNC);
        entry.set(PeerFlag.CRASHED_PRIMARY_WORK_PENDING | PeerFlag.IN_PROGRESS_SYNC, false);
        Superblock superblock = disk.superblock();
        boolean pending = false;
        for (int node = 0; node < Superblock.PEERS; node++) {
            pending |= superblock.peer(node).has(PeerFlag.CRASHED_PRIMARY_WORK_PENDING);
        }
        if (volume.crashedPrimary() && !pending) {
            volume.crashedPrimary(false);
            changed = true;
        }
        if (changed) {
            volume.updateFlags();
            volume.persist();
        }
    }

    private void tellPeers(Transition t) {
        for (PeerChange change : t.peers()) {
            PeerDevice p = change.peerDevice();
            boolean own = p.connection().protocol().tells(change);
            if (p.connection().connected() && change.to().atLeast(ReplicationState.ESTABLISHED) && own) {
                p.sendState();
            }
        }
        if (t.promoted()) {
            // The promotion tells the new generation first, then the state.
            return;
        }
        for (DiskChange change : t.disks()) {
            for (Connection c : resource.connections()) {
                PeerDevice p = c.peerDevice(change.volume());
                boolean told = t.peers().stream()
                        .anyMatch(x -> x.peerDevice() == p
                                && x.from() != x.to()
                                && (change.to().compareTo(DiskState.FAILED) > 0
                                        || c.protocol().tells(x)));
                if (p != null
                        && c.state() == ConnectionState.CONNECTED
                        && p.initialStateSent
                        && !p.handshaking()
                        && !told) {
                    p.sendState();
                }
            }
        }
    }
}
