package io.bsr.core;

import io.bsr.base.port.Timers;
import io.bsr.base.state.ConnectionState;
import io.bsr.wire.PacketType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The side of {@link WriteConflicts} that belongs to a peer: on the node that resolves conflicts it decides what becomes of
 * each received write, in the order in which the peer did things.
 *
 * <p>Acknowledgements and writes travel on different streams. Sequence numbers tell what came first (wire-protocol
 * reference, section 10.5): a write is looked at when all that the peer had sent before has been seen, so that a write of
 * this node that is not acknowledged by then was not known to the peer.
 */
final class WriteArbiter {
    private static final long TENTH = 100_000_000L;

    private final PeerDevice peerDevice;
    private final Resource resource;

    /** The newest number seen on this connection. */
    private int newest;

    private @Nullable Runnable waiting;
    private int awaited;
    private Timers.@Nullable Timer deadline;
    private final List<ThrownAway> thrownAway = new ArrayList<>();

    /**
     * A write that was thrown away for writes of this node that were there before {@code order}. Its epoch does not end
     * before they are acknowledged: until then a DRBD 8.4 may count it among the writes of the epoch, afterwards it never
     * does.
     */
    private record ThrownAway(Session session, long epoch, long startSector, long endSector, long order) {}

    WriteArbiter(PeerDevice peerDevice, Resource resource) {
        this.peerDevice = peerDevice;
        this.resource = resource;
    }

    // ------------------------------------------------------------------------------------------------ order

    private boolean decides(Session session) {
        return session.resolvesConflicts && peerDevice.connection().twoPrimaries();
    }

    /** Something with this number has been dealt with. Counted at all times: two Primaries may be allowed any moment. */
    void seen(int sequence) {
        if (sequence - newest > 0) {
            newest = sequence;
            Runnable then = waiting;
            if (then != null && newest - awaited >= 0) {
                stopWaiting();
                then.run();
            }
        }
    }

    /** True if a received write must wait for something that the peer had sent before it on the other stream. */
    boolean comesTooEarly(Session session, int sequence) {
        if (!decides(session) || sequence - 1 - newest <= 0) {
            return false;
        }
        awaited = sequence - 1;
        return true;
    }

    /** Calls {@code then} when the write may be taken; else the connection ends. */
    void whenInTurn(Session session, Runnable then) {
        waiting = then;
        int number = awaited;
        deadline = resource.timers().schedule(peerDevice.connection().options().pingTimeout() * TENTH, () -> {
            if (session.alive && waiting == then) {
                peerDevice
                        .connection()
                        .fail(
                                ConnectionState.TIMEOUT,
                                "what the peer had numbered " + number + " has not come, but a later write");
            }
        });
    }

    private void stopWaiting() {
        waiting = null;
        if (deadline != null) {
            deadline.cancel();
            deadline = null;
        }
    }

    // ------------------------------------------------------------------------------------------------ decision

    /** Throws a received write away, and says so, if it crossed one of this node's users. */
    boolean throwsAway(Session session, PeerWrite write) {
        WriteConflicts own = peerDevice.volume().requests().writes().conflicts();
        long order = resource.transferLog().nextOrder();
        if (!decides(session) || !own.unacknowledged(peerDevice, write.startSector, write.endSector, order)) {
            return false;
        }
        boolean superseded = own.covered(peerDevice, write.startSector, write.endSector);
        session.sendBlockAck(
                superseded ? PacketType.SUPERSEDED : PacketType.RETRY_WRITE,
                peerDevice,
                write.startSector,
                write.blockId,
                write.bytes());
        thrownAway.add(new ThrownAway(session, write.epoch, write.startSector, write.endSector, order));
        peerDevice.volume().peerWrites().discard(write);
        return true;
    }

    /** The peer has acknowledged a write of this node's users, or will not. */
    void ownWriteAcknowledged() {
        if (thrownAway.isEmpty()) {
            return;
        }
        WriteConflicts own = peerDevice.volume().requests().writes().conflicts();
        List<ThrownAway> over = thrownAway.stream()
                .filter(t -> !own.unacknowledged(peerDevice, t.startSector(), t.endSector(), t.order()))
                .toList();
        thrownAway.removeAll(over);
        over.forEach(t -> t.session().receivedEpochs.endThrownAway(t.epoch()));
    }

    /** The connection is gone. */
    void disconnected() {
        newest = 0;
        stopWaiting();
        List<ThrownAway> over = List.copyOf(thrownAway);
        thrownAway.clear();
        over.forEach(t -> t.session().receivedEpochs.endThrownAway(t.epoch()));
    }
}
