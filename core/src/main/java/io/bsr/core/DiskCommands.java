package io.bsr.core;

import io.bsr.base.VolumeNumber;
import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.disk.AttachRequest;
import io.bsr.core.disk.Disk;

/** Attach, detach, outdate. */
final class DiskCommands {
    private final Resource resource;
    private final TakingDown takingDown;

    DiskCommands(Resource resource, TakingDown takingDown) {
        this.resource = resource;
        this.takingDown = takingDown;
    }

    void attach(VolumeNumber number, AttachRequest request, Reply reply) {
        Volume volume = resource.volume(number);
        if (volume == null) {
            request.close();
            reply.refuse(ErrorCode.MINOR_UNKNOWN, "there is no volume " + number);
        } else if (takingDown.inProgress()) {
            request.close();
            reply.refuse(ErrorCode.IN_TRANSIENT_STATE, TakingDown.IN_PROGRESS);
        } else {
            volume.options = request.options().given();
            new Attaching(volume, resource).attach(request, reply);
        }
    }

    void detach(VolumeNumber number, boolean force, Reply reply) {
        Volume volume = resource.volume(number);
        if (volume == null) {
            reply.refuse(ErrorCode.MINOR_UNKNOWN, "there is no volume " + number);
            return;
        }
        if (volume.diskState() == DiskState.ATTACHING || volume.diskState() == DiskState.DETACHING) {
            reply.refuse(ErrorCode.IN_TRANSIENT_STATE, "the disk of " + volume.label() + " is " + volume.diskState());
            return;
        }
        if (volume.disk() == null) {
            reply.done(Outcome.NOTHING_TO_DO);
            return;
        }
        if (resource.role() == Role.PRIMARY && !force) {
            reply.refuse(
                    ErrorCode.CONNECTED_DISKLESS,
                    "this node is Primary. Demote it first, or use --force: its users then go on with the disk of an UpToDate"
                            + " peer, if one is connected");
            return;
        }
        if (resource.sizeAgreement().running() || volume.resize().running()) {
            // What the other node grows by comes from this disk.
            reply.refuse(
                    ErrorCode.CONCURRENT_STATE_CHANGE, "the nodes are agreeing on the size of a volume; try again");
            return;
        }
        String needed = force ? null : LastGoodData.on(volume, resource);
        if (needed != null) {
            reply.refuse(ErrorCode.NO_UP_TO_DATE_DISK, needed);
            return;
        }
        detach(volume, () -> reply.done(Outcome.OK));
    }

    void detach(Volume volume, Runnable then) {
        StateChange.imposed(resource, "detach")
                .disk(volume, DiskState.DETACHING)
                .commit();
        volume.afterQuiet(() -> {
            volume.markUnsafeWrites();
            Disk disk = volume.disk();
            if (disk == null) {
                then.run();
            } else {
                volume.leaveInOrder();
                disk.writer().persist(durable -> releaseDetached(volume, then));
            }
        });
    }

    private static void releaseDetached(Volume volume, Runnable then) {
        if (volume.disk() == null) {
            then.run();
        } else {
            volume.release("detach", then);
        }
    }

    void outdate(VolumeNumber number, Reply reply) {
        Volume volume = resource.volume(number);
        if (volume == null) {
            reply.refuse(ErrorCode.MINOR_UNKNOWN, "there is no volume " + number);
            return;
        }
        if (resource.role() == Role.PRIMARY || resource.peerIsPrimary()) {
            reply.refuse(ErrorCode.CONNECTED_OUTDATES, "the data are in use");
            return;
        }
        if (comparedWithPeer(volume)) {
            reply.refuse(ErrorCode.CONNECTED_OUTDATES, "a peer of the DRBD 8.4 family is connected");
            return;
        }
        ErrorCode code = StateChange.asked(resource, "outdate")
                .disk(volume, DiskState.OUTDATED)
                .commit();
        if (!code.success()) {
            reply.refuse(code, "the disk is " + volume.diskState());
            return;
        }
        resource.whenStored(() -> reply.done(code == ErrorCode.NOTHING_TO_DO ? Outcome.NOTHING_TO_DO : Outcome.OK));
    }

    /** State-machine reference 3.3, 4.2: such a peer takes a disk that is not its target for UpToDate. */
    private boolean comparedWithPeer(Volume volume) {
        for (Connection c : resource.connections()) {
            PeerDevice p = c.peerDevice(volume);
            if (p != null
                    && p.replication().atLeast(ReplicationState.ESTABLISHED)
                    && !StateRules.targetSide(p.replication())
                    && c.protocol().equalGenerationsAreUpToDate()) {
                return true;
            }
        }
        return false;
    }
}
