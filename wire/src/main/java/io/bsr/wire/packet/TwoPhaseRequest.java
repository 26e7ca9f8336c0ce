package io.bsr.wire.packet;

import io.bsr.base.NodeId;
import io.bsr.wire.Agreement;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolException;
import io.bsr.wire.StateWord;
import java.nio.ByteBuffer;

/**
 * P_TWOPC_PREPARE, P_TWOPC_PREP_RSZ, P_TWOPC_COMMIT, P_TWOPC_ABORT, from version 110 on (reference 15).
 *
 * <pre>
 *               0     4           8        12               20               28         32      36
 *               ├─────┼───────────┼────────┼────────────────┼────────────────┼──────────┼───────┤
 *   state       │ tid │ initiator │ target │ nodes to reach │ primary nodes  │ mask     │ value │
 *   PREP_RSZ    │ tid │ initiator │ −1     │ nodes to reach │ user size      │ flags(2) undefined│
 *   resize      │ tid │ initiator │ −1     │ nodes to reach │ primaries with │ exposed size     │
 *   COMMIT      │     │           │        │                │ a disk         │                  │
 * </pre>
 *
 * A COMMIT does not say which of the two it is: the transaction does. So one record holds them all, and accessors read
 * the same bytes in both ways. Disk states in mask and value have today's numbers.
 *
 * @param kind which of the four packets
 * @param tid the transaction, random, not 0
 * @param initiator node id 0 … 31
 * @param target node id 0 … 31, or {@link #NO_TARGET}
 * @param nodesToReach node mask
 * @param bits20 bytes 20 … 27: {@link #primaryNodes} or {@link #userSectors}
 * @param bits28 bytes 28 … 35: {@link #mask} and {@link #value}, {@link #growFlags} or {@link #exposedSectors}
 */
public record TwoPhaseRequest(
        Kind kind, int tid, int initiator, int target, long nodesToReach, long bits20, long bits28)
        implements SessionPacket {
    public static final int NO_TARGET = -1;

    /** The packets of a transaction's initiator. */
    public enum Kind {
        PREPARE(PacketType.TWOPC_PREPARE),
        PREPARE_RESIZE(PacketType.TWOPC_PREP_RSZ),
        COMMIT(PacketType.TWOPC_COMMIT),
        ABORT(PacketType.TWOPC_ABORT);

        private final PacketType type;

        Kind(PacketType type) {
            this.type = type;
        }
    }

    public TwoPhaseRequest {
        if (tid == 0 || initiator < 0 || initiator >= NodeId.LIMIT || target < NO_TARGET || target >= NodeId.LIMIT) {
            throw new IllegalArgumentException("tid " + tid + ", initiator " + initiator + ", target " + target);
        }
    }

    /** Asks for a change of state; {@code primaryNodes} is 0. */
    public static TwoPhaseRequest prepare(
            int tid, int initiator, int target, long nodesToReach, StateWord mask, StateWord value) {
        return new TwoPhaseRequest(Kind.PREPARE, tid, initiator, target, nodesToReach, 0, words(mask, value));
    }

    /** Asks for a resize. */
    public static TwoPhaseRequest prepareResize(
            int tid, int initiator, long nodesToReach, long userSectors, int growFlags) {
        return new TwoPhaseRequest(
                Kind.PREPARE_RESIZE, tid, initiator, NO_TARGET, nodesToReach, userSectors, (long) growFlags << 48);
    }

    /** The same transaction, committed: a change of state. */
    public TwoPhaseRequest commit(long primaryNodes) {
        return new TwoPhaseRequest(Kind.COMMIT, tid, initiator, target, nodesToReach, primaryNodes, bits28);
    }

    /** The same transaction, committed: a resize. */
    public TwoPhaseRequest commitResize(long diskfulPrimaryNodes, long exposedSectors) {
        return new TwoPhaseRequest(
                Kind.COMMIT, tid, initiator, target, nodesToReach, diskfulPrimaryNodes, exposedSectors);
    }

    /** The same transaction, given up. */
    public TwoPhaseRequest abort() {
        return new TwoPhaseRequest(Kind.ABORT, tid, initiator, target, nodesToReach, bits20, bits28);
    }

    /** The same packet for forwarding. */
    public TwoPhaseRequest withNodesToReach(long nodes) {
        return new TwoPhaseRequest(kind, tid, initiator, target, nodes, bits20, bits28);
    }

    private static long words(StateWord mask, StateWord value) {
        return ((long) mask.bits() << 32) | (value.bits() & 0xffff_ffffL);
    }

    /** State change: node mask of Primaries. Resize, COMMIT: of Primaries with a disk. */
    public long primaryNodes() {
        return bits20;
    }

    /** State change: ones in the fields to change. */
    public StateWord mask() {
        return new StateWord((int) (bits28 >>> 32));
    }

    /** State change: the new values. */
    public StateWord value() {
        return new StateWord((int) bits28);
    }

    /** PREPARE_RESIZE: size wanted by the user in sectors; nobody has checked it. */
    public long userSectors() {
        return bits20;
    }

    /** PREPARE_RESIZE: flags as in {@link Sizes}. */
    public int growFlags() {
        return (int) (bits28 >>> 48);
    }

    /** COMMIT of a resize: the new size in sectors; nobody has checked it. */
    public long exposedSectors() {
        return bits28;
    }

    @Override
    public PacketType type() {
        return kind.type;
    }

    @Override
    public int length(Agreement agreed) {
        return type().layout().bytes();
    }

    @Override
    public void encode(ByteBuffer out, Agreement agreed) {
        out.putInt(tid)
                .putInt(initiator)
                .putInt(target)
                .putLong(nodesToReach)
                .putLong(bits20)
                .putLong(bits28);
    }

    static TwoPhaseRequest decode(PacketType type, ByteBuffer in) throws ProtocolException {
        Kind kind =
                switch (type) {
                    case TWOPC_PREPARE -> Kind.PREPARE;
                    case TWOPC_PREP_RSZ -> Kind.PREPARE_RESIZE;
                    case TWOPC_COMMIT -> Kind.COMMIT;
                    case TWOPC_ABORT -> Kind.ABORT;
                    default -> throw new IllegalArgumentException(type + " is not a request of a transaction");
                };
        int tid = in.getInt();
        if (tid == 0) {
            throw Body.badValue(type, "tid", 0);
        }
        int initiator = Body.node(in, type, "initiator");
        int target = in.getInt();
        if (target < NO_TARGET || target >= NodeId.LIMIT) {
            throw Body.badValue(type, "target", target);
        }
        return new TwoPhaseRequest(kind, tid, initiator, target, in.getLong(), in.getLong(), in.getLong());
    }
}
