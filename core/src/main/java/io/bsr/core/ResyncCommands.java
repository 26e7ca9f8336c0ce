package io.bsr.core;

import io.bsr.base.NodeId;
import io.bsr.base.VolumeNumber;
import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import org.jspecify.annotations.Nullable;

/** Starting, pausing and resuming a resync. */
final class ResyncCommands {
    private final Resource resource;

    ResyncCommands(Resource resource) {
        this.resource = resource;
    }

    void fullSync(VolumeNumber number, @Nullable NodeId peer, ReplicationState side, Reply reply) {
        Volume volume = resource.volume(number);
        if (volume == null) {
            reply.refuse(ErrorCode.MINOR_UNKNOWN, "there is no volume " + number);
            return;
        }
        PeerDevice p = null;
        for (Connection c : resource.connections()) {
            if (c.connected() && (peer == null || c.peer().equals(peer))) {
                p = c.peerDevice(volume);
            }
        }
        Session session = p == null ? null : p.connection().session();
        if (p == null || session == null) {
            reply.refuse(ErrorCode.NEED_CONNECTION, "no peer is connected");
            return;
        }
        if (side == ReplicationState.STARTING_SYNC_T && resource.role() == Role.PRIMARY) {
            reply.refuse(ErrorCode.INVALID_REQUEST, "this node is Primary; demote it before its data are discarded");
            return;
        }
        if (volume.diskState().compareTo(DiskState.INCONSISTENT) < 0) {
            reply.refuse(ErrorCode.NO_LOCAL_DISK, "the disk of " + volume.label() + " is " + volume.diskState());
            return;
        }
        PeerDevice chosen = p;
        ErrorCode verdict = change(chosen, side).test();
        if (!verdict.success()) {
            reply.refuse(verdict, "");
            return;
        }
        resource.clusterChange().startSync(session, volume, side, result -> {
            if (!result.code().success()) {
                reply.refuse(result.code(), "");
                return;
            }
            ErrorCode code = change(chosen, side).commit();
            reply.done(code.success() ? Outcome.OK : Outcome.of(code, ""));
        });
    }

    private StateChange change(PeerDevice p, ReplicationState side) {
        boolean target = side == ReplicationState.STARTING_SYNC_T;
        return StateChange.asked(resource, target ? "invalidate" : "invalidate-remote")
                .replication(p, side);
    }

    /** A connection that is made anew resyncs marked blocks, if it is certain whose data count. */
    Outcome resyncMarkedBlocks(NodeId peer, VolumeNumber number) {
        PeerDevice p = resource.peerDevice(peer, number);
        if (p == null) {
            return Outcome.of(ErrorCode.INVALID_REQUEST, "there is no such peer or volume");
        }
        if (p.replication() == ReplicationState.OFF) {
            return Outcome.of(ErrorCode.NEED_CONNECTION, "the peer is not connected");
        }
        if (p.replication() != ReplicationState.ESTABLISHED) {
            return Outcome.of(ErrorCode.RESYNC_RUNNING, "the replication state is " + p.replication());
        }
        DiskState mine = p.volume().diskState();
        if (mine.compareTo(DiskState.INCONSISTENT) <= 0) {
            return Outcome.of(
                    ErrorCode.NO_LOCAL_DISK, "the disk of " + p.volume().label() + " is " + mine);
        }
        if (!p.peerDisk().atLeast(DiskState.INCONSISTENT)) {
            return Outcome.of(ErrorCode.NO_REMOTE_DISK, "the peer's disk is " + p.peerDisk());
        }
        if (p.outOfSyncBlocks() == 0) {
            return Outcome.NOTHING_TO_DO;
        }
        boolean theirsIsBetter = p.peerDisk().compareTo(mine) >= 0;
        if (p.connection().peerRole() == Role.PRIMARY || (resource.role() != Role.PRIMARY && theirsIsBetter)) {
            return Outcome.of(
                    ErrorCode.INVALID_REQUEST,
                    "marked blocks do not say whose data count: make this node Primary, or resync everything");
        }
        p.connection()
                .fail(
                        ConnectionState.NETWORK_FAILURE,
                        p.outOfSyncBlocks() + " blocks are to be resynced; connecting anew for that");
        return Outcome.OK;
    }

    Outcome pause(NodeId peer, VolumeNumber number, boolean pause) {
        PeerDevice p = resource.peerDevice(peer, number);
        if (p == null) {
            return Outcome.of(ErrorCode.INVALID_REQUEST, "there is no such peer or volume");
        }
        if (p.pausedByUser() == pause) {
            return Outcome.of(pause ? ErrorCode.PAUSE_ALREADY_SET : ErrorCode.PAUSE_ALREADY_CLEAR, "");
        }
        ErrorCode code = StateChange.imposed(resource, pause ? "pause-sync" : "resume-sync")
                .pausedByUser(p, pause)
                .commit();
        return code.success() ? Outcome.OK : Outcome.of(code, "");
    }
}
