package io.bsr.core;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;

/** Blocks that stay marked although both nodes are connected and no resync is due. */
final class Leftovers {
    private static final long LEFTOVER_NANOS = 5_000_000_000L;

    private final Resource resource;

    Leftovers(Resource resource) {
        this.resource = resource;
    }

    /**
     * Blocks are marked although nothing resyncs them (a write was refused, or failed here): some time later, when it is
     * certain whose data count, the connection is made anew, which resyncs them.
     */
    void consider(PeerDevice p) {
        if (p.leftoverTimerRuns) {
            return;
        }
        p.leftoverTimerRuns = true;
        resource.timers().schedule(LEFTOVER_NANOS, () -> {
            p.leftoverTimerRuns = false;
            // Later writes may have made every marked block equal: then a disk that was called Inconsistent is as good.
            boolean done = p.outOfSyncBlocks() == 0 && goodHere(p) == goodThere(p);
            if (done || !bothHaveDisks(p) || !StateRules.inStep(p.replication())) {
                return;
            }
            if (p.replication() != ReplicationState.ESTABLISHED || !resync(p)) {
                consider(p);
            }
        });
    }

    /** Makes the connection anew, which resyncs marked blocks; false if it is not certain whose data count. */
    boolean resync(PeerDevice p) {
        boolean sourceHere = resource.role() == Role.PRIMARY && goodHere(p);
        boolean sourceThere = p.connection().peerRole() == Role.PRIMARY && goodThere(p);
        if (bothHaveDisks(p) && (sourceHere || sourceThere || goodHere(p) != goodThere(p))) {
            p.connection()
                    .fail(
                            ConnectionState.NETWORK_FAILURE,
                            p.outOfSyncBlocks() + " blocks are left out of sync; connecting anew to resync them");
            return true;
        }
        return false;
    }

    private static boolean goodHere(PeerDevice p) {
        return p.volume().diskState() == DiskState.UP_TO_DATE;
    }

    private static boolean goodThere(PeerDevice p) {
        return p.peerDisk() == DiskState.UP_TO_DATE;
    }

    private static boolean bothHaveDisks(PeerDevice p) {
        return p.volume().usableDisk() != null && p.peerDisk().atLeast(DiskState.INCONSISTENT);
    }
}
