package io.bsr.core;

import io.bsr.base.NodeId;
import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.Role;
import io.bsr.metadata.MetadataException;
import org.jspecify.annotations.Nullable;

/** Connect and disconnect. */
final class ConnectionCommands {
    private final Resource resource;
    private final TakingDown takingDown;

    ConnectionCommands(Resource resource, TakingDown takingDown) {
        this.resource = resource;
        this.takingDown = takingDown;
    }

    void connect(NodeId peer, boolean discardMyData, boolean tentative, Reply reply) {
        Connection connection = resource.connection(peer);
        if (connection == null) {
            reply.refuse(ErrorCode.INVALID_REQUEST, "there is no peer with node-id " + peer);
        } else if (connection.paths().isEmpty()) {
            reply.refuse(ErrorCode.NO_NET_CONFIG, "no address of the peer is configured");
        } else if (discardMyData && resource.role() == Role.PRIMARY) {
            reply.refuse(ErrorCode.DISCARD_IMPOSSIBLE, "this node is Primary; demote it first");
        } else if (connection.state() != ConnectionState.STANDALONE) {
            reply.refuse(ErrorCode.NET_CONFIGURED, "the connection is " + connection.state());
        } else if (takingDown.inProgress()) {
            reply.refuse(ErrorCode.IN_TRANSIENT_STATE, TakingDown.IN_PROGRESS);
        } else {
            String missing = allocateSlots(peer);
            if (missing != null) {
                reply.refuse(ErrorCode.INVALID_REQUEST, missing);
                return;
            }
            connection.tentative = tentative;
            for (PeerDevice p : connection.peerDevices()) {
                p.discardMyData = discardMyData;
            }
            connection.start();
            reply.done(Outcome.OK);
        }
    }

    /** A peer that was forgotten has no bitmaps. */
    private @Nullable String allocateSlots(NodeId peer) {
        try {
            for (Volume volume : resource.volumes()) {
                volume.allocateSlot(peer);
            }
            return null;
        } catch (MetadataException e) {
            return e.what() + ": " + e.why() + ". " + e.remedy();
        }
    }

    void disconnect(NodeId peer, boolean force, Reply reply) {
        Connection connection = resource.connection(peer);
        if (connection == null) {
            reply.refuse(ErrorCode.INVALID_REQUEST, "there is no peer with node-id " + peer);
        } else if (connection.state() == ConnectionState.STANDALONE) {
            reply.done(Outcome.NOTHING_TO_DO);
        } else {
            String needed = force ? null : LastGoodData.behind(connection);
            if (needed != null) {
                reply.refuse(ErrorCode.NO_UP_TO_DATE_DISK, needed);
                return;
            }
            disconnect(connection, force, () -> reply.done(Outcome.OK));
        }
    }

    void disconnect(Connection connection, boolean force, Runnable then) {
        Session session = connection.session();
        if (force || session == null || !connection.connected()) {
            connection.disconnectedByCommand();
            then.run();
            return;
        }
        resource.clusterChange().disconnect(session, result -> {
            boolean agreed = result.code().success();
            boolean leavesPrimary = result.primary(connection.peer()) && (agreed || session.alive);
            if (leavesPrimary && connection.protocol().leavingOutdates(agreed)) {
                outdateWhatThePrimaryHas(connection);
            } else if (agreed && session.alive) {
                connection.fencing().partInGoodOrder();
            }
            if (connection.state() != ConnectionState.STANDALONE) {
                connection.disconnectedByCommand();
            }
            then.run();
        });
    }

    /** The Primary writes on without this node: its data are old from now on, except where the Primary has none. */
    static void outdateWhatThePrimaryHas(Connection connection) {
        Resource resource = connection.resource();
        StateChange change = StateChange.imposed(resource, "disconnected from the Primary");
        for (Volume v : resource.volumes()) {
            if (v.diskState().compareTo(DiskState.OUTDATED) > 0 && connection.peerUpToDate(v)) {
                change.disk(v, DiskState.OUTDATED);
            }
        }
        change.commit();
    }
}
