package io.bsr.core;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.port.Timers;
import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.wire.DiskNumbering;
import io.bsr.wire.ReturnCode;
import io.bsr.wire.StateWord;
import io.bsr.wire.packet.ConnectionStateChangeReply;
import io.bsr.wire.packet.ConnectionStateChangeRequest;
import io.bsr.wire.packet.SessionPacket;
import io.bsr.wire.packet.StateChangeReply;
import io.bsr.wire.packet.StateChangeRequest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Changes that DRBD 8.4 has to agree to (wire-protocol reference, section 15.1): a request in the sender's view, checked,
 * applied and answered by the peer; with a yes the sender applies it too. Of two that cross, the node that accepted the
 * control stream refuses the other's.
 */
final class OneStepChange {
    /** A change this node asked for. A promotion is asked for each volume, one after the other. */
    private static final class Own {
        final Session session;
        final boolean wholeConnection;
        final Deque<Integer> volumes;
        final StateWord mask;
        final StateWord value;
        final Consumer<ClusterChange.Result> done;
        Timers.@Nullable Timer timer;

        Own(
                Session session,
                boolean wholeConnection,
                Deque<Integer> volumes,
                StateWord mask,
                StateWord value,
                Consumer<ClusterChange.Result> done) {
            this.session = session;
            this.wholeConnection = wholeConnection;
            this.volumes = volumes;
            this.mask = mask;
            this.value = value;
            this.done = done;
        }
    }

    private final Resource resource;
    private final ClusterChange changes;
    private @Nullable Own own;

    OneStepChange(Resource resource, ClusterChange changes) {
        this.resource = resource;
        this.changes = changes;
    }

    boolean running() {
        return own != null;
    }

    // ------------------------------------------------------------------------------------------------ as requester

    void promote(Session session, boolean forced, Consumer<ClusterChange.Result> done) {
        StateWord mask = StateWord.ZERO.withRole(StateWord.ROLE_MASK);
        StateWord value = StateWord.ZERO.withRole(Role.PRIMARY);
        if (forced) {
            mask = mask.withDisk(StateWord.DISK_MASK);
            value = value.withDisk(DiskState.UP_TO_DATE);
        }
        Deque<Integer> volumes = new ArrayDeque<>();
        for (PeerDevice p : session.connection.peerDevices()) {
            if (p.replication() != ReplicationState.OFF) {
                volumes.add(p.volume().number());
            }
        }
        start(new Own(session, false, volumes, mask, value, done));
    }

    void disconnect(Session session, Consumer<ClusterChange.Result> done) {
        StateWord mask = StateWord.ZERO.withConn(StateWord.CONN_MASK);
        StateWord value = StateWord.ZERO.withConn(ConnectionState.DISCONNECTING);
        start(new Own(session, true, new ArrayDeque<>(), mask, value, done));
    }

    void startSync(Session session, Volume volume, ReplicationState side, Consumer<ClusterChange.Result> done) {
        StateWord mask = StateWord.ZERO.withConn(StateWord.CONN_MASK);
        StateWord value = StateWord.ZERO.withConn(side);
        Deque<Integer> volumes = new ArrayDeque<>();
        volumes.add(volume.number());
        start(new Own(session, false, volumes, mask, value, done));
    }

    private void start(Own started) {
        if (changes.running()) {
            started.done.accept(new ClusterChange.Result(ErrorCode.CONCURRENT_STATE_CHANGE, 0));
            return;
        }
        own = started;
        ask(started);
    }

    private void ask(Own asking) {
        if (!asking.wholeConnection && asking.volumes.isEmpty()) {
            finish(asking, ErrorCode.SUCCESS);
            return;
        }
        if (asking.timer != null) {
            asking.timer.cancel();
        }
        asking.timer = resource.timers().schedule(changes.timeout(), () -> finish(asking, ErrorCode.TIMEOUT));
        StateWord value = asking.value.renumbered(DiskNumbering.CLASSIC);
        if (asking.wholeConnection) {
            asking.session.send(0, new ConnectionStateChangeRequest(asking.mask, value));
        } else {
            asking.session.send(asking.volumes.getFirst(), new StateChangeRequest(asking.mask, value));
        }
    }

    /** P_STATE_CHG_REPLY or P_CONN_ST_CHG_REPLY. */
    void onReply(Session session, boolean wholeConnection, int code) {
        Own asking = own;
        if (asking == null || asking.session != session || asking.wholeConnection != wholeConnection) {
            return;
        }
        if (code < ReturnCode.SUCCESS.number()) {
            ReturnCode reason = ReturnCode.ofNumber(code);
            resource.log(
                    Events.Level.INFO,
                    session.connection.label(),
                    "the peer refused a change of state: " + (reason == null ? "code " + code : reason.name()));
            finish(
                    asking,
                    reason == ReturnCode.CONCURRENT_ST_CHG || reason == ReturnCode.IN_TRANSIENT_STATE
                            ? ErrorCode.CONCURRENT_STATE_CHANGE
                            : ErrorCode.CW_FAILED_BY_PEER);
        } else if (wholeConnection) {
            finish(asking, ErrorCode.SUCCESS);
        } else {
            asking.volumes.removeFirst();
            ask(asking);
        }
    }

    private void finish(Own asking, ErrorCode code) {
        if (own != asking) {
            return;
        }
        own = null;
        if (asking.timer != null) {
            asking.timer.cancel();
        }
        Connection connection = asking.session.connection;
        boolean peerPrimary = connection.peerRole() == Role.PRIMARY;
        boolean promotion = asking.value.role() == Role.PRIMARY.number();
        if (promotion && !code.success() && asking.session.alive) {
            // The peer may have agreed for some of the volumes: it learns what is true.
            for (PeerDevice p : connection.peerDevices()) {
                if (p.initialStateSent) {
                    p.sendState();
                }
            }
        }
        asking.done.accept(
                new ClusterChange.Result(code, peerPrimary ? connection.peer().mask() : 0));
    }

    void connectionLost(Connection connection) {
        Own asking = own;
        if (asking != null && asking.session.connection == connection) {
            finish(asking, ErrorCode.CW_FAILED_BY_PEER);
        }
    }

    // ------------------------------------------------------------------------------------------------ as the one asked

    /** P_STATE_CHG_REQ. */
    void onRequest(Session session, int volume, StateChangeRequest request) {
        PeerDevice p = session.connection.peerDevice(volume);
        StateWord value = ofWire(request.value());
        int code = p == null
                ? ReturnCode.NEED_CONNECTION.number()
                : refusedForNow(session, p)
                        ? ReturnCode.CONCURRENT_ST_CHG.number()
                        : applied(p, request.mask(), value).number();
        session.sendControl(volume, new StateChangeReply(code));
    }

    /** P_CONN_ST_CHG_REQ. */
    void onRequest(Session session, ConnectionStateChangeRequest request) {
        StateWord mask = request.mask();
        StateWord value = ofWire(request.value());
        Connection connection = session.connection;
        boolean disconnects =
                mask.conn() == StateWord.CONN_MASK && value.conn() == ConnectionState.DISCONNECTING.number();
        if (running() && session.resolvesConflicts && !disconnects) {
            reply(session, ReturnCode.CONCURRENT_ST_CHG);
        } else if (disconnects) {
            if (mask.pdsk() != 0 && value.pdsk() == DiskState.OUTDATED.number()) {
                outdateOwnDisks();
            }
            reply(session, ReturnCode.SUCCESS);
            connection.expectDisconnect();
        } else {
            ReturnCode result = ReturnCode.NOT_SUPPORTED;
            for (PeerDevice p : connection.peerDevices()) {
                result = refusedForNow(session, p) ? ReturnCode.CONCURRENT_ST_CHG : applied(p, mask, value);
                if (!result.isSuccess()) {
                    break;
                }
            }
            reply(session, result);
        }
    }

    private static void reply(Session session, ReturnCode code) {
        SessionPacket reply = new ConnectionStateChangeReply(code.number());
        session.sendControl(0, reply);
    }

    private static StateWord ofWire(StateWord value) {
        return value.withDisk(DiskNumbering.CLASSIC.fromWire(value.disk()) & StateWord.DISK_MASK)
                .withPdsk(DiskNumbering.CLASSIC.fromWire(value.pdsk()) & StateWord.DISK_MASK);
    }

    private boolean refusedForNow(Session session, PeerDevice p) {
        return p.handshaking() || (running() && session.resolvesConflicts);
    }

    private ReturnCode applied(PeerDevice p, StateWord mask, StateWord value) {
        if (mask.conn() != 0) {
            return changeReplication(p, value.conn());
        }
        if (mask.role() != 0) {
            return value.role() == Role.PRIMARY.number()
                    ? peerPromotes(p, mask.disk() != 0 && value.disk() == DiskState.UP_TO_DATE.number())
                    : ReturnCode.NOT_SUPPORTED;
        }
        if (mask.disk() != 0 && value.disk() == DiskState.FAILED.number()) {
            return peerDetaches(p);
        }
        return ReturnCode.NOT_SUPPORTED;
    }

    private ReturnCode peerPromotes(PeerDevice p, boolean forced) {
        if (resource.role() == Role.PRIMARY && !p.connection().twoPrimaries()) {
            return ReturnCode.TWO_PRIMARIES;
        }
        if (resource.role() == Role.PRIMARY && p.connection().verifying()) {
            return ReturnCode.NOT_SUPPORTED;
        }
        StateChange change =
                StateChange.imposed(resource, "the peer was promoted").peerRole(p.connection(), Role.PRIMARY);
        if (forced) {
            change.peerDisk(p, DiskState.UP_TO_DATE);
            p.considerResync = true;
        }
        change.commit();
        return ReturnCode.SUCCESS;
    }

    private ReturnCode peerDetaches(PeerDevice p) {
        boolean onlyCopy =
                p.connection().peerRole() == Role.PRIMARY && p.volume().diskState() != DiskState.UP_TO_DATE;
        if (onlyCopy) {
            return ReturnCode.NO_UP_TO_DATE_DISK;
        }
        StateChange.imposed(resource, "the peer detaches its disk")
                .peerDisk(p, DiskState.FAILED)
                .commit();
        return ReturnCode.SUCCESS;
    }

    private ReturnCode changeReplication(PeerDevice p, int theirs) {
        if (theirs == ReplicationState.VERIFY_S.number()) {
            boolean bothGood = p.volume().diskState() == DiskState.UP_TO_DATE && p.peerDisk() == DiskState.UP_TO_DATE;
            return bothGood ? enter(p, ReplicationState.VERIFY_T, "the peer verifies") : ReturnCode.NO_UP_TO_DATE_DISK;
        }
        ReplicationState mine = theirs == ReplicationState.STARTING_SYNC_S.number()
                ? ReplicationState.STARTING_SYNC_T
                : theirs == ReplicationState.STARTING_SYNC_T.number() ? ReplicationState.STARTING_SYNC_S : null;
        if (mine == null) {
            return ReturnCode.NOT_SUPPORTED;
        }
        if (mine == ReplicationState.STARTING_SYNC_T && resource.role() == Role.PRIMARY) {
            return ReturnCode.NO_UP_TO_DATE_DISK;
        }
        if (mine == ReplicationState.STARTING_SYNC_S && p.volume().diskState() != DiskState.UP_TO_DATE) {
            return ReturnCode.NO_UP_TO_DATE_DISK;
        }
        return enter(p, mine, "the peer started a full resync");
    }

    private ReturnCode enter(PeerDevice p, ReplicationState mine, String why) {
        ErrorCode code = StateChange.asked(resource, why).replication(p, mine).commit();
        return switch (code) {
            case SUCCESS, NOTHING_TO_DO -> ReturnCode.SUCCESS;
            case NO_LOCAL_DISK -> ReturnCode.NO_REMOTE_DISK;
            case NO_REMOTE_DISK -> ReturnCode.NO_LOCAL_DISK;
            case RESYNC_RUNNING -> ReturnCode.RESYNC_RUNNING;
            case NEED_CONNECTION -> ReturnCode.NEED_CONNECTION;
            case NO_VERIFY_ALG -> ReturnCode.NO_VERIFY_ALG;
            case NOT_SUPPORTED -> ReturnCode.NOT_SUPPORTED;
            default -> ReturnCode.IN_TRANSIENT_STATE;
        };
    }

    private void outdateOwnDisks() {
        if (resource.role() == Role.PRIMARY) {
            return;
        }
        StateChange change = StateChange.imposed(resource, "the peer disconnects and goes on alone");
        for (Volume v : resource.volumes()) {
            if (v.diskState().compareTo(DiskState.OUTDATED) > 0) {
                change.disk(v, DiskState.OUTDATED);
            }
        }
        change.commit();
    }
}
