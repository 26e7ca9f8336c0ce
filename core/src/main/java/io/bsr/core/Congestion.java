package io.bsr.core;

import io.bsr.base.Units;
import io.bsr.base.port.IoRequest;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.core.disk.Disk;
import io.bsr.core.option.CongestionOptions;

/**
 * A peer that does not keep up (wire-protocol reference, section 13).
 *
 * <pre>
 *   Established ── too much on its way ──▶ Ahead: blocks are marked, and the peer is told which
 *        ▲                                   │ all that was on its way has arrived, and a second later
 *        └── resync finished ── SyncSource ◀─┘ P_STATE, then the end mark (DRBD 8.4: P_SYNC_UUID): the peer begins to ask
 * </pre>
 *
 * What lets the peer begin travels behind the last mark on the same stream, so it asks for blocks when it knows all of
 * them.
 */
final class Congestion {
    private static final long TENTH = 100_000_000L;
    private static final long CALM_NANOS = 10 * TENTH;

    private final Connection connection;
    private final Resource resource;
    private long bytesOnTheWay;
    private int writesOnTheWay;
    private long calmSince;
    private boolean ticking;
    private boolean givingUp;

    Congestion(Connection connection, Resource resource) {
        this.connection = connection;
        this.resource = resource;
    }

    void sent(WriteRequest write) {
        writesOnTheWay++;
        bytesOnTheWay += payload(write);
    }

    /** The peer has made a write durable. */
    void arrived(WriteRequest write) {
        writesOnTheWay--;
        bytesOnTheWay -= payload(write);
    }

    private static long payload(WriteRequest write) {
        return write.operation == IoRequest.Operation.WRITE ? (long) write.sectors() << Units.SECTOR_SHIFT : 0;
    }

    /** The connection is gone. */
    void reset() {
        writesOnTheWay = 0;
        bytesOnTheWay = 0;
        givingUp = false;
    }

    /** Before a write is sent: if there is too much on its way already, the peer falls behind, or is given up. */
    void look(PeerDevice p, Disk disk) {
        CongestionOptions options = connection.congestionOptions();
        boolean possible = StateRules.inStep(p.replication()) || p.replication() == ReplicationState.SYNC_SOURCE;
        if (options.policy() == CongestionOptions.Policy.BLOCK
                || !possible
                || p.considerResync
                || p.volume().diskState() != DiskState.UP_TO_DATE
                || !congested(options, disk)) {
            return;
        }
        String why = "congested: " + bytesOnTheWay / 1024 + " KiB in " + writesOnTheWay + " writes are on their way";
        if (options.policy() == CongestionOptions.Policy.DISCONNECT) {
            if (!givingUp) {
                givingUp = true;
                resource.later(() -> connection.giveUp(why + " (on-congestion disconnect)"));
            }
            return;
        }
        p.resyncSource().fallsBehind();
        StateChange.imposed(resource, why)
                .replication(p, ReplicationState.AHEAD)
                .commit();
        calmSince = Long.MAX_VALUE;
        tick();
    }

    private boolean congested(CongestionOptions options, Disk disk) {
        return (options.fill() > 0 && bytesOnTheWay >= options.fill())
                || (options.highWater() > 0 && writesOnTheWay >= options.highWater())
                || (options.extents() > 0 && disk.activityLog().used() >= options.extents());
    }

    private void tick() {
        if (!ticking) {
            ticking = true;
            resource.timers().schedule(TENTH, () -> {
                ticking = false;
                comeBack();
            });
        }
    }

    private void comeBack() {
        boolean ahead = false;
        boolean answered = false;
        for (PeerDevice p : connection.peerDevices()) {
            ahead |= p.replication() == ReplicationState.AHEAD;
            answered |= p.resyncSource().unacknowledged() > 0;
        }
        Session session = connection.session();
        if (!ahead || session == null) {
            return;
        }
        resource.replication().sendBarriers();
        long now = resource.now();
        // Without a number nothing tells that an acknowledgement is for an answer of an earlier resync.
        boolean answersOnTheWay = answered && !session.protocol.splitsResyncAcks();
        if (writesOnTheWay > 0 || answersOnTheWay || session.data.unsentBytes() > 0) {
            calmSince = Long.MAX_VALUE;
        } else if (calmSince > now) {
            calmSince = now;
        } else if (now - calmSince >= CALM_NANOS) {
            for (PeerDevice p : connection.peerDevices()) {
                if (p.replication() == ReplicationState.AHEAD) {
                    resource.actions().behindCatchesUp(p, session);
                }
            }
            return;
        }
        tick();
    }
}
