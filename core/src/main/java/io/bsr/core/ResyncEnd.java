package io.bsr.core;

import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.core.disk.Disk;
import io.bsr.metadata.DeviceFlag;
import io.bsr.metadata.PeerEntry;
import io.bsr.metadata.PeerFlag;
import io.bsr.metadata.Superblock;
import io.bsr.wire.packet.Uuids110;

/** What both sides do when a resync is complete (wire-protocol reference, section 11.9). */
final class ResyncEnd {
    private final PeerDevice peerDevice;
    private final Resource resource;

    ResyncEnd(PeerDevice peerDevice, Resource resource) {
        this.peerDevice = peerDevice;
        this.resource = resource;
    }

    /** Every block is written: makes that durable, takes over the source's generation, and tells it. */
    void asTarget() {
        Disk disk = peerDevice.volume().disk();
        Uuids110 source = peerDevice.peerIdentifiers;
        PeerEntry entry = peerDevice.entry();
        if (disk == null || source == null || entry == null) {
            return;
        }
        Superblock superblock = disk.superblock();
        peerDevice.connection().protocol().resyncEndedAsTarget(peerDevice, superblock, source);
        superblock.setBitmapUuid(peerDevice.connection().peer().value(), 0, 0);
        entry.set(
                PeerFlag.FULL_SYNC
                        | PeerFlag.INIT_SYNCT_BEGIN
                        | PeerFlag.CRASHED_PRIMARY_WORK_PENDING
                        | PeerFlag.PRIMARY_IO_ERROR,
                false);
        peerDevice.discardMyData = false;
        DiskState good = peerDevice.peerDisk().compareTo(DiskState.CONSISTENT) >= 0
                ? DiskState.UP_TO_DATE
                : peerDevice.peerDisk();
        store(good);
    }

    /** A resync with this node as target is complete; its result must be durable before anybody hears of it. */
    private void store(DiskState good) {
        Volume volume = peerDevice.volume();
        Disk attached = volume.disk();
        Session session = peerDevice.connection().session();
        if (attached == null || session == null) {
            return;
        }
        attached.superblock().set(DeviceFlag.CONSISTENT, good.compareTo(DiskState.INCONSISTENT) > 0);
        attached.superblock().set(DeviceFlag.WAS_UP_TO_DATE, good.compareTo(DiskState.OUTDATED) > 0);
        volume.crashedPrimary(false);
        attached.superblock().set(DeviceFlag.CRASHED_PRIMARY, false);
        attached.writer().persist(durable -> {
            if (!durable || !session.alive || peerDevice.replication() != ReplicationState.SYNC_TARGET) {
                return;
            }
            if (peerDevice.outOfSyncBlocks() > 0) {
                peerDevice.resyncTarget().start(false);
                return;
            }
            if (session.protocol.tellsIdentifiersAfterResync()) {
                peerDevice.sendIdentifiers(0, 0);
            }
            StateChange.imposed(resource, "resync finished")
                    .replication(peerDevice, ReplicationState.ESTABLISHED)
                    .disk(volume, good)
                    .commit();
            resource.happened(new Happening.HandlerDue(
                    "after-resync-target", peerDevice.connection().peer().value(), volume.number()));
        });
    }

    /** P_STATE said that the target is done. */
    void asSource(DiskState targetDisk) {
        PeerEntry entry = peerDevice.entry();
        if (entry != null) {
            entry.set(PeerFlag.IN_PROGRESS_SYNC, false);
            if (peerDevice.outOfSyncBlocks() == 0) {
                entry.set(PeerFlag.PRIMARY_IO_ERROR, false);
            }
        }
        Disk disk = peerDevice.volume().disk();
        if (disk != null) {
            peerDevice.connection().protocol().resyncEndedAsSource(peerDevice, disk.superblock());
        }
        peerDevice.resyncSource().stop();
        StateChange.imposed(resource, "the target finished its resync")
                .replication(peerDevice, ReplicationState.ESTABLISHED)
                .peerDisk(peerDevice, targetDisk)
                .commit();
        resource.considerLeftovers(peerDevice);
    }
}
