package io.bsr.core;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import java.util.ArrayList;
import java.util.List;

/**
 * The one place where state changes: role, connection, disk, replication and peer-disk states of a resource, all at once
 * (state-machine reference, sections 2 to 5).
 *
 * <pre>
 *   begin: next := now     edit next     commit: implied changes → rules → now := next → actions
 * </pre>
 *
 * Only one change is open at a time. Actions run after the commit, in the order of the commits; a change that an action
 * makes is committed at once, its actions follow.
 */
final class StateChange {
    /** What was and what is, of one volume. */
    record DiskChange(Volume volume, DiskState from, DiskState to) {
        boolean became(DiskState state) {
            return from != state && to == state;
        }

        /** Users' requests do not go to the disk any more. */
        boolean lostUse() {
            return from.atLeast(DiskState.INCONSISTENT) && !to.atLeast(DiskState.INCONSISTENT);
        }
    }

    /** What was and what is, of one connection. */
    record ConnectionChange(
            Connection connection, ConnectionState from, ConnectionState to, Role peerFrom, Role peerTo) {
        boolean lostPeer() {
            return from == ConnectionState.CONNECTED && to != ConnectionState.CONNECTED;
        }
    }

    /** What was and what is, of one volume towards one peer. */
    record PeerChange(
            PeerDevice peerDevice,
            ReplicationState from,
            ReplicationState to,
            DiskState diskFrom,
            DiskState diskTo,
            boolean pauseChanged) {
        boolean entered(ReplicationState state) {
            return from != state && to == state;
        }

        boolean left(ReplicationState state) {
            return from == state && to != state;
        }
    }

    /** A committed change. */
    record Transition(
            Role roleFrom,
            Role roleTo,
            List<DiskChange> disks,
            List<ConnectionChange> connections,
            List<PeerChange> peers,
            String reason) {
        boolean promoted() {
            return roleFrom != Role.PRIMARY && roleTo == Role.PRIMARY;
        }

        boolean demoted() {
            return roleFrom == Role.PRIMARY && roleTo != Role.PRIMARY;
        }
    }

    private final Resource resource;
    private final String reason;
    private final boolean hard;

    private StateChange(Resource resource, String reason, boolean hard) {
        this.resource = resource;
        this.reason = reason;
        this.hard = hard;
        resource.nextRole = resource.role();
        for (Volume volume : resource.volumes()) {
            volume.nextDisk = volume.diskState();
        }
        for (Connection connection : resource.connections()) {
            connection.nextState = connection.state();
            connection.nextPeerRole = connection.peerRole();
            for (PeerDevice peerDevice : connection.peerDevices()) {
                peerDevice.nextReplication = peerDevice.replication();
                peerDevice.nextPeerDisk = peerDevice.peerDisk();
                peerDevice.nextPausedByUser = peerDevice.pausedByUser();
                peerDevice.nextPausedByPeer = peerDevice.pausedByPeer();
            }
        }
    }

    /** A change that somebody asks for; rules may refuse it. */
    static StateChange asked(Resource resource, String reason) {
        return new StateChange(resource, reason, false);
    }

    /** A change that has happened already, in the environment or in the cluster. */
    static StateChange imposed(Resource resource, String reason) {
        return new StateChange(resource, reason, true);
    }

    StateChange role(Role role) {
        resource.nextRole = role;
        return this;
    }

    StateChange disk(Volume volume, DiskState state) {
        volume.nextDisk = state;
        return this;
    }

    StateChange connection(Connection connection, ConnectionState state) {
        connection.nextState = state;
        return this;
    }

    StateChange peerRole(Connection connection, Role role) {
        connection.nextPeerRole = role;
        return this;
    }

    StateChange replication(PeerDevice peerDevice, ReplicationState state) {
        peerDevice.nextReplication = state;
        return this;
    }

    StateChange peerDisk(PeerDevice peerDevice, DiskState state) {
        peerDevice.nextPeerDisk = state;
        return this;
    }

    StateChange pausedByUser(PeerDevice peerDevice, boolean paused) {
        peerDevice.nextPausedByUser = paused;
        return this;
    }

    StateChange pausedByPeer(PeerDevice peerDevice, boolean paused) {
        peerDevice.nextPausedByPeer = paused;
        return this;
    }

    /** Checks the change without making it. */
    ErrorCode test() {
        StateRules.imply(resource);
        return StateRules.check(resource);
    }

    /** Makes the change, or refuses it with a code that is no success. */
    ErrorCode commit() {
        StateRules.imply(resource);
        if (!hard) {
            ErrorCode verdict = StateRules.check(resource);
            if (!verdict.success()) {
                return verdict;
            }
        }
        Transition transition = apply();
        if (transition == null) {
            return ErrorCode.NOTHING_TO_DO;
        }
        resource.actions().committed(transition);
        return ErrorCode.SUCCESS;
    }

    private @org.jspecify.annotations.Nullable Transition apply() {
        Role roleFrom = resource.role();
        List<DiskChange> disks = new ArrayList<>();
        List<ConnectionChange> connections = new ArrayList<>();
        List<PeerChange> peers = new ArrayList<>();
        if (roleFrom != resource.nextRole) {
            log(resource.name(), "role( " + roleFrom + " -> " + resource.nextRole + " )");
        }
        for (Volume v : resource.volumes()) {
            if (v.diskState() != v.nextDisk) {
                disks.add(new DiskChange(v, v.diskState(), v.nextDisk));
                log(v.label(), "disk( " + v.diskState() + " -> " + v.nextDisk + " )");
            }
        }
        for (Connection c : resource.connections()) {
            if (c.state() != c.nextState || c.peerRole() != c.nextPeerRole) {
                assert c.state() == c.nextState
                                || StateRules.successors(c.state()).contains(c.nextState)
                        : c.state() + " -> " + c.nextState;
                connections.add(new ConnectionChange(c, c.state(), c.nextState, c.peerRole(), c.nextPeerRole));
                log(
                        c.label(),
                        (c.state() == c.nextState ? "" : "conn( " + c.state() + " -> " + c.nextState + " ) ")
                                + (c.peerRole() == c.nextPeerRole
                                        ? ""
                                        : "peer( " + c.peerRole() + " -> " + c.nextPeerRole + " )"));
            }
            for (PeerDevice p : c.peerDevices()) {
                boolean pause = p.pausedByUser() != p.nextPausedByUser;
                if (p.replication() != p.nextReplication
                        || p.peerDisk() != p.nextPeerDisk
                        || pause
                        || p.pausedByPeer() != p.nextPausedByPeer) {
                    peers.add(
                            new PeerChange(p, p.replication(), p.nextReplication, p.peerDisk(), p.nextPeerDisk, pause));
                    log(
                            p.label(),
                            (p.peerDisk() == p.nextPeerDisk
                                            ? ""
                                            : "pdsk( " + p.peerDisk() + " -> " + p.nextPeerDisk + " ) ")
                                    + (p.replication() == p.nextReplication
                                            ? ""
                                            : "repl( " + p.replication() + " -> " + p.nextReplication + " )"));
                }
            }
        }
        if (roleFrom == resource.nextRole && disks.isEmpty() && connections.isEmpty() && peers.isEmpty()) {
            return null;
        }
        Transition transition = new Transition(roleFrom, resource.nextRole, disks, connections, peers, reason);
        resource.adoptNextState();
        return transition;
    }

    private void log(String object, String change) {
        if (!change.isBlank()) {
            resource.log(Events.Level.INFO, object, change.strip() + ": " + reason);
        }
    }
}
