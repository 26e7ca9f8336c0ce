package io.bsr.wire.packet;

import io.bsr.base.NodeId;
import io.bsr.wire.Agreement;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolException;
import java.nio.ByteBuffer;

/**
 * P_TWOPC_YES, P_TWOPC_NO, P_TWOPC_RETRY, from version 110 on (reference 15).
 *
 * <pre>
 *             0     4           8                 16              24                32
 *             ├─────┼───────────┼─────────────────┼───────────────┼─────────────────┤
 *   state     │ tid │ initiator │ reachable nodes │ primary nodes │ weak nodes      │
 *   resize    │ tid │ initiator │ reachable nodes │ with a disk   │ max size        │
 * </pre>
 *
 * @param answer which of the three packets
 * @param tid the transaction, not 0
 * @param initiator node id 0 … 31
 * @param reachableNodes node mask
 * @param primaryNodes node mask; of a resize: only those with a disk
 * @param weakNodes node mask; of a resize: {@link #maxPossibleSectors}
 */
public record TwoPhaseReply(
        Answer answer, int tid, int initiator, long reachableNodes, long primaryNodes, long weakNodes)
        implements SessionPacket {
    /** What a participant says. */
    public enum Answer {
        YES(PacketType.TWOPC_YES),
        NO(PacketType.TWOPC_NO),
        RETRY(PacketType.TWOPC_RETRY);

        private final PacketType type;

        Answer(PacketType type) {
            this.type = type;
        }
    }

    public TwoPhaseReply {
        if (tid == 0 || initiator < 0 || initiator >= NodeId.LIMIT) {
            throw new IllegalArgumentException("tid " + tid + ", initiator " + initiator);
        }
    }

    /** Resize: the largest size in sectors that the sender can have; nobody has checked it. */
    public long maxPossibleSectors() {
        return weakNodes;
    }

    @Override
    public PacketType type() {
        return answer.type;
    }

    @Override
    public int length(Agreement agreed) {
        return type().layout().bytes();
    }

    @Override
    public void encode(ByteBuffer out, Agreement agreed) {
        out.putInt(tid)
                .putInt(initiator)
                .putLong(reachableNodes)
                .putLong(primaryNodes)
                .putLong(weakNodes);
    }

    static TwoPhaseReply decode(PacketType type, ByteBuffer in) throws ProtocolException {
        Answer answer =
                switch (type) {
                    case TWOPC_YES -> Answer.YES;
                    case TWOPC_NO -> Answer.NO;
                    case TWOPC_RETRY -> Answer.RETRY;
                    default -> throw new IllegalArgumentException(type + " is not an answer in a transaction");
                };
        int tid = in.getInt();
        if (tid == 0) {
            throw Body.badValue(type, "tid", 0);
        }
        return new TwoPhaseReply(
                answer, tid, Body.node(in, type, "initiator"), in.getLong(), in.getLong(), in.getLong());
    }
}
