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
 * two nodes, or DRBD 8.4's single request. At most one runs at a time; of two commits that cross, the one of the node with
 * the lower id wins.
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
    private final OneStepChange oneStep;

    ClusterChange(Resource resource) {
        this.resource = resource;
        initiator = new TwoPhaseInitiator(resource, this);
        participant = new TwoPhaseParticipant(resource, this, initiator);
        oneStep = new OneStepChange(resource, this);
    }

    /** ns that a change may take. */
    long timeout() {
        return resource.options().twoPhaseTimeout() * TENTH;
    }

    boolean running() {
        return initiator.running()
                || participant.running()
                || oneStep.running()
                || resource.sizeAgreement().running();
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
            switch (session.protocol) {
                case BsrProtocol bsr -> initiator.promote(session, forced, done);
                case Drbd84Protocol drbd84 -> oneStep.promote(session, forced, done);
            }
        }
    }

    void disconnect(Session session, Consumer<Result> done) {
        switch (session.protocol) {
            case BsrProtocol bsr -> initiator.disconnect(session, done);
            case Drbd84Protocol drbd84 -> oneStep.disconnect(session, done);
        }
    }

    /** Asks for a resync of the whole volume, with this node as source or as target. */
    void startSync(Session session, Volume volume, ReplicationState side, Consumer<Result> done) {
        switch (session.protocol) {
            case BsrProtocol bsr -> initiator.startSync(session, volume, side, done);
            case Drbd84Protocol drbd84 -> oneStep.startSync(session, volume, side, done);
        }
    }

    private @Nullable Session anySession() {
        for (Connection c : resource.connections()) {
            if (c.connected()) {
                return c.session();
            }
        }
        return null;
    }

    /** What DRBD 8.4 asks and answers. */
    OneStepChange oneStep() {
        return oneStep;
    }

    void onReply(Session session, TwoPhaseReply reply) {
        if (!resource.sizeAgreement().onReply(session, reply)) {
            initiator.onReply(session, reply);
        }
    }

    void onRequest(Session session, int volume, TwoPhaseRequest request, Handshake handshake) {
        participant.onRequest(session, volume, request, handshake);
    }

    /** A change that needs the lost peer cannot come to its end. */
    void connectionLost(Connection connection) {
        initiator.connectionLost(connection);
        participant.connectionLost(connection);
        oneStep.connectionLost(connection);
        resource.sizeAgreement().connectionLost(connection);
    }
}
