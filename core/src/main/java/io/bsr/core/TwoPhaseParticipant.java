package io.bsr.core;

import io.bsr.base.log.LogCategory;
import io.bsr.base.port.Timers;
import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.wire.StateWord;
import io.bsr.wire.packet.TwoPhaseReply;
import io.bsr.wire.packet.TwoPhaseRequest;
import org.jspecify.annotations.Nullable;

/** The two-phase commit of a change that the peer wants (wire-protocol reference, section 15.3). */
final class TwoPhaseParticipant {
    /** A change the peer asked for and this node agreed to. */
    private record Remote(TwoPhaseRequest request, int volume, Session session, Timers.Timer timer) {}

    private final Resource resource;
    private final ClusterChange changes;
    private final TwoPhaseInitiator initiator;
    private @Nullable Remote remote;

    TwoPhaseParticipant(Resource resource, ClusterChange changes, TwoPhaseInitiator initiator) {
        this.resource = resource;
        this.changes = changes;
        this.initiator = initiator;
    }

    boolean running() {
        return remote != null;
    }

    void onRequest(Session session, int volume, TwoPhaseRequest request, Handshake handshake) {
        switch (request.kind()) {
            case PREPARE -> onPrepare(session, volume, request, handshake);
            case PREPARE_RESIZE -> resource.sizeAgreement().onPrepare(session, volume, request);
            case COMMIT -> {
                if (!resource.sizeAgreement().onCommit(session, request)) {
                    onCommit(session, request);
                }
            }
            case ABORT -> {
                if (!resource.sizeAgreement().onAbort(session, request)) {
                    onAbort(session, request);
                }
            }
        }
    }

    private void onPrepare(Session session, int volume, TwoPhaseRequest request, Handshake handshake) {
        if (resource.sizeAgreement().running()) {
            reply(session, volume, request, TwoPhaseReply.Answer.RETRY);
            return;
        }
        if (initiator.running()) {
            if (request.initiator() > resource.nodeId().value()) {
                reply(session, volume, request, TwoPhaseReply.Answer.RETRY);
                return;
            }
            initiator.giveWay();
        }
        Remote running = remote;
        if (running != null) {
            if (running.request.tid() != request.tid()) {
                reply(session, volume, request, TwoPhaseReply.Answer.RETRY);
            }
            return;
        }
        TwoPhaseReply.Answer answer = answerTo(session, volume, request, handshake);
        if (answer == TwoPhaseReply.Answer.YES && resource.refusesChange()) {
            resource.log(
                    Events.Level.WARN,
                    session.connection.label(),
                    "a change of the cluster is refused on purpose (two_phase_commit_fail)");
            answer = TwoPhaseReply.Answer.NO;
        }
        resource.detail(
                LogCategory.TWOPC,
                session.connection.label(),
                "node " + request.initiator() + " prepares a change, tid " + request.tid() + ": " + answer);
        if (answer == TwoPhaseReply.Answer.YES) {
            Timers.Timer timer =
                    resource.timers().schedule(changes.timeout() + changes.timeout() / 4, () -> forget(request));
            remote = new Remote(request, volume, session, timer);
        }
        reply(session, volume, request, answer);
        if (answer == TwoPhaseReply.Answer.YES && meetsPrimary(request)) {
            resource.log(Events.Level.ERROR, session.connection.label(), Handshake.twoPrimaries());
        }
    }

    private boolean meetsPrimary(TwoPhaseRequest request) {
        return resource.role() == Role.PRIMARY
                && request.value().conn() == ConnectionState.CONNECTED.number()
                && request.value().role() == Role.PRIMARY.number();
    }

    private TwoPhaseReply.Answer answerTo(Session session, int volume, TwoPhaseRequest request, Handshake handshake) {
        StateWord mask = request.mask();
        StateWord value = request.value();
        Connection connection = session.connection;
        if (mask.conn() != 0) {
            if (value.conn() == ConnectionState.CONNECTED.number()) {
                return handshake.awaitsAgreement() ? TwoPhaseReply.Answer.YES : TwoPhaseReply.Answer.RETRY;
            }
            if (!connection.connected()) {
                return TwoPhaseReply.Answer.NO;
            }
            if (value.conn() == ConnectionState.DISCONNECTING.number()) {
                return TwoPhaseReply.Answer.YES;
            }
            return answerToSync(connection, volume, value.conn());
        }
        if (!connection.connected()) {
            return TwoPhaseReply.Answer.NO;
        }
        if (mask.role() != 0 && value.role() == Role.PRIMARY.number()) {
            if (resource.role() == Role.PRIMARY) {
                return TwoPhaseReply.Answer.NO;
            }
            for (PeerDevice p : connection.peerDevices()) {
                if (p.handshaking()) {
                    return TwoPhaseReply.Answer.RETRY;
                }
            }
        }
        return TwoPhaseReply.Answer.YES;
    }

    /** The peer wants to be source or target; this node would be the other side. */
    private TwoPhaseReply.Answer answerToSync(Connection connection, int volume, int side) {
        PeerDevice p = connection.peerDevice(volume);
        ReplicationState mine = mirrored(side);
        if (p == null || mine == null) {
            return TwoPhaseReply.Answer.NO;
        }
        if (p.handshaking()) {
            return TwoPhaseReply.Answer.RETRY;
        }
        boolean possible = StateChange.asked(resource, "asked by the peer")
                .replication(p, mine)
                .test()
                .success();
        boolean overwritesPrimary = mine == ReplicationState.STARTING_SYNC_T && resource.role() == Role.PRIMARY;
        return possible && !overwritesPrimary ? TwoPhaseReply.Answer.YES : TwoPhaseReply.Answer.NO;
    }

    private static @Nullable ReplicationState mirrored(int side) {
        if (side == ReplicationState.STARTING_SYNC_S.number()) {
            return ReplicationState.STARTING_SYNC_T;
        }
        if (side == ReplicationState.VERIFY_S.number()) {
            return ReplicationState.VERIFY_T;
        }
        return side == ReplicationState.STARTING_SYNC_T.number() ? ReplicationState.STARTING_SYNC_S : null;
    }

    private void reply(Session session, int volume, TwoPhaseRequest request, TwoPhaseReply.Answer answer) {
        boolean connects = request.value().conn() == ConnectionState.CONNECTED.number();
        boolean disconnects = request.value().conn() == ConnectionState.DISCONNECTING.number();
        long self = resource.nodeId().mask();
        long initiator = 1L << request.initiator();
        long reachable = self;
        for (Connection c : resource.connections()) {
            if (c.connected()) {
                reachable |= c.peer().mask();
            }
        }
        reachable = disconnects ? reachable & ~initiator : connects ? reachable | initiator : reachable;
        boolean primary = resource.role() == Role.PRIMARY;
        session.sendControl(
                volume,
                new TwoPhaseReply(
                        answer,
                        request.tid(),
                        request.initiator(),
                        reachable,
                        primary ? self : 0,
                        primary ? ~reachable : 0));
    }

    private void onCommit(Session session, TwoPhaseRequest request) {
        Remote agreed = remote;
        if (agreed == null || agreed.request.tid() != request.tid() || agreed.session != session) {
            outOfStep(session);
            return;
        }
        remote = null;
        agreed.timer.cancel();
        Connection connection = session.connection;
        StateWord mask = agreed.request.mask();
        StateWord value = agreed.request.value();
        boolean initiatorPrimary = (request.primaryNodes() & connection.peer().mask()) != 0;
        if (mask.conn() != 0) {
            if (value.conn() == ConnectionState.CONNECTED.number()) {
                connection.connected(initiatorPrimary ? Role.PRIMARY : Role.SECONDARY);
            } else if (value.conn() == ConnectionState.DISCONNECTING.number()) {
                connection.peerDisconnects();
            } else {
                PeerDevice p = connection.peerDevice(agreed.volume);
                ReplicationState mine = mirrored(value.conn());
                boolean followed = p != null
                        && mine != null
                        && StateChange.asked(resource, "the peer started it")
                                .replication(p, mine)
                                .commit()
                                .success();
                if (!followed) {
                    outOfStep(session);
                }
            }
        } else if (mask.role() != 0 && value.role() == Role.PRIMARY.number()) {
            StateChange change =
                    StateChange.imposed(resource, "the peer was promoted").peerRole(connection, Role.PRIMARY);
            if (mask.disk() != 0 && value.disk() == DiskState.UP_TO_DATE.number()) {
                for (PeerDevice p : connection.peerDevices()) {
                    if (p.replication() != ReplicationState.OFF) {
                        change.peerDisk(p, DiskState.UP_TO_DATE);
                        p.considerResync = true;
                        p.awaitsIdentifiers = true;
                    }
                }
            }
            change.commit();
        }
    }

    /**
     * The initiator has done what this node no longer does, as when it stood still between the answer and the commit: a
     * handshake brings both to states that fit.
     */
    private static void outOfStep(Session session) {
        session.connection.failAndRetry("the peer committed a change that this node has given up waiting for");
    }

    private void onAbort(Session session, TwoPhaseRequest request) {
        Remote agreed = remote;
        if (agreed != null && agreed.request.tid() == request.tid() && agreed.session == session) {
            boolean splitBrain = meetsPrimary(agreed.request);
            forget(agreed.request);
            if (splitBrain) {
                session.connection.giveUp(Handshake.twoPrimaries(), ConnectionError.SPLIT_BRAIN);
            }
        }
    }

    private void forget(TwoPhaseRequest request) {
        Remote agreed = remote;
        if (agreed != null && agreed.request.tid() == request.tid()) {
            remote = null;
            agreed.timer.cancel();
        }
    }

    void connectionLost(Connection connection) {
        Remote agreed = remote;
        if (agreed != null && agreed.session.connection == connection) {
            boolean splitBrain = meetsPrimary(agreed.request);
            forget(agreed.request);
            if (splitBrain) {
                resource.later(() -> connection.giveUp(Handshake.twoPrimaries(), ConnectionError.SPLIT_BRAIN));
            }
        }
    }
}
