package io.bsr.core;

import io.bsr.base.state.DiskState;
import io.bsr.base.state.Role;
import io.bsr.core.disk.Disk;
import io.bsr.metadata.DeviceFlag;
import io.bsr.metadata.Superblock;

/** What a superblock says of the states of its volume (state-machine reference, section 5). */
final class StoredFlags {
    private StoredFlags() {}

    /** Sets the superblock's flags as the states say; true if that changed them. */
    static boolean update(Volume volume, Resource resource) {
        Disk attached = volume.disk();
        if (attached == null) {
            return false;
        }
        Superblock superblock = attached.superblock();
        int before = superblock.flags;
        superblock.set(DeviceFlag.AL_CLEAN, false);
        superblock.set(DeviceFlag.AL_DISABLED, !attached.options().activityLogUpdates());
        // The activity log counts after a crash: it covers writes of this node's users, or those of a peer without
        // disk. It does until all that is in flight has ended, or is marked.
        superblock.set(
                DeviceFlag.PRIMARY_IND,
                (resource.role() == Role.PRIMARY || volume.onlyCopyForPeer()) && !volume.leftInOrder());
        superblock.set(DeviceFlag.CRASHED_PRIMARY, volume.crashedPrimary());
        if (volume.diskState().atLeast(DiskState.INCONSISTENT) && volume.diskState() != DiskState.UNKNOWN) {
            superblock.set(DeviceFlag.CONSISTENT, volume.diskState().compareTo(DiskState.INCONSISTENT) > 0);
            superblock.set(DeviceFlag.WAS_UP_TO_DATE, volume.diskState().compareTo(DiskState.OUTDATED) > 0);
        }
        boolean goodElsewhere = volume.goodPeer() != null;
        boolean peerGoesOn = resource.peerIsPrimary() && goodElsewhere;
        boolean peerIsAhead = (volume.diskState() == DiskState.FAILED || volume.diskState() == DiskState.DETACHING)
                && resource.role() == Role.PRIMARY
                && goodElsewhere;
        if (peerIsAhead || (volume.diskState().compareTo(DiskState.FAILED) <= 0 && peerGoesOn)) {
            superblock.set(DeviceFlag.WAS_UP_TO_DATE, false);
        }
        if (resource.role() == Role.PRIMARY) {
            superblock.set(DeviceFlag.LAST_PRIMARY, true);
        } else if (resource.peerIsPrimary()) {
            superblock.set(DeviceFlag.LAST_PRIMARY, false);
        }
        boolean primary = resource.role() == Role.PRIMARY;
        long current = superblock.currentUuid;
        if (current != Superblock.UUID_JUST_CREATED) {
            superblock.currentUuid = primary ? current | Superblock.UUID_PRIMARY : current & ~Superblock.UUID_PRIMARY;
        }
        return before != superblock.flags || current != superblock.currentUuid;
    }
}
