package io.bsr.core.generation;

import static io.bsr.core.generation.GenerationIdentifiers.same;
import static io.bsr.core.generation.GenerationIdentifiers.withoutRole;

import io.bsr.base.NodeId;
import io.bsr.base.state.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * The comparison of the generation identifiers of two nodes (wire-protocol reference, section 8.6).
 *
 * <p>Repair rules correct the identifiers of one side: {@link #mine()} and {@link #peers()} are what to go on with. A
 * correction of {@link #mine()} is to be stored, one of {@link #peers()} concerns only this node's copy.
 *
 * @param mine this node's identifiers after repair
 * @param peers the peer's identifiers after repair
 */
public record GenerationComparison(GenerationRule rule, GenerationIdentifiers mine, GenerationIdentifiers peers) {
    /** The bitmap identifier of a source moves by this much when a resync begins, at protocol 96 … 109. */
    static final long RESYNC_STEP = 1L << 48;

    public Relation relation() {
        return rule.relation();
    }

    /** For logs: relation, rule and reason. */
    public String explanation() {
        return relation().signed() + " by rule " + rule.number() + ": " + rule.explanation();
    }

    /** Compares; depends on nothing else. */
    public static GenerationComparison compare(
            GenerationReport mine, GenerationReport peers, ComparisonSetting setting) {
        return new Comparer(mine, peers, setting).compare();
    }

    /** One comparison under way. */
    private static final class Comparer {
        private final ComparisonSetting setting;
        private final GenerationReport mine;
        private final GenerationReport peers;
        private final GenerationIdentifiers me;
        private final GenerationIdentifiers peer;
        private final long myBitmap;
        private final long peersBitmap;

        Comparer(GenerationReport mine, GenerationReport peers, ComparisonSetting setting) {
            this.setting = setting;
            this.mine = mine;
            this.peers = peers;
            me = mine.identifiers();
            peer = peers.identifiers();
            myBitmap = me.bitmapTowards(peer.node());
            peersBitmap = peer.bitmapTowards(me.node());
        }

        GenerationComparison compare() {
            if (me.isJustCreated() || peer.isJustCreated()) {
                return plain(compareJustCreated());
            }
            return same(me.current(), peer.current()) ? compareSameCurrent() : compareDifferentCurrent();
        }

        private GenerationRule compareJustCreated() {
            if (me.isJustCreated() && peer.isJustCreated()) {
                return GenerationRule.BOTH_JUST_CREATED;
            }
            boolean bsr = setting.rules() == RuleSet.BSR;
            if (me.isJustCreated()) {
                return bsr && setting.myRole() == Role.PRIMARY && peers.has(UuidFlag.TARGET_ONLY)
                        ? GenerationRule.I_AM_JUST_CREATED_BUT_PRIMARY
                        : GenerationRule.I_AM_JUST_CREATED;
            }
            return bsr && setting.peerRole() == Role.PRIMARY && mine.has(UuidFlag.TARGET_ONLY)
                    ? GenerationRule.PEER_IS_JUST_CREATED_BUT_PRIMARY
                    : GenerationRule.PEER_IS_JUST_CREATED;
        }

        private GenerationComparison compareSameCurrent() {
            if (!setting.severalPeers() && (myBitmap == 0) != (peersBitmap == 0)) {
                return repairMissedEnd();
            }
            return switch (setting.rules()) {
                case BSR -> plain(whoCrashedByBsr());
                case DRBD84 -> plain(whoCrashedByDrbd84());
            };
        }

        /** Rules 34 to 37: one of the nodes still has a bitmap identifier although the current ones are equal. */
        private GenerationComparison repairMissedEnd() {
            if (setting.agreedVersion() < ComparisonSetting.REPAIR) {
                return plain(GenerationRule.REPAIR_NEEDS_PROTOCOL_91);
            }
            if (peersBitmap == 0) {
                // bsr compares both first history entries instead of mine with the peer's second; the relation is the
                // same either way, and only the older rule recognises what really happened. Unlike 8.4 and bsr, the
                // bitmap identifier stays until the resync begins: the two nodes would look equal if the connection
                // broke before.
                return plain(
                        finishedWithout(me, myBitmap, peer)
                                ? GenerationRule.I_MISSED_THE_END_AS_SOURCE
                                : GenerationRule.ONLY_I_HAVE_A_BITMAP);
            }
            return finishedWithout(peer, peersBitmap, me)
                    ? repaired(GenerationRule.PEER_MISSED_THE_END_AS_SOURCE, me, peer.withBitmapRetired(me.node()))
                    : plain(GenerationRule.ONLY_PEER_HAS_A_BITMAP);
        }

        /** The target's history is what the source's would be, had it seen the end of the resync. */
        private static boolean finishedWithout(
                GenerationIdentifiers source, long sourcesBitmap, GenerationIdentifiers target) {
            return same(sourcesBitmap, target.historyAt(0)) && sameOrNone(source.historyAt(0), target.historyAt(1));
        }

        private static boolean sameOrNone(long one, long other) {
            return GenerationIdentifiers.withoutRole(one) == GenerationIdentifiers.withoutRole(other);
        }

        private GenerationRule whoCrashedByBsr() {
            if (mine.has(UuidFlag.RECONNECT) && peers.has(UuidFlag.RECONNECT)) {
                return GenerationRule.BOTH_RECONNECT;
            }
            if (setting.alreadySource()) {
                return GenerationRule.ALREADY_SOURCE;
            }
            return whoCrashed();
        }

        private GenerationRule whoCrashedByDrbd84() {
            boolean crash = mine.has(UuidFlag.CRASHED_PRIMARY) || peers.has(UuidFlag.CRASHED_PRIMARY);
            boolean primary = setting.myRole() == Role.PRIMARY;
            boolean peerPrimary = setting.peerRole() == Role.PRIMARY;
            if (!crash || (!primary && !peerPrimary)) {
                return whoCrashed();
            }
            if (!setting.writeSameAgreed()) {
                return GenerationRule.CRASH_NEEDS_WRITE_SAME;
            }
            if (primary && peerPrimary) {
                return GenerationRule.CRASH_AND_BOTH_PRIMARY;
            }
            return primary ? GenerationRule.CRASH_AND_I_AM_PRIMARY : GenerationRule.CRASH_AND_PEER_IS_PRIMARY;
        }

        private GenerationRule whoCrashed() {
            boolean iCrashed = mine.has(UuidFlag.CRASHED_PRIMARY);
            boolean peerCrashed = peers.has(UuidFlag.CRASHED_PRIMARY);
            if (iCrashed && peerCrashed) {
                return setting.resolveConflicts()
                        ? GenerationRule.BOTH_CRASHED_AND_PEER_LEADS
                        : GenerationRule.BOTH_CRASHED_AND_I_LEAD;
            }
            if (iCrashed) {
                return GenerationRule.I_CRASHED;
            }
            return peerCrashed ? GenerationRule.PEER_CRASHED : GenerationRule.NOBODY_CRASHED;
        }

        private GenerationComparison compareDifferentCurrent() {
            boolean bsr = setting.rules() == RuleSet.BSR;
            if (same(me.current(), peersBitmap)) {
                return plain(GenerationRule.MY_CURRENT_IS_PEERS_BITMAP);
            }
            if (bsr && isBitmapOfThird(peer, me.node(), me.current())) {
                return plain(GenerationRule.MY_CURRENT_IS_PEERS_BITMAP_OF_A_THIRD);
            }
            if (resyncStartWasLost(peer, peersBitmap, me)) {
                return repaired(GenerationRule.PEERS_RESYNC_START_WAS_LOST, me, resyncStartUndone(peer, me));
            }
            if (isPast(me.current(), peer)) {
                return plain(
                        bsr && isPast(peersBitmap, me)
                                ? GenerationRule.BITMAPS_IN_HISTORIES_PEER_NEWER
                                : GenerationRule.MY_CURRENT_IS_IN_PEERS_HISTORY);
            }
            if (same(myBitmap, peer.current())) {
                return plain(GenerationRule.PEERS_CURRENT_IS_MY_BITMAP);
            }
            if (bsr && isBitmapOfThird(me, peer.node(), peer.current())) {
                return plain(GenerationRule.PEERS_CURRENT_IS_MY_BITMAP_OF_A_THIRD);
            }
            if (resyncStartWasLost(me, myBitmap, peer)) {
                return repaired(GenerationRule.MY_RESYNC_START_WAS_LOST, resyncStartUndone(me, peer), peer);
            }
            if (isPast(peer.current(), me)) {
                return plain(
                        bsr && isPast(myBitmap, peer)
                                ? GenerationRule.BITMAPS_IN_HISTORIES_I_AM_NEWER
                                : GenerationRule.PEERS_CURRENT_IS_IN_MY_HISTORY);
            }
            if (same(myBitmap, peersBitmap)) {
                return plain(GenerationRule.SAME_BITMAP);
            }
            return plain(haveCommonHistory() ? GenerationRule.COMMON_HISTORY : GenerationRule.NOTHING_IN_COMMON);
        }

        /** Below 110 the peer cannot see the slots of third nodes, so they must not count on this side either. */
        private boolean isBitmapOfThird(GenerationIdentifiers owner, NodeId other, long current) {
            if (!setting.severalPeers()) {
                return false;
            }
            SortedMap<NodeId, Long> slots = owner.bitmaps();
            for (Map.Entry<NodeId, Long> slot : slots.entrySet()) {
                if (!slot.getKey().equals(other) && same(slot.getValue(), current)) {
                    return true;
                }
            }
            return false;
        }

        /**
         * Rules 51 and 71: the source moved its bitmap identifier on, the target has the one before. DRBD 8.4 wants to see that
         * one in the source's history as well; it need not be the newest there, and it is not there at all if power failed
         * while the superblock was being written, so what the source's bitmap identifier was derived from is enough.
         */
        private boolean resyncStartWasLost(
                GenerationIdentifiers source, long sourcesBitmap, GenerationIdentifiers target) {
            if (setting.severalPeers() || target.isJustCreated()) {
                return false;
            }
            return setting.agreedVersion() >= ComparisonSetting.DERIVED_SYNC_UUID
                    ? same(target.current() + RESYNC_STEP, sourcesBitmap)
                    : same(target.current(), source.historyAt(0))
                            && sameOrNone(target.historyAt(0), source.historyAt(1));
        }

        private static GenerationIdentifiers resyncStartUndone(
                GenerationIdentifiers source, GenerationIdentifiers target) {
            long bitmap = withoutRole(target.current());
            List<Long> history = new ArrayList<>(source.history());
            history.removeIf(uuid -> same(uuid, bitmap));
            return source.withBitmap(target.node(), bitmap).withHistory(history);
        }

        /** {@code uuid} is in the part of the history that both nodes see. */
        private boolean isPast(long uuid, GenerationIdentifiers owner) {
            for (int i = 0; i < setting.visibleHistory(); i++) {
                if (same(owner.historyAt(i), uuid)) {
                    return true;
                }
            }
            return false;
        }

        private boolean haveCommonHistory() {
            for (int i = 0; i < setting.visibleHistory(); i++) {
                if (isPast(me.historyAt(i), peer)) {
                    return true;
                }
            }
            // A node can have moved on past the bitmap generation of the other without keeping it as its own.
            if (setting.rules() == RuleSet.BSR) {
                long mine = me.bitmapTowards(peer.node());
                long theirs = peer.bitmapTowards(me.node());
                if ((mine != 0 && isPast(mine, peer)) || (theirs != 0 && isPast(theirs, me))) {
                    return true;
                }
            }
            // 8.4 also takes two unused history entries for a match; it calls unrelated data a split brain then.
            return setting.rules() == RuleSet.DRBD84 && me.historyAt(1) == 0 && peer.historyAt(1) == 0;
        }

        private GenerationComparison plain(GenerationRule rule) {
            return new GenerationComparison(rule, me, peer);
        }

        private static GenerationComparison repaired(
                GenerationRule rule, GenerationIdentifiers mine, GenerationIdentifiers peers) {
            return new GenerationComparison(rule, mine, peers);
        }
    }
}
