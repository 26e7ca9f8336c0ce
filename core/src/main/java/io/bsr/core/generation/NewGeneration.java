package io.bsr.core.generation;

import static io.bsr.core.generation.GenerationIdentifiers.JUST_CREATED;
import static io.bsr.core.generation.GenerationIdentifiers.PRIMARY_BIT;
import static io.bsr.core.generation.GenerationIdentifiers.same;
import static io.bsr.core.generation.GenerationIdentifiers.withoutRole;

import io.bsr.base.NodeId;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How identifiers change (wire-protocol reference, sections 8.4, 8.5 and 8.10).
 *
 * <p>The rule on which everything rests: a node begins a new generation before it acknowledges the first write that some
 * peer may lack, writes that were on their way when the connection broke included, and stores it before that
 * acknowledgement. A node that has such a write pending must not become Secondary without it either.
 */
public final class NewGeneration {
    private NewGeneration() {}

    /**
     * Another node that has a bitmap here.
     *
     * @param inContact its disk receives this node's writes, see {@link #inContact}
     * @param mayHaveReachedMyCurrent not in contact, but when it was, a resync from here to it was running (its
     *     SYNC_IN_PROGRESS flag is stored). It may have finished that resync without this node knowing, so that both
     *     have the same current identifier although this node still has a bitmap identifier
     */
    public record Other(NodeId node, boolean inContact, boolean mayHaveReachedMyCurrent) {}

    /** True if writes of this node reach the peer's disk. */
    public static boolean inContact(
            boolean connected, DiskState peerDisk, ReplicationState replication, boolean weak, boolean targetOnly) {
        boolean good = peerDisk.compareTo(DiskState.UNKNOWN) > 0 || peerDisk == DiskState.NEGOTIATING;
        return connected && good && !weak && !targetOnly && replication != ReplicationState.AHEAD;
    }

    /**
     * Begins a new generation: each node not in contact that had no bitmap identifier gets the old current one as such.
     *
     * <p>Beyond bsr, a new generation also begins if a node not in contact may have reached the current one through a
     * resync whose end was not seen here: else both would be taken for equal after this node wrote alone.
     *
     * @param primary this node is Primary (bit 0)
     * @param forced begin one in any case (forced promotion, by command)
     * @param random any value
     * @return the new identifiers; empty if there is no reason for a new generation: every missing node is behind the
     *     current one already
     */
    public static Optional<GenerationIdentifiers> begin(
            GenerationIdentifiers mine, Collection<Other> others, boolean primary, boolean forced, long random) {
        boolean rotated = false;
        boolean mayBeShared = false;
        GenerationIdentifiers next = mine;
        for (Other other : others) {
            if (other.inContact()) {
                continue;
            }
            if (mine.bitmapTowards(other.node()) == 0) {
                rotated = true;
                next = next.withBitmap(other.node(), mine.isJustCreated() ? 0 : mine.current());
            } else {
                mayBeShared |= other.mayHaveReachedMyCurrent();
            }
        }
        if (!rotated && !mayBeShared && !forced) {
            return Optional.empty();
        }
        if (!rotated) {
            next = next.withHistoryPushed(mine.current());
        }
        return Optional.of(next.withCurrent(usable(random)).withPrimaryBit(primary));
    }

    /** A current identifier out of a random value: none of those with a meaning of their own. Bit 0 is clear. */
    public static long usable(long random) {
        long uuid = withoutRole(random);
        boolean reserved =
                uuid == 0 || uuid == JUST_CREATED || uuid == withoutRole(GenerationIdentifiers.CLEAR_BUT_DIFFERENT);
        return reserved ? uuid ^ 0x5A5A_5A5A_5A5A_5A50L : uuid;
    }

    /** True if this node does not follow a new generation that a neighbour announces. */
    public static boolean ignoresAnnouncement(
            ReplicationState replication, boolean bitsToGo, DiskState disk, boolean iAmWeak) {
        return switch (replication) {
            case SYNC_TARGET -> bitsToGo;
            case PAUSED_SYNC_T, BEHIND -> true;
            case WF_BITMAP_T -> iAmWeak;
            case OFF,
                    ESTABLISHED,
                    STARTING_SYNC_S,
                    STARTING_SYNC_T,
                    WF_BITMAP_S,
                    WF_SYNC_UUID,
                    SYNC_SOURCE,
                    VERIFY_S,
                    VERIFY_T,
                    PAUSED_SYNC_S,
                    AHEAD -> disk == DiskState.OUTDATED && iAmWeak;
        };
    }

    /**
     * Follows a new generation that a neighbour announces (flag NEW_DATAGEN).
     *
     * @param announced the neighbour's identifiers
     * @param others the other nodes; weak ones count as not in contact. The neighbour may be among them and is skipped
     */
    public static GenerationIdentifiers follow(
            GenerationIdentifiers mine, GenerationIdentifiers announced, Collection<Other> others) {
        GenerationIdentifiers next = mine;
        for (Other other : others) {
            boolean missing = !other.inContact() && !other.node().equals(announced.node());
            if (missing && mine.bitmapTowards(other.node()) == 0 && !mine.isJustCreated()) {
                next = next.withBitmap(other.node(), mine.current());
            }
        }
        next = withSlotsOf(next, announced);
        long primaryBit = mine.current() & PRIMARY_BIT;
        return next.withHistoryPushed(mine.current()).withCurrent(withoutRole(announced.current()) | primaryBit);
    }

    /**
     * This node was target of a resync from {@code source} and has everything now; protocol 110 and later. Its
     * bitmap identifiers are the source's, towards third nodes only; its history knows what both histories knew.
     */
    public static GenerationIdentifiers resyncedFrom(GenerationIdentifiers mine, GenerationIdentifiers source) {
        GenerationIdentifiers next = new GenerationIdentifiers(
                mine.node(), withoutRole(source.current()), new TreeMap<>(), source.history());
        next = withSlotsOf(next, source);
        for (int i = mine.history().size() - 1; i >= 0; i--) {
            next = next.withHistoryPushed(mine.historyAt(i));
        }
        return next.withHistoryPushed(source.bitmapTowards(mine.node())).withHistoryPushed(mine.current());
    }

    private static GenerationIdentifiers withSlotsOf(GenerationIdentifiers mine, GenerationIdentifiers other) {
        GenerationIdentifiers next = mine;
        for (Map.Entry<NodeId, Long> slot : other.bitmaps().entrySet()) {
            if (!slot.getKey().equals(mine.node())) {
                next = next.withBitmap(slot.getKey(), slot.getValue());
            }
        }
        return next;
    }

    /**
     * The peer reports itself: if it has the same current identifier and no bitmap towards this node, it has everything,
     * and the bitmap identifier towards it goes to the history. The bits may be cleared too, unless writes of this node
     * to that peer are under way.
     */
    public static GenerationIdentifiers peerReports(GenerationIdentifiers mine, GenerationIdentifiers peer) {
        boolean hasEverything =
                same(mine.current(), peer.current()) && !mine.isJustCreated() && peer.bitmapTowards(mine.node()) == 0;
        return hasEverything ? mine.withBitmapRetired(peer.node()) : mine;
    }

    /** No initial sync: this node, just created, takes over the peer's generation (flag SKIP_INITIAL_SYNC). */
    public static GenerationIdentifiers initialSyncSkipped(GenerationIdentifiers mine, GenerationIdentifiers peer) {
        return GenerationIdentifiers.justCreated(mine.node()).withCurrent(withoutRole(peer.current()));
    }

    /**
     * The source begins a resync, below protocol 110; its new bitmap identifier is sent as P_SYNC_UUID.
     *
     * @param random used if there is no bitmap identifier to go on from
     */
    public static GenerationIdentifiers resyncBegunAsSource(GenerationIdentifiers mine, NodeId target, long random) {
        long bitmap = mine.bitmapTowards(target);
        boolean none = bitmap == 0 || withoutRole(bitmap) == JUST_CREATED;
        long next = none ? usable(random) : bitmap + GenerationComparison.RESYNC_STEP;
        return mine.withBitmapRetired(target).withBitmap(target, next);
    }

    /** The target learns that the resync begins, below protocol 110. */
    public static GenerationIdentifiers resyncBegunAsTarget(GenerationIdentifiers mine, NodeId source, long syncUuid) {
        return mine.withCurrent(withoutRole(syncUuid)).withBitmap(source, 0);
    }

    /** The source sees the end of a resync, below protocol 110. */
    public static GenerationIdentifiers resyncEndedAsSource(GenerationIdentifiers mine, NodeId target) {
        return mine.withBitmapRetired(target);
    }

    /**
     * The target ends a resync, below protocol 110.
     *
     * @param source the identifiers of the source's last P_UUIDS
     */
    public static GenerationIdentifiers resyncEndedAsTarget(GenerationIdentifiers mine, GenerationIdentifiers source) {
        return mine.withHistory(source.history())
                .withHistoryPushed(source.bitmapTowards(mine.node()))
                .withHistoryPushed(mine.current())
                .withCurrent(withoutRole(source.current()))
                .withBitmap(source.node(), 0);
    }
}
