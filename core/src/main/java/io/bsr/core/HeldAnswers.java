package io.bsr.core;

import io.bsr.base.port.Errno;
import io.bsr.base.state.DiskState;
import io.bsr.core.disk.Disk;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes that some peer will not acknowledge. Their users are answered only when this node can no longer forget that the
 * peer lacks them:
 *
 * <ul>
 *   <li>the peer is lost: when the new generation and the marked blocks are on disk. Else this node could acknowledge what
 *       nobody would ever report as lost;
 *   <li>the peer refused the write (P_NEG_ACK) although it counts as UpToDate: when its new state has come, and what
 *       follows from that is on disk. Else this node could fail in between, and the peer, UpToDate for all that anybody
 *       knows, would be promoted without the write. If it does not come within {@link #PATIENCE_NANOS} (it travels on the
 *       other stream; a bsr with on-io-error passthrough stays UpToDate), the connection is made anew, which resyncs.
 * </ul>
 *
 * <p>With fencing resource-and-stonith they wait before that until the lost peer is fenced, or back, see {@link Fencing}.
 *
 * <p>Meanwhile this node's own bit is set in {@link WriteRequest#awaitingAck}.
 */
final class HeldAnswers {
    private static final long PATIENCE_NANOS = 1_000_000_000L;

    private final Resource resource;
    private final int own;

    HeldAnswers(Resource resource) {
        this.resource = resource;
        own = 1 << resource.nodeId().value();
    }

    /** A peer is gone: what it has not made durable counts as different. */
    void peerLost(Connection connection) {
        int bit = 1 << connection.peer().value();
        List<WriteRequest> affected = new ArrayList<>();
        for (WriteRequest r = resource.transferLog().head(); r != null; r = r.newer) {
            boolean refused = r.awaitsPeerState && (r.refusedBy & bit) != 0;
            if ((((r.awaitingAck | r.awaitingBarrier) & bit) != 0 || refused) && r.volume != null) {
                PeerDevice p = connection.peerDevice(r.volume);
                if (p != null) {
                    p.setOutOfSync(r.startSector, r.endSector);
                }
                if (r.volume.diskState() != DiskState.UP_TO_DATE) {
                    r.volume.requests().flushes().writesMayBeLost();
                }
                r.awaitsPeerState = false;
                r.thrownAwayBy = null;
                r.awaitingAck = (r.awaitingAck & ~bit) | own;
                r.awaitingBarrier &= ~bit;
                affected.add(r);
            }
        }
        answerEachWhenStored(affected);
        for (Volume volume : resource.volumes()) {
            volume.requests().barrierAcked();
        }
    }

    /** A peer refused a write that its user waits for. */
    void refused(PeerDevice p, WriteRequest write) {
        write.awaitingAck = (write.awaitingAck & ~(1 << p.connection().peer().value())) | own;
        if (p.peerDisk() != DiskState.UP_TO_DATE) {
            answerWhenStored(p.volume(), List.of(write));
            return;
        }
        write.awaitsPeerState = true;
        int generation = write.generation;
        resource.timers().schedule(PATIENCE_NANOS, () -> {
            if (write.generation == generation && write.awaitsPeerState) {
                p.connection().failAndRetry("the peer refused a write and does not say what became of its disk");
            }
        });
    }

    /** A peer's disk is not UpToDate any more. */
    void peerDiskChanged(PeerDevice p) {
        int bit = 1 << p.connection().peer().value();
        List<WriteRequest> affected = new ArrayList<>();
        for (WriteRequest r = resource.transferLog().head(); r != null; r = r.newer) {
            if (r.volume == p.volume() && r.awaitsPeerState && (r.refusedBy & bit) != 0) {
                r.awaitsPeerState = false;
                affected.add(r);
            }
        }
        answerWhenStored(p.volume(), affected);
    }

    private void answerWhenStored(Volume volume, List<WriteRequest> writes) {
        if (writes.isEmpty()) {
            return;
        }
        if (resource.suspension().byFencing()) {
            writes.forEach(r -> r.awaitsFence = true);
            return;
        }
        Disk disk = volume.usableDisk();
        if (disk != null && volume.diskState() == DiskState.UP_TO_DATE) {
            volume.generation().begin(false);
            disk.writer().persist(durable -> answer(writes));
        } else {
            boolean accessible = volume.dataAccessible();
            for (WriteRequest r : writes) {
                boolean nowhere = r.countsAtPeer && r.refusedBy != 0;
                if ((!accessible || nowhere) && r.localError == Errno.OK) {
                    // Only a copy that is not good has it.
                    r.localError = Errno.EIO;
                }
            }
            answer(writes);
        }
    }

    /** Users need not wait any longer until a lost peer is fenced. */
    void peersFenced() {
        List<WriteRequest> affected = new ArrayList<>();
        for (WriteRequest r = resource.transferLog().head(); r != null; r = r.newer) {
            if (r.awaitsFence) {
                r.awaitsFence = false;
                affected.add(r);
            }
        }
        answerEachWhenStored(affected);
    }

    private void answerEachWhenStored(List<WriteRequest> writes) {
        for (Volume volume : resource.volumes()) {
            answerWhenStored(
                    volume, writes.stream().filter(r -> r.volume == volume).toList());
        }
    }

    private void answer(List<WriteRequest> writes) {
        for (WriteRequest r : writes) {
            Volume volume = r.volume;
            if (volume != null && (r.awaitingAck & own) != 0) {
                r.awaitingAck &= ~own;
                volume.requests().writes().answerIfDone(r);
            }
        }
        for (Volume volume : resource.volumes()) {
            volume.holdEnded();
        }
    }

    /** A volume's disk is gone: nothing waits for its superblock any more. */
    void diskLost(Volume volume) {
        List<WriteRequest> affected = new ArrayList<>();
        for (WriteRequest r = resource.transferLog().head(); r != null; r = r.newer) {
            if (r.volume == volume && (r.awaitingAck & own) != 0 && !r.awaitsFence) {
                r.awaitsPeerState = false;
                affected.add(r);
            }
        }
        if (!affected.isEmpty()) {
            resource.later(() -> answer(affected));
        }
    }
}
