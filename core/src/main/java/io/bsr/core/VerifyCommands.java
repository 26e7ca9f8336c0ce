package io.bsr.core;

import io.bsr.base.NodeId;
import io.bsr.base.VolumeNumber;
import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;

/** What administrators ask for around online verify. */
final class VerifyCommands {
    private final Resource resource;

    VerifyCommands(Resource resource) {
        this.resource = resource;
    }

    /**
     * Begins to compare with a peer; the reply comes when that has begun.
     *
     * @param startSector first sector; negative: 0, or where the last verify was interrupted
     * @param stopSector the sector after the last one; negative: the end
     * @param autoSync resyncs at once what was found
     */
    void verify(NodeId peer, VolumeNumber number, long startSector, long stopSector, boolean autoSync, Reply reply) {
        PeerDevice p = resource.peerDevice(peer, number);
        if (p == null) {
            reply.done(Outcome.of(ErrorCode.INVALID_REQUEST, "there is no such peer or volume"));
            return;
        }
        Session session = p.connection().session();
        if (session == null || !p.connection().connected()) {
            reply.done(Outcome.of(ErrorCode.NEED_CONNECTION, "the peer is not connected"));
            return;
        }
        if (stopSector >= 0 && stopSector <= Math.max(0, startSector)) {
            reply.done(Outcome.of(
                    ErrorCode.INVALID_REQUEST,
                    "stop (" + stopSector + ") is not behind start (" + Math.max(0, startSector) + ")"));
            return;
        }
        boolean bothGood = p.volume().diskState() == DiskState.UP_TO_DATE && p.peerDisk() == DiskState.UP_TO_DATE;
        if (session.protocol.locksWhileVerifying() && !bothGood) {
            reply.done(Outcome.of(
                    ErrorCode.NO_UP_TO_DATE_DISK,
                    "a DRBD 8.4 verifies UpToDate disks only: they are "
                            + p.volume().diskState() + " here and " + p.peerDisk() + " there"));
            return;
        }
        ErrorCode verdict = change(p).test();
        if (!verdict.success()) {
            reply.done(Outcome.of(verdict, why(p, verdict)));
            return;
        }
        resource.clusterChange().startSync(session, p.volume(), ReplicationState.VERIFY_S, result -> {
            if (!result.code().success()) {
                reply.done(Outcome.of(result.code(), ""));
                return;
            }
            p.verifySource().plan(startSector, stopSector, autoSync);
            ErrorCode code = change(p).commit();
            reply.done(code.success() ? Outcome.OK : Outcome.of(code, why(p, code)));
        });
    }

    private StateChange change(PeerDevice p) {
        return StateChange.asked(resource, "verify").replication(p, ReplicationState.VERIFY_S);
    }

    private static String why(PeerDevice p, ErrorCode code) {
        return switch (code) {
            case NO_VERIFY_ALG -> "set verify-alg in section net of both nodes, and adjust";
            case NOT_SUPPORTED -> "both nodes are Primary: make one Secondary first";
            case RESYNC_RUNNING -> "the replication state is " + p.replication();
            default -> "";
        };
    }

    /** Ends a verify, whichever side began it. */
    Outcome stop(NodeId peer, VolumeNumber number) {
        PeerDevice p = resource.peerDevice(peer, number);
        if (p == null) {
            return Outcome.of(ErrorCode.INVALID_REQUEST, "there is no such peer or volume");
        }
        ReplicationState state = p.replication();
        if (state != ReplicationState.VERIFY_S && state != ReplicationState.VERIFY_T) {
            return Outcome.of(ErrorCode.VERIFY_NOT_RUNNING, "the replication state is " + state);
        }
        if (state == ReplicationState.VERIFY_T && p.connection().protocol().locksWhileVerifying()) {
            return Outcome.of(
                    ErrorCode.INVALID_REQUEST,
                    "a DRBD 8.4 that verifies cannot be told to stop: disconnect, or end it there");
        }
        ErrorCode code = StateChange.imposed(resource, "verify-stop")
                .replication(p, ReplicationState.ESTABLISHED)
                .commit();
        return code.success() ? Outcome.OK : Outcome.of(code, "");
    }
}
