package io.bsr.sim.states;

import io.bsr.metadata.DeviceFlag;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.PeerFlag;
import io.bsr.metadata.Superblock;
import io.bsr.sim.disk.SimDisk;
import java.nio.ByteBuffer;

/**
 * What the metadata of a node say on its disk, reduced to what the node acts upon when it comes back.
 *
 * @param flags of the device
 * @param peerFlags of the other node
 * @param bitmap whether a generation is kept for which the bitmap counts
 */
record StoredState(int flags, int peerFlags, boolean bitmap) {
    private static final int FLAGS =
            DeviceFlag.CONSISTENT | DeviceFlag.WAS_UP_TO_DATE | DeviceFlag.PRIMARY_IND | DeviceFlag.CRASHED_PRIMARY;
    private static final int PEER_FLAGS = PeerFlag.OUTDATED | PeerFlag.FULL_SYNC | PeerFlag.IN_PROGRESS_SYNC;

    /** How the generation of one copy is related to that of another. */
    enum Relation {
        SAME,
        LEFT_AHEAD,
        RIGHT_AHEAD,
        DIVERGED,
        UNRELATED;

        Relation mirrored() {
            return switch (this) {
                case LEFT_AHEAD -> RIGHT_AHEAD;
                case RIGHT_AHEAD -> LEFT_AHEAD;
                case SAME, DIVERGED, UNRELATED -> this;
            };
        }
    }

    static Superblock read(SimDisk meta) {
        byte[] bytes = new byte[Superblock.BYTES];
        meta.current().read(0, bytes, 0, bytes.length);
        try {
            return Superblock.decode(ByteBuffer.wrap(bytes), 0);
        } catch (MetadataException e) {
            throw new IllegalStateException("the superblock cannot be read", e);
        }
    }

    static StoredState of(Superblock superblock, int peer) {
        return new StoredState(
                superblock.flags & FLAGS,
                superblock.peer(peer).flags & PEER_FLAGS,
                superblock.peer(peer).bitmapUuid != 0);
    }

    static Relation relation(Superblock left, Superblock right) {
        boolean toRight = Superblock.sameGeneration(left.peer(1).bitmapUuid, right.currentUuid);
        boolean toLeft = Superblock.sameGeneration(right.peer(0).bitmapUuid, left.currentUuid);
        if (Superblock.sameGeneration(left.currentUuid, right.currentUuid)) {
            return Relation.SAME;
        } else if (toRight || inHistory(right.currentUuid, left)) {
            return Relation.LEFT_AHEAD;
        } else if (toLeft || inHistory(left.currentUuid, right)) {
            return Relation.RIGHT_AHEAD;
        }
        long before = left.peer(1).bitmapUuid;
        return before != 0 && Superblock.sameGeneration(before, right.peer(0).bitmapUuid)
                ? Relation.DIVERGED
                : Relation.UNRELATED;
    }

    private static boolean inHistory(long generation, Superblock superblock) {
        for (int i = 0; i < Superblock.HISTORY; i++) {
            if (Superblock.sameGeneration(generation, superblock.history(i))) {
                return true;
            }
        }
        return false;
    }
}
