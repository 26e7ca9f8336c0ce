package io.bsr.core;

import io.bsr.base.NodeId;
import io.bsr.base.error.ErrorCode;
import io.bsr.base.port.Timers;
import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.wire.PacketHeader;
import io.bsr.wire.StateWord;
import io.bsr.wire.packet.TwoPhaseReply;
import io.bsr.wire.packet.TwoPhaseRequest;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Changes that the connected nodes must agree to: a two-phase commit (wire-protocol reference, section 15), here between
 * two nodes. At most one runs at a time; of two that cross, the one of the node with the lower id wins.
 */
final class ClusterChange {
    private static final long TENTH = 100_000_000L;
    private static final int ROLE = StateWord.ROLE_MASK;

    /** How a change ended, and what the peers told. */
    record Result(ErrorCode code, long primaryNodes) {
        boolean primary(NodeId node) {
            return (primaryNodes & node.mask()) != 0;
        }
    }

    /** A change this node asked for. */
    private static final class Own {
        final TwoPhaseRequest request;
        final int volume;
        final Session session;
        final boolean promotion;
        final Consumer<Result> done;
        Timers.@Nullable Timer timer;

        Own(TwoPhaseRequest request, int volume, Session session, boolean promotion, Consumer<Result> done) {
            this.request = request;
            this.volume = volume;
            this.session = session;
            this.promotion = promotion;
            this.done = done;
        }
    }

    /** A change the peer asked for and this node agreed to. */
    private record Remote(TwoPhaseRequest request, int volume, Session session, Timers.Timer timer) {}

    private final Resource resource;
    private @Nullable Own own;
    private @Nullable Remote remote;

    ClusterChange(Resource resource) {
        this.resource = resource;
    }

    private long timeout() {
        return resource.options().twoPhaseTimeout() * TENTH;
    }

    boolean running() {
        return own != null || remote != null;
    }

    // ------------------------------------------------------------------------------------------------ as initiator

    /** Asks the peer at the other end of a finished handshake to be connected. */
    void connect(Session session, Consumer<Result> done) {
        StateWord mask = StateWord.ZERO.withConn(StateWord.CONN_MASK).withRole(ROLE);
        StateWord value = StateWord.ZERO.withConn(ConnectionState.CONNECTED).withRole(resource.role());
        start(session, PacketHeader.CONNECTION, session.connection.peer().value(), mask, value, false, done);
    }

    /** Asks all connected peers to let this node become Primary; without any it is done at once. */
    void promote(boolean forced, Consumer<Result> done) {
        StateWord mask = StateWord.ZERO.withRole(ROLE);
        StateWord value = StateWord.ZERO.withRole(Role.PRIMARY);
        if (forced) {
            mask = mask.withDisk(StateWord.DISK_MASK);
            value = value.withDisk(DiskState.UP_TO_DATE);
        }
        Session session = anySession();
        if (session == null) {
            done.accept(new Result(ErrorCode.SUCCESS, 0));
        } else {
            start(session, PacketHeader.CONNECTION, TwoPhaseRequest.NO_TARGET, mask, value, true, done);
        }
    }

    void disconnect(Session session, Consumer<Result> done) {
        StateWord mask = StateWord.ZERO.withConn(StateWord.CONN_MASK);
        StateWord value = StateWord.ZERO.withConn(ConnectionState.DISCONNECTING);
        start(session, PacketHeader.CONNECTION, session.connection.peer().value(), mask, value, false, done);
    }

    /** Asks for a resync of the whole volume, with this node as source or as target. */
    void startSync(Session session, Volume volume, ReplicationState side, Consumer<Result> done) {
        StateWord mask = StateWord.ZERO.withConn(StateWord.CONN_MASK);
        StateWord value = StateWord.ZERO.withConn(side);
        start(session, volume.number(), session.connection.peer().value(), mask, value, false, done);
    }

    private @Nullable Session anySession() {
        for (Connection c : resource.connections()) {
            if (c.connected()) {
                return c.session();
            }
        }
        return null;
    }

    private void start(
            Session session,
            int volume,
            int target,
            StateWord mask,
            StateWord value,
            boolean promotion,
            Consumer<Result> done) {
        if (running()) {
            done.accept(new Result(ErrorCode.CONCURRENT_STATE_CHANGE, 0));
            return;
        }
        int tid = 0;
        while (tid == 0) {
            tid = (int) resource.entropy().nextLong();
        }
        long reach = ~(resource.nodeId().mask() | session.connection.peer().mask());
        TwoPhaseRequest request = TwoPhaseRequest.prepare(tid, resource.nodeId().value(), target, reach, mask, value);
        Own started = new Own(request, volume, session, promotion, done);
        own = started;
        started.timer = resource.timers().schedule(timeout(), () -> finish(started, ErrorCode.TIMEOUT, 0, true));
        session.send(volume, request);
    }

    void onReply(Session session, TwoPhaseReply reply) {
        Own running = own;
        if (running == null || running.session != session || reply.tid() != running.request.tid()) {
            return;
        }
        switch (reply.answer()) {
            case NO -> finish(running, ErrorCode.CW_FAILED_BY_PEER, reply.primaryNodes(), true);
            case RETRY -> finish(running, ErrorCode.CONCURRENT_STATE_CHANGE, 0, true);
            case YES -> {
                long primaries = reply.primaryNodes() & ~resource.nodeId().mask();
                boolean meetsPrimary = primaries != 0
                        && (running.promotion
                                || (resource.role() == Role.PRIMARY
                                        && running.request.value().conn() == ConnectionState.CONNECTED.number()));
                if (meetsPrimary) {
                    finish(running, ErrorCode.TWO_PRIMARIES, primaries, true);
                } else {
                    finish(running, ErrorCode.SUCCESS, primaries, false);
                }
            }
        }
    }

    private void finish(Own running, ErrorCode code, long primaries, boolean abort) {
        if (own != running) {
            return;
        }
        own = null;
        if (running.timer != null) {
            running.timer.cancel();
        }
        if (running.session.alive) {
            boolean selfPrimary = running.promotion || resource.role() == Role.PRIMARY;
            long all = primaries | (selfPrimary ? resource.nodeId().mask() : 0);
            running.session.send(running.volume, abort ? running.request.abort() : running.request.commit(all));
        }
        running.done.accept(new Result(code, primaries));
    }

    // ------------------------------------------------------------------------------------------------ as participant

    void onRequest(Session session, int volume, TwoPhaseRequest request, Handshake handshake) {
        switch (request.kind()) {
            case PREPARE -> onPrepare(session, volume, request, handshake);
            case PREPARE_RESIZE -> reply(session, volume, request, TwoPhaseReply.Answer.NO);
            case COMMIT -> onCommit(session, request);
            case ABORT -> onAbort(session, request);
        }
    }

    private void onPrepare(Session session, int volume, TwoPhaseRequest request, Handshake handshake) {
        Own mine = own;
        if (mine != null) {
            if (request.initiator() > resource.nodeId().value()) {
                reply(session, volume, request, TwoPhaseReply.Answer.RETRY);
                return;
            }
            finish(mine, ErrorCode.CONCURRENT_STATE_CHANGE, 0, true);
        }
        Remote running = remote;
        if (running != null) {
            if (running.request.tid() != request.tid()) {
                reply(session, volume, request, TwoPhaseReply.Answer.RETRY);
            }
            return;
        }
        TwoPhaseReply.Answer answer = answerTo(session, volume, request, handshake);
        if (answer == TwoPhaseReply.Answer.YES) {
            Timers.Timer timer = resource.timers().schedule(timeout() + timeout() / 4, () -> forget(request));
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
                if (p != null && mine != null) {
                    StateChange.asked(resource, "the peer started a full resync")
                            .replication(p, mine)
                            .commit();
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
                    }
                }
            }
            change.commit();
        }
    }

    private void onAbort(Session session, TwoPhaseRequest request) {
        Remote agreed = remote;
        if (agreed != null && agreed.request.tid() == request.tid() && agreed.session == session) {
            boolean splitBrain = meetsPrimary(agreed.request);
            forget(agreed.request);
            if (splitBrain) {
                session.connection.giveUp(Handshake.twoPrimaries());
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

    /** A change that needs the lost peer cannot come to its end. */
    void connectionLost(Connection connection) {
        Own mine = own;
        if (mine != null && mine.session.connection == connection) {
            finish(mine, ErrorCode.CW_FAILED_BY_PEER, 0, true);
        }
        Remote agreed = remote;
        if (agreed != null && agreed.session.connection == connection) {
            boolean splitBrain = meetsPrimary(agreed.request);
            forget(agreed.request);
            if (splitBrain) {
                resource.later(() -> connection.giveUp(Handshake.twoPrimaries()));
            }
        }
    }
}
