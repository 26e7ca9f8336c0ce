package io.bsr.core;

import io.bsr.base.NodeId;
import io.bsr.base.error.ErrorCode;
import io.bsr.base.state.ReplicationState;
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

    /** How a change ended, and what the peers told. */
    record Result(ErrorCode code, long primaryNodes) {
        boolean primary(NodeId node) {
            return (primaryNodes & node.mask()) != 0;
        }
    }

    private final Resource resource;
    private final TwoPhaseInitiator initiator;
    private final TwoPhaseParticipant participant;

    ClusterChange(Resource resource) {
        this.resource = resource;
        initiator = new TwoPhaseInitiator(resource, this);
        participant = new TwoPhaseParticipant(resource, this, initiator);
    }

    /** ns that a change may take. */
    long timeout() {
        return resource.options().twoPhaseTimeout() * TENTH;
    }

    boolean running() {
        return initiator.running() || participant.running();
    }

    /** Asks the peer at the other end of a finished handshake to be connected. */
    void connect(Session session, Consumer<Result> done) {
        initiator.connect(session, done);
    }

    /** Asks all connected peers to let this node become Primary; without any it is done at once. */
    void promote(boolean forced, Consumer<Result> done) {
        Session session = anySession();
        if (session == null) {
            done.accept(new Result(ErrorCode.SUCCESS, 0));
        } else {
            initiator.promote(session, forced, done);
        }
    }

    void disconnect(Session session, Consumer<Result> done) {
        initiator.disconnect(session, done);
    }

    /** Asks for a resync of the whole volume, with this node as source or as target. */
    void startSync(Session session, Volume volume, ReplicationState side, Consumer<Result> done) {
        initiator.startSync(session, volume, side, done);
    }

    private @Nullable Session anySession() {
        for (Connection c : resource.connections()) {
            if (c.connected()) {
                return c.session();
            }
        }
        return null;
    }

    void onReply(Session session, TwoPhaseReply reply) {
        initiator.onReply(session, reply);
    }

    void onRequest(Session session, int volume, TwoPhaseRequest request, Handshake handshake) {
        participant.onRequest(session, volume, request, handshake);
    }

    /** A change that needs the lost peer cannot come to its end. */
    void connectionLost(Connection connection) {
        initiator.connectionLost(connection);
        participant.connectionLost(connection);
    }
}
