package io.bsr.core;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.Role;
import io.bsr.core.disk.AttachRequest;
import io.bsr.core.disk.Disk;
import io.bsr.core.disk.DiskLoader;
import io.bsr.core.generation.GenerationIdentifiers;
import io.bsr.metadata.BitmapLayout;
import io.bsr.metadata.DeviceFlag;
import io.bsr.metadata.PeerFlag;
import io.bsr.metadata.Superblock;
import org.jspecify.annotations.Nullable;

/** From a request to attach a disk to a disk that is in use, or to a refusal. */
final class Attaching {
    private final Volume volume;
    private final Resource resource;

    Attaching(Volume volume, Resource resource) {
        this.volume = volume;
        this.resource = resource;
    }

    void attach(AttachRequest request, Reply reply) {
        if (volume.diskState() != DiskState.DISKLESS) {
            request.close();
            reply.done(Outcome.of(ErrorCode.DISK_CONFIGURED, volume.label() + " has a disk"));
            return;
        }
        StateChange.imposed(resource, "attach")
                .disk(volume, DiskState.ATTACHING)
                .commit();
        DiskLoader.load(
                request,
                resource.nodeId(),
                resource.buffers(),
                volume,
                text -> resource.log(Events.Level.INFO, volume.label(), text),
                new DiskLoader.Done() {
                    @Override
                    public void loaded(Disk loaded, boolean crashed) {
                        finishAttach(loaded, crashed, reply);
                    }

                    @Override
                    public void refused(Outcome outcome) {
                        resource.log(Events.Level.ERROR, volume.label(), "attach failed: " + outcome.detail());
                        failed(outcome, reply);
                    }
                });
    }

    private void finishAttach(Disk loaded, boolean crashed, Reply reply) {
        Superblock superblock = loaded.superblock();
        superblock.nodeId = resource.nodeId().value();
        for (Connection c : resource.connections()) {
            int node = c.peer().value();
            if (!superblock.peer(node).hasSlot() && loaded.allocateSlot(node) < 0) {
                giveBack(
                        loaded,
                        Outcome.of(
                                ErrorCode.INVALID_REQUEST,
                                "the metadata have no free bitmap slot for node-id " + node
                                        + "; recreate them with more"
                                        + " max-peers, or forget-peer a node that is gone"),
                        reply);
                return;
            }
        }
        boolean primary = resource.role() == Role.PRIMARY;
        DiskState state = stored(superblock);
        long exposed = volume.generation().exposed();
        // A DRBD 8.4 that went on alone begins a generation by itself, and the news of it may be lost on the way.
        boolean seen = !volume.generation().wentOnWithoutDisk()
                && (exposed == 0 || GenerationIdentifiers.same(exposed, superblock.currentUuid));
        boolean comesBack = primary && (state != DiskState.UP_TO_DATE || !seen);
        long sectors = loaded.bitmap().bits() == 0
                ? 0
                : superblock.effectiveSectors > 0
                        ? Math.min(superblock.effectiveSectors, loaded.sectors())
                        : loaded.sectors();
        if (comesBack) {
            Outcome refusal = refusal(loaded, sectors, state);
            if (refusal != null) {
                giveBack(loaded, refusal, reply);
                return;
            }
            // Users' writes will mix with its old data.
            state = DiskState.INCONSISTENT;
            if (sectors > volume.sectors()) {
                sectors = volume.sectors();
                loaded.bitmap().shrink(BitmapLayout.bitsOfSectors(sectors));
            }
        }
        boolean crashedBefore = primary ? superblock.has(DeviceFlag.CRASHED_PRIMARY) : crashed;
        volume.adopt(loaded, sectors, crashedBefore);
        noteDegradedStart(superblock);
        if (crashedBefore) {
            for (int node = 0; node < Superblock.PEERS; node++) {
                if (superblock.peer(node).hasSlot()) {
                    superblock.peer(node).set(PeerFlag.CRASHED_PRIMARY_WORK_PENDING, true);
                }
            }
            resource.log(Events.Level.WARN, volume.label(), "this node was Primary when it stopped");
        }

        superblock.effectiveSectors = sectors;
        for (Connection c : resource.connections()) {
            PeerDevice p = c.peerDevice(volume);
            if (p != null) {
                p.comparedBefore = false;
                p.diskAttachedIn(c.connected() ? c.session() : null);
            }
        }
        StateChange.imposed(resource, "metadata read").disk(volume, state).commit();
        outdateIfAPeerHasNewerData();
        volume.persist();
        loaded.writer().persist(durable -> {
            reply.done(
                    durable ? Outcome.OK : Outcome.of(ErrorCode.META_IO_ERROR, "the superblock could not be written"));
            // The peers must compare generations anew, which happens when a connection is made.
            String reason = "a disk was attached: generations are compared anew";
            if (comesBack) {
                ReconnectUnderUsers.begin(resource, reason);
                return;
            }
            for (Connection c : resource.connections()) {
                if (c.connected()) {
                    c.fail(ConnectionState.NETWORK_FAILURE, reason);
                }
            }
        });
    }

    /** A disk that was loaded and is not used. */
    private void giveBack(Disk loaded, Outcome outcome, Reply reply) {
        loaded.close(() -> {});
        failed(outcome, reply);
    }

    private void failed(Outcome outcome, Reply reply) {
        StateChange.imposed(resource, "attach failed")
                .disk(volume, DiskState.DISKLESS)
                .commit();
        reply.done(outcome);
    }

    private static DiskState stored(Superblock superblock) {
        if (!superblock.has(DeviceFlag.CONSISTENT)) {
            return DiskState.INCONSISTENT;
        }
        return superblock.has(DeviceFlag.WAS_UP_TO_DATE) ? DiskState.UP_TO_DATE : DiskState.OUTDATED;
    }

    /** Why a disk that is behind cannot be attached under this Primary; {@code null} if it can. */
    private @Nullable Outcome refusal(Disk loaded, long sectors, DiskState state) {
        PeerDevice source = volume.goodPeer();
        if (source == null) {
            return Outcome.of(
                    ErrorCode.DATA_NOT_CURRENT,
                    "this node is Primary, the disk is "
                            + (state == DiskState.UP_TO_DATE ? "of another generation than the data in use" : state)
                            + ", and no UpToDate peer is connected to resynchronise it from. Connect the peer, or demote"
                            + " this node, and attach it then");
        }
        if (sectors < volume.sectors()) {
            return Outcome.of(
                    ErrorCode.DISK_TOO_SMALL,
                    "this node is Primary with a volume of " + volume.sectors() + " sectors, the disk offers " + sectors
                            + ". Attach a larger one, or demote this node and attach it then");
        }
        if (loaded.data().logicalBlockSize() > volume.logicalBlockSize()) {
            return Outcome.of(
                    ErrorCode.INVALID_REQUEST,
                    "this node is Primary with blocks of " + volume.logicalBlockSize()
                            + " bytes, those of the disk have " + loaded.data().logicalBlockSize()
                            + ". Demote this node, and attach it then");
        }
        return null;
    }

    /** Before the flags change: this node was Primary when it stopped, and a peer was not connected then. */
    private void noteDegradedStart(Superblock superblock) {
        for (Connection c : resource.connections()) {
            PeerDevice p = c.peerDevice(volume);
            if (p != null) {
                p.startedDegraded = superblock.has(DeviceFlag.PRIMARY_IND)
                        && !superblock.peer(c.peer().value()).has(PeerFlag.CONNECTED);
            }
        }
    }

    /**
     * A peer went on while this disk was detached: until both have compared and resynchronised, nobody may be promoted on
     * this copy. What a peer told counts also if it is out of reach now.
     */
    private void outdateIfAPeerHasNewerData() {
        if (resource.role() == Role.PRIMARY || volume.diskState() != DiskState.UP_TO_DATE) {
            return;
        }
        for (Connection c : resource.connections()) {
            PeerDevice p = c.peerDevice(volume);
            if (p != null && p.peerKnownToHaveNewerData()) {
                StateChange.imposed(resource, "the peer has newer data")
                        .disk(volume, DiskState.OUTDATED)
                        .commit();
            }
        }
    }
}
