package io.bsr.core;

import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.StateChange.PeerChange;
import io.bsr.core.StateChange.Transition;
import io.bsr.core.option.FencingPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Keeps a peer that is out of contact from becoming Primary beside this node (option {@code fencing}; state-machine
 * reference, section 9.1; handlers reference, section 2.1). The handler fence-peer is called when a Primary loses the peer,
 * and before a node without contact becomes Primary.
 *
 * <p>With resource-and-stonith users wait meanwhile: requests that come are held, writes that were on their way to the peer
 * are not answered, and no generation begins. So whatever becomes of this node then, it has acknowledged nothing that the
 * peer lacks, and its data are an older state of the peer's, not another one.
 */
final class Fencing {
    private static final int PEER_INCONSISTENT = 3;
    private static final int PEER_OUTDATED = 4;
    private static final int PEER_DOWN = 5;
    private static final int PEER_PRIMARY = 6;
    private static final int PEER_STONITHED = 7;

    private final Connection connection;
    private final Resource resource;

    /** Waits for what becomes of the peer: promotions. */
    private final List<Consumer<Boolean>> waiting = new ArrayList<>();

    private boolean frozen;
    private boolean asking;

    /** Changes with each begin and end of contact: what a handler says of the time before counts for nothing. */
    private int contact;

    /** The peer was fenced, or was behind: when all is well again, the administrator's tools want to know. */
    private boolean unfenceDue;

    Fencing(Connection connection, Resource resource) {
        this.connection = connection;
        this.resource = resource;
    }

    /** Users of this node wait for the end of this. */
    boolean frozen() {
        return frozen;
    }

    /** First thing after a committed change, before anything acts on the loss of a peer. */
    void contactChanged(Transition t) {
        for (StateChange.ConnectionChange change : t.connections()) {
            if (change.connection() == connection && change.from() != change.to()) {
                contact++;
                if (change.lostPeer() && resource.role() == Role.PRIMARY && policy().calls() && peerMayGoOn()) {
                    lost(t);
                }
            }
        }
    }

    private void lost(Transition t) {
        boolean had = t.peers().stream().anyMatch(this::lostPeerDevice);
        if (!had && !frozen) {
            return;
        }
        if (!frozen && policy() == FencingPolicy.RESOURCE_AND_STONITH) {
            frozen = true;
            resource.suspension().fencingBegan();
            resource.log(
                    Events.Level.WARN,
                    resource.name(),
                    "susp( no -> fencing ): users wait until " + connection.label() + " is fenced, or back");
        }
        resource.later(this::call);
    }

    private boolean lostPeerDevice(PeerChange change) {
        return change.peerDevice().connection() == connection
                && change.from().atLeast(ReplicationState.ESTABLISHED)
                && change.diskTo() == DiskState.UNKNOWN;
    }

    /**
     * Before an agreed end of contact. With a policy the Secondary is outdated whichever side ends it; the Primary knows that,
     * and needs no handler.
     */
    void partInGoodOrder() {
        if (!policy().calls()) {
            return;
        }
        if (resource.role() == Role.PRIMARY) {
            if (connection.protocol().leavingOutdates(true)) {
                StateChange change = StateChange.imposed(resource, "the peer leaves as Outdated");
                connection.peerDevices().stream()
                        .filter(p -> p.volume().diskState() == DiskState.UP_TO_DATE
                                && p.peerDisk().compareTo(DiskState.OUTDATED) > 0)
                        .forEach(p -> change.peerDisk(p, DiskState.OUTDATED));
                change.commit();
            }
        } else if (connection.peerRole() == Role.PRIMARY) {
            ConnectionCommands.outdateWhatThePrimaryHas(connection);
        }
    }

    /** Last thing after a committed change: whether users may go on, and whether the peer's fence can be taken away. */
    void settle(Transition t) {
        for (PeerChange change : t.peers()) {
            unfenceDue |= change.peerDevice().connection() == connection
                    && StateRules.sourceSide(change.from())
                    && StateRules.syncing(change.from())
                    && change.entered(ReplicationState.ESTABLISHED);
        }
        if (unfenceDue && policy().calls() && allIsWell()) {
            unfenceDue = false;
            resource.happened(handler("unfence-peer"));
        }
        if (frozen && !reasonToGoOn().isEmpty()) {
            resource.later(() -> reconsider(false));
        }
    }

    private boolean allIsWell() {
        return connection.connected()
                && connection.peerDevices().stream()
                        .allMatch(p -> p.replication() == ReplicationState.ESTABLISHED
                                && p.peerDisk() == DiskState.UP_TO_DATE
                                && p.volume().diskState() == DiskState.UP_TO_DATE);
    }

    /** Empty while users have to wait. */
    private String reasonToGoOn() {
        if (policy() != FencingPolicy.RESOURCE_AND_STONITH) {
            return "the policy is " + policy();
        }
        if (resource.role() != Role.PRIMARY) {
            return "this node is Secondary";
        }
        if (!hasData()) {
            return "this node has no data of its own";
        }
        if (connection.connected()) {
            // Of a volume that it does not have the peer tells nothing.
            boolean compared = connection.peerDevices().stream()
                    .allMatch(p ->
                            !p.handshaking() && (p.replication() != ReplicationState.OFF || p.peerIdentifiers == null));
            return compared ? "the peer is back" : "";
        }
        return peerMayGoOn() ? "" : "the peer is fenced";
    }

    private boolean hasData() {
        return resource.volumes().stream().anyMatch(v -> v.diskState().atLeast(DiskState.CONSISTENT));
    }

    /** For all that is known here, the peer could become Primary. */
    private boolean peerMayGoOn() {
        return connection.peerDevices().stream().anyMatch(p -> p.peerDisk() == DiskState.UNKNOWN);
    }

    private FencingPolicy policy() {
        return connection.options().fencing();
    }

    /** Users go on: by command, or because there is nothing to wait for any more. */
    void thaw(String reason) {
        if (frozen) {
            frozen = false;
            resource.log(Events.Level.INFO, resource.name(), "susp( fencing -> no ): " + reason);
            resource.suspension().fencingEnded();
        }
    }

    /** The options have changed, or the connection is removed. */
    void reconsider(boolean removed) {
        String reason = removed ? "the peer is removed" : reasonToGoOn();
        if (!reason.isEmpty()) {
            thaw(reason);
        }
    }

    // ------------------------------------------------------------------------------------------------ promotion

    /** True if this node may be promoted only when the peer has been fenced. */
    boolean neededForPromotion() {
        return policy().calls()
                && !connection.connected()
                && connection.peerDevices().stream()
                        .anyMatch(p -> p.peerDisk() == DiskState.UNKNOWN && !p.lastOutdated());
    }

    /** Fences the peer, and says whether that came about. */
    void fence(Consumer<Boolean> then) {
        waiting.add(then);
        call();
    }

    // ------------------------------------------------------------------------------------------------ handler

    private Happening.HandlerDue handler(String name) {
        return new Happening.HandlerDue(name, connection.peer().value(), Happening.NONE);
    }

    private void call() {
        if (asking) {
            return;
        }
        if (connection.connected() || !hasData()) {
            ended(false);
            return;
        }
        asking = true;
        int now = contact;
        resource.ask(handler("fence-peer"), code -> {
            asking = false;
            if (now == contact) {
                answered(code);
                ended(!peerMayGoOn());
            } else if (frozen || !waiting.isEmpty()) {
                call();
            }
        });
    }

    private void ended(boolean fenced) {
        List<Consumer<Boolean>> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(one -> one.accept(fenced));
    }

    private void answered(int code) {
        switch (code) {
            case PEER_INCONSISTENT -> fenced("its disk is Inconsistent");
            case PEER_OUTDATED -> fenced("it is outdated");
            case PEER_DOWN -> {
                if (resource.volumes().stream().anyMatch(v -> v.diskState() == DiskState.UP_TO_DATE)) {
                    fenced("it cannot be reached by anybody");
                } else {
                    complain(
                            "says that the peer cannot be reached, which is not enough for data that are not UpToDate");
                }
            }
            case PEER_PRIMARY -> peerIsPrimary();
            case PEER_STONITHED -> {
                if (policy() != FencingPolicy.RESOURCE_AND_STONITH) {
                    complain("has shut the peer down, although the policy is " + policy()
                            + ", with which users went on meanwhile. Use resource-and-stonith with it");
                }
                fenced("it was shut down");
            }
            default ->
                complain("has not fenced the peer: exit code " + code
                        + (code == 0 ? ", as if there were none, or handlers were off (bsrcon /handler_use 1)" : "")
                        + ". Make sure that the peer is not Primary, then use "
                        + (frozen
                                ? "resume-io to let the users of " + resource.name() + " go on"
                                : "primary --force where this node shall become Primary"));
        }
    }

    private void complain(String what) {
        resource.log(Events.Level.ERROR, connection.label(), "handler fence-peer " + what);
    }

    /** A lost peer's disk is remembered as Outdated, if at all; that is enough, since none is promoted on it. */
    private void fenced(String reason) {
        unfenceDue = true;
        StateChange change = StateChange.imposed(resource, "the peer is fenced: " + reason);
        for (PeerDevice p : connection.peerDevices()) {
            if (p.peerDisk() == DiskState.UNKNOWN) {
                change.peerDisk(p, DiskState.OUTDATED);
            }
        }
        change.commit();
    }

    private void peerIsPrimary() {
        if (resource.role() == Role.PRIMARY) {
            complain("says that the peer is Primary, as this node is: their data part from now on. Demote one of both");
            return;
        }
        StateChange change = StateChange.imposed(resource, "the peer is Primary");
        for (Volume v : resource.volumes()) {
            if (v.diskState().compareTo(DiskState.OUTDATED) > 0) {
                change.disk(v, DiskState.OUTDATED);
            }
        }
        change.commit();
    }
}
