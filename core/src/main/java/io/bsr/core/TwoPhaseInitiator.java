package io.bsr.core;

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

/** The two-phase commit of a change that this node wants (wire-protocol reference, section 15.3). */
final class TwoPhaseInitiator {
    private static final int ROLE = StateWord.ROLE_MASK;

    /** A change this node asked for. */
    private static final class Own {
        final TwoPhaseRequest request;
        final int volume;
        final Session session;
        final boolean promotion;
        final Consumer<ClusterChange.Result> done;
        Timers.@Nullable Timer timer;

        Own(
                TwoPhaseRequest request,
                int volume,
                Session session,
                boolean promotion,
                Consumer<ClusterChange.Result> done) {
            this.request = request;
            this.volume = volume;
            this.session = session;
            this.promotion = promotion;
            this.done = done;
        }
    }

    private final Resource resource;
    private final ClusterChange changes;
    private @Nullable Own own;

    TwoPhaseInitiator(Resource resource, ClusterChange changes) {
        this.resource = resource;
        this.changes = changes;
    }

    boolean running() {
        return own != null;
    }

    /** Gives way to a change of a node with a lower id. */
    void giveWay() {
        Own mine = own;
        if (mine != null) {
            finish(mine, ErrorCode.CONCURRENT_STATE_CHANGE, 0, true);
        }
    }

    void connectionLost(Connection connection) {
        Own mine = own;
        if (mine != null && mine.session.connection == connection) {
            finish(mine, ErrorCode.CW_FAILED_BY_PEER, 0, true);
        }
    }

    /** Asks the peer at the other end of a finished handshake to be connected. */
    void connect(Session session, Consumer<ClusterChange.Result> done) {
        StateWord mask = StateWord.ZERO.withConn(StateWord.CONN_MASK).withRole(ROLE);
        StateWord value = StateWord.ZERO.withConn(ConnectionState.CONNECTED).withRole(resource.role());
        start(session, PacketHeader.CONNECTION, session.connection.peer().value(), mask, value, false, done);
    }

    /** Asks the peer to let this node become Primary. */
    void promote(Session session, boolean forced, Consumer<ClusterChange.Result> done) {
        StateWord mask = StateWord.ZERO.withRole(ROLE);
        StateWord value = StateWord.ZERO.withRole(Role.PRIMARY);
        if (forced) {
            mask = mask.withDisk(StateWord.DISK_MASK);
            value = value.withDisk(DiskState.UP_TO_DATE);
        }
        start(session, PacketHeader.CONNECTION, TwoPhaseRequest.NO_TARGET, mask, value, true, done);
    }

    void disconnect(Session session, Consumer<ClusterChange.Result> done) {
        StateWord mask = StateWord.ZERO.withConn(StateWord.CONN_MASK);
        StateWord value = StateWord.ZERO.withConn(ConnectionState.DISCONNECTING);
        start(session, PacketHeader.CONNECTION, session.connection.peer().value(), mask, value, false, done);
    }

    /** Asks for a resync of the whole volume, with this node as source or as target. */
    void startSync(Session session, Volume volume, ReplicationState side, Consumer<ClusterChange.Result> done) {
        StateWord mask = StateWord.ZERO.withConn(StateWord.CONN_MASK);
        StateWord value = StateWord.ZERO.withConn(side);
        start(session, volume.number(), session.connection.peer().value(), mask, value, false, done);
    }

    private void start(
            Session session,
            int volume,
            int target,
            StateWord mask,
            StateWord value,
            boolean promotion,
            Consumer<ClusterChange.Result> done) {
        if (changes.running()) {
            done.accept(new ClusterChange.Result(ErrorCode.CONCURRENT_STATE_CHANGE, 0));
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
        started.timer =
                resource.timers().schedule(changes.timeout(), () -> finish(started, ErrorCode.TIMEOUT, 0, true));
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
        running.done.accept(new ClusterChange.Result(code, primaries));
    }
}
