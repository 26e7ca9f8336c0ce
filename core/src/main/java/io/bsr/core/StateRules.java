package io.bsr.core;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.wire.packet.Uuids110;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a state change implies and what it must not do (state-machine reference, sections 3 and 4), for two nodes and
 * protocol 118.
 */
final class StateRules {
    private StateRules() {}

    /** The legal successors of a connection state. */
    static Set<ConnectionState> successors(ConnectionState state) {
        return switch (state) {
            case STANDALONE -> EnumSet.of(ConnectionState.UNCONNECTED);
            case DISCONNECTING -> EnumSet.of(ConnectionState.STANDALONE);
            case UNCONNECTED -> EnumSet.of(ConnectionState.CONNECTING, ConnectionState.DISCONNECTING);
            case TIMEOUT, BROKEN_PIPE, NETWORK_FAILURE, PROTOCOL_ERROR, TEAR_DOWN ->
                EnumSet.of(ConnectionState.UNCONNECTED, ConnectionState.DISCONNECTING);
            case CONNECTING ->
                EnumSet.of(
                        ConnectionState.CONNECTED,
                        ConnectionState.DISCONNECTING,
                        ConnectionState.TIMEOUT,
                        ConnectionState.BROKEN_PIPE,
                        ConnectionState.NETWORK_FAILURE,
                        ConnectionState.PROTOCOL_ERROR,
                        ConnectionState.TEAR_DOWN);
            case CONNECTED ->
                EnumSet.of(
                        ConnectionState.DISCONNECTING,
                        ConnectionState.TIMEOUT,
                        ConnectionState.BROKEN_PIPE,
                        ConnectionState.NETWORK_FAILURE,
                        ConnectionState.PROTOCOL_ERROR,
                        ConnectionState.TEAR_DOWN);
        };
    }

    /** True for the states in which both have the same data, as far as they know. */
    static boolean inStep(ReplicationState state) {
        return state == ReplicationState.ESTABLISHED
                || state == ReplicationState.VERIFY_S
                || state == ReplicationState.VERIFY_T;
    }

    /** True for the states in which one side sends the other what differs. */
    static boolean syncing(ReplicationState state) {
        return switch (state) {
            case SYNC_SOURCE, SYNC_TARGET, PAUSED_SYNC_S, PAUSED_SYNC_T -> true;
            case OFF,
                    ESTABLISHED,
                    STARTING_SYNC_S,
                    STARTING_SYNC_T,
                    WF_BITMAP_S,
                    WF_BITMAP_T,
                    WF_SYNC_UUID,
                    VERIFY_S,
                    VERIFY_T,
                    AHEAD,
                    BEHIND -> false;
        };
    }

    /** Whose disk is, or is about to be, overwritten by the other's data. */
    private enum Side {
        NEITHER,
        SOURCE,
        TARGET
    }

    private static Side side(ReplicationState state) {
        return switch (state) {
            case STARTING_SYNC_T, WF_BITMAP_T, WF_SYNC_UUID, SYNC_TARGET, PAUSED_SYNC_T, BEHIND -> Side.TARGET;
            case STARTING_SYNC_S, WF_BITMAP_S, SYNC_SOURCE, PAUSED_SYNC_S, AHEAD -> Side.SOURCE;
            case OFF, ESTABLISHED, VERIFY_S, VERIFY_T -> Side.NEITHER;
        };
    }

    /** True if this node's disk is, or is about to be, overwritten by the peer's data. */
    static boolean targetSide(ReplicationState state) {
        return side(state) == Side.TARGET;
    }

    /** True if the peer's disk is, or is about to be, overwritten by this node's data. */
    static boolean sourceSide(ReplicationState state) {
        return side(state) == Side.SOURCE;
    }

    /** Completes the edited state (reference 4.1, in its order). */
    static void imply(Resource resource) {
        for (Connection c : resource.connections()) {
            if (c.nextState != ConnectionState.CONNECTED) {
                c.nextPeerRole = Role.UNKNOWN;
            }
            for (PeerDevice p : c.peerDevices()) {
                Volume v = p.volume();
                if (c.nextState != ConnectionState.CONNECTED) {
                    p.nextReplication = ReplicationState.OFF;
                }
                if (p.nextReplication == ReplicationState.OFF) {
                    p.nextPausedByPeer = false;
                    if (p.nextPeerDisk != DiskState.OUTDATED) {
                        p.nextPeerDisk = DiskState.UNKNOWN;
                    }
                }
                if (p.nextReplication.compareTo(ReplicationState.ESTABLISHED) > 0
                        && (v.nextDisk.compareTo(DiskState.FAILED) <= 0
                                || p.nextPeerDisk.compareTo(DiskState.FAILED) <= 0)) {
                    p.nextReplication = ReplicationState.ESTABLISHED;
                }
                boolean noData =
                        switch (p.nextReplication) {
                            case SYNC_TARGET, PAUSED_SYNC_T -> p.nextPeerDisk.compareTo(DiskState.INCONSISTENT) <= 0;
                            case SYNC_SOURCE, PAUSED_SYNC_S -> v.nextDisk.compareTo(DiskState.INCONSISTENT) <= 0;
                            case OFF,
                                    ESTABLISHED,
                                    STARTING_SYNC_S,
                                    STARTING_SYNC_T,
                                    WF_BITMAP_S,
                                    WF_BITMAP_T,
                                    WF_SYNC_UUID,
                                    VERIFY_S,
                                    VERIFY_T,
                                    AHEAD,
                                    BEHIND -> false;
                        };
                if (noData) {
                    p.nextReplication = ReplicationState.ESTABLISHED;
                }
                equalGenerations(p, c);
                // By force it has become so with a generation of its own: then a resync brings both together.
                boolean peerHasBecomeGood = p.peerDisk() == DiskState.OUTDATED
                        && p.nextPeerDisk == DiskState.UP_TO_DATE
                        && !p.considerResync;
                if ((p.replication() == ReplicationState.OFF || peerHasBecomeGood)
                        && p.nextReplication == ReplicationState.ESTABLISHED
                        && v.nextDisk == DiskState.OUTDATED
                        && p.nextPeerDisk == DiskState.UP_TO_DATE
                        && p.sameData()) {
                    v.nextDisk = DiskState.UP_TO_DATE;
                }
                limitDisks(p, v);
                boolean paused = p.nextPausedByUser || p.nextPausedByPeer;
                p.nextReplication = switch (p.nextReplication) {
                    case SYNC_SOURCE, PAUSED_SYNC_S ->
                        paused ? ReplicationState.PAUSED_SYNC_S : ReplicationState.SYNC_SOURCE;
                    case SYNC_TARGET, PAUSED_SYNC_T ->
                        paused ? ReplicationState.PAUSED_SYNC_T : ReplicationState.SYNC_TARGET;
                    case OFF,
                            ESTABLISHED,
                            STARTING_SYNC_S,
                            STARTING_SYNC_T,
                            WF_BITMAP_S,
                            WF_BITMAP_T,
                            WF_SYNC_UUID,
                            VERIFY_S,
                            VERIFY_T,
                            AHEAD,
                            BEHIND -> p.nextReplication;
                };
            }
        }
    }

    /** DRBD 8.4: two disks that were compared and need no resync are both UpToDate (reference 4.1, rule 11). */
    private static void equalGenerations(PeerDevice p, Connection c) {
        boolean old = p.nextPeerDisk == DiskState.CONSISTENT || p.nextPeerDisk == DiskState.OUTDATED;
        Uuids110 theirs = p.peerIdentifiers;
        // One that comes back and does not ask for a comparison (it says Negotiating then) is compared in the next
        // connection.
        boolean comesBack = p.peerDisk() == DiskState.ATTACHING && p.nextPeerDisk == DiskState.OUTDATED;
        boolean compared = (p.volume().nextDisk.atLeast(DiskState.INCONSISTENT) && !comesBack)
                || (theirs != null && p.volume().generation().exposes(theirs.current()));
        if (old
                && compared
                && p.nextReplication == ReplicationState.ESTABLISHED
                && c.protocol().equalGenerationsAreUpToDate()) {
            p.nextPeerDisk = DiskState.UP_TO_DATE;
        }
        if (p.nextReplication == ReplicationState.ESTABLISHED
                && p.volume().nextDisk == DiskState.OUTDATED
                && p.nextPeerDisk == DiskState.UP_TO_DATE
                && c.protocol().equalGenerationsAreUpToDate()
                && p.sameGeneration()) {
            p.volume().nextDisk = DiskState.UP_TO_DATE;
        }
    }

    /** The disk states that a replication state allows (reference 4.2). */
    private static void limitDisks(PeerDevice p, Volume v) {
        switch (p.nextReplication) {
            case WF_BITMAP_T, WF_SYNC_UUID, PAUSED_SYNC_T, STARTING_SYNC_T, BEHIND -> {
                v.nextDisk = within(v.nextDisk, DiskState.INCONSISTENT, DiskState.OUTDATED);
                if (p.nextReplication != ReplicationState.STARTING_SYNC_T) {
                    p.nextPeerDisk = within(p.nextPeerDisk, DiskState.OUTDATED, DiskState.UP_TO_DATE);
                }
            }
            case SYNC_TARGET -> {
                v.nextDisk = DiskState.INCONSISTENT;
                p.nextPeerDisk = within(p.nextPeerDisk, DiskState.OUTDATED, DiskState.UP_TO_DATE);
            }
            case WF_BITMAP_S, PAUSED_SYNC_S, STARTING_SYNC_S, AHEAD -> {
                v.nextDisk = within(v.nextDisk, DiskState.OUTDATED, DiskState.UP_TO_DATE);
                p.nextPeerDisk = within(p.nextPeerDisk, DiskState.INCONSISTENT, DiskState.CONSISTENT);
            }
            case SYNC_SOURCE -> p.nextPeerDisk = DiskState.INCONSISTENT;
            case OFF, ESTABLISHED, VERIFY_S, VERIFY_T -> {}
        }
    }

    private static DiskState within(DiskState state, DiskState low, DiskState high) {
        if (state.compareTo(low) < 0) {
            return low;
        }
        return state.compareTo(high) > 0 ? high : state;
    }

    /** The soft rules (reference 3.2) that two nodes of protocol 118 can break. */
    static ErrorCode check(Resource resource) {
        boolean primary = resource.nextRole == Role.PRIMARY;
        boolean promotion = primary && resource.role() != Role.PRIMARY;
        if (resource.role() == Role.PRIMARY && !primary && resource.openUsers() > 0) {
            return ErrorCode.DEVICE_IN_USE;
        }
        for (Connection c : resource.connections()) {
            if (primary && c.nextPeerRole == Role.PRIMARY && (promotion || c.peerRole() != Role.PRIMARY)) {
                if (!c.twoPrimaries()) {
                    return ErrorCode.TWO_PRIMARIES;
                }
                if (c.verifying()) {
                    return ErrorCode.VERIFY_RUNNING;
                }
            }
            if (c.state() == ConnectionState.STANDALONE && c.nextState == ConnectionState.DISCONNECTING) {
                return ErrorCode.ALREADY_STANDALONE;
            }
            for (PeerDevice p : c.peerDevices()) {
                ErrorCode code = check(p, c);
                if (!code.success()) {
                    return code;
                }
            }
        }
        for (Volume v : resource.volumes()) {
            if (promotion && v.nextDisk != DiskState.UP_TO_DATE) {
                return ErrorCode.NO_UP_TO_DATE_DISK;
            }
            if (primary && !promotion && v.diskState() == DiskState.UP_TO_DATE && v.nextDisk == DiskState.OUTDATED) {
                return ErrorCode.CONNECTED_OUTDATES;
            }
            if (v.nextDisk == DiskState.OUTDATED
                    && v.diskState() != DiskState.OUTDATED
                    && v.diskState().compareTo(DiskState.OUTDATED) < 0
                    && v.diskState() != DiskState.ATTACHING) {
                return ErrorCode.LOWER_THAN_OUTDATED;
            }
        }
        return ErrorCode.SUCCESS;
    }

    private static ErrorCode check(PeerDevice p, Connection c) {
        ReplicationState from = p.replication();
        ReplicationState to = p.nextReplication;
        if (c.nextState == ConnectionState.CONNECTED
                && p.handshaking()
                && c.state() == ConnectionState.CONNECTED
                && from == ReplicationState.OFF
                && to == ReplicationState.OFF
                && p.connection().resource().nextRole
                        != p.connection().resource().role()) {
            return ErrorCode.IN_TRANSIENT_STATE;
        }
        if (to.compareTo(ReplicationState.ESTABLISHED) > 0
                && from != to
                && p.volume().nextDisk.compareTo(DiskState.INCONSISTENT) < 0) {
            return ErrorCode.NO_LOCAL_DISK;
        }
        if (to.compareTo(ReplicationState.ESTABLISHED) > 0
                && from != to
                && p.nextPeerDisk.compareTo(DiskState.INCONSISTENT) < 0) {
            return ErrorCode.NO_REMOTE_DISK;
        }
        boolean starting = to == ReplicationState.STARTING_SYNC_S || to == ReplicationState.STARTING_SYNC_T;
        boolean verify = to == ReplicationState.VERIFY_S || to == ReplicationState.VERIFY_T;
        if (verify && from != to && c.digests().verify() == null) {
            return ErrorCode.NO_VERIFY_ALG;
        }
        if (verify && from != to && c.hasTwoPrimaries()) {
            // A look keeps writes away from a block, and writes of two Primaries wait for each other.
            return ErrorCode.NOT_SUPPORTED;
        }
        if ((starting || verify) && from != to) {
            if (from.compareTo(ReplicationState.ESTABLISHED) < 0) {
                return ErrorCode.NEED_CONNECTION;
            }
            if (from != ReplicationState.ESTABLISHED) {
                return ErrorCode.RESYNC_RUNNING;
            }
        }
        return ErrorCode.SUCCESS;
    }
}
