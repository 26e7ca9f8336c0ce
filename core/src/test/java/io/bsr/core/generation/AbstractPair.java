package io.bsr.core.generation;

import io.bsr.base.NodeId;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.core.generation.SyncOutcome.BitmapAction;
import io.bsr.core.generation.SyncOutcome.Verdict;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Two nodes with a device of a few blocks, on which events happen one after the other. What a block holds is known only
 * in relation to the same block of the other node: equal or not, and which of the two has acknowledged writes that the
 * other lacks. That is all that invariants speak of, and it makes different histories with the same result one state.
 *
 * <p>The events obey the rule of {@link NewGeneration}: nothing is acknowledged in an old generation that the other node
 * lacks. {@link Flaw}s break such rules on purpose.
 */
final class AbstractPair {
    static final int BLOCKS = 2;
    static final int ALL = (1 << BLOCKS) - 1;

    /** What an engine might do wrong; tests expect the oracles to notice. */
    enum Flaw {
        /** A write in flight is acknowledged after the connection broke, in the old generation. */
        IN_FLIGHT_WRITE_KEEPS_GENERATION,
        /** A source that missed the end of a resync goes on in the same generation. */
        MISSED_END_KEEPS_GENERATION,
        /** Promotion while alone does not begin a generation. */
        WRITES_ALONE_KEEP_GENERATION,
        /** The activity log is not replayed after a crash. */
        NO_ACTIVITY_LOG,
        /** After a full resync was decided, the bitmap is not set. */
        FULL_SYNC_KEEPS_BITMAP
    }

    enum Link {
        DOWN,
        ESTABLISHED,
        /** Node 0 is source. */
        SYNC_FROM_0,
        SYNC_FROM_1
    }

    final RuleSet rules;
    final int version;
    final List<Flaw> flaws;
    final AbstractNode[] nodes;
    Link link = Link.DOWN;

    /** Blocks whose contents differ. */
    int different;

    /** Per node: blocks in which it has acknowledged writes that the other lacks. */
    final int[] ahead = new int[2];

    private long uuids;

    private AbstractPair(RuleSet rules, int version, List<Flaw> flaws, AbstractNode[] nodes) {
        this.rules = rules;
        this.version = version;
        this.flaws = flaws;
        this.nodes = nodes;
    }

    /** Two fresh nodes with unknown contents. */
    static AbstractPair justCreated(RuleSet rules, int version, List<Flaw> flaws) {
        AbstractPair pair =
                new AbstractPair(rules, version, flaws, new AbstractNode[] {new AbstractNode(0), new AbstractNode(1)});
        for (AbstractNode node : pair.nodes) {
            node.disk = DiskState.INCONSISTENT;
        }
        pair.different = ALL;
        return pair;
    }

    /** Two nodes with equal contents in one generation. */
    static AbstractPair inSync(RuleSet rules, int version, List<Flaw> flaws) {
        AbstractPair pair = justCreated(rules, version, flaws);
        long current = pair.random();
        for (AbstractNode node : pair.nodes) {
            node.identifiers = node.identifiers.withCurrent(current);
            node.disk = DiskState.UP_TO_DATE;
        }
        pair.different = 0;
        return pair;
    }

    AbstractPair copy() {
        AbstractPair copy = new AbstractPair(
                rules, version, flaws, new AbstractNode[] {new AbstractNode(nodes[0]), new AbstractNode(nodes[1])});
        copy.link = link;
        copy.different = different;
        copy.ahead[0] = ahead[0];
        copy.ahead[1] = ahead[1];
        copy.uuids = uuids;
        return copy;
    }

    /** Never reused, and far enough apart for 2^48 to be added. */
    private long random() {
        uuids++;
        return uuids << 8;
    }

    private boolean severalPeers() {
        return version >= ComparisonSetting.SEVERAL_PEERS;
    }

    private static NodeId id(int node) {
        return new NodeId(node);
    }

    boolean syncing() {
        return link == Link.SYNC_FROM_0 || link == Link.SYNC_FROM_1;
    }

    int source() {
        return link == Link.SYNC_FROM_0 ? 0 : 1;
    }

    private void newGeneration(int x, boolean forced) {
        AbstractNode node = nodes[x];
        int peer = 1 - x;
        boolean inContact = link != Link.DOWN && nodes[peer].disk == DiskState.UP_TO_DATE;
        boolean shared = node.syncInProgress && !flaws.contains(Flaw.MISSED_END_KEEPS_GENERATION);
        Optional<GenerationIdentifiers> next = NewGeneration.begin(
                node.identifiers,
                List.of(new NewGeneration.Other(id(peer), inContact, link == Link.DOWN && shared)),
                node.primary,
                forced,
                random());
        if (next.isPresent()) {
            node.identifiers = next.get();
        }
        node.newCurrentNeeded = false;
    }

    private void writeAlone(int x, int block) {
        AbstractNode node = nodes[x];
        if (node.newCurrentNeeded && !flaws.contains(Flaw.WRITES_ALONE_KEEP_GENERATION)) {
            newGeneration(x, false);
        }
        acknowledgedOnlyBy(x, block);
    }

    private void acknowledgedOnlyBy(int x, int block) {
        nodes[x].bits |= block;
        different |= block;
        ahead[x] |= block;
    }

    private void equal(int block) {
        different &= ~block;
        ahead[0] &= ~block;
        ahead[1] &= ~block;
    }

    boolean canWrite(int x) {
        return nodes[x].primary && nodes[x].disk == DiskState.UP_TO_DATE;
    }

    /** A write of the application, acknowledged. */
    void write(int x, int block) {
        if (link == Link.DOWN) {
            writeAlone(x, block);
            return;
        }
        if (nodes[x].newCurrentNeeded) {
            newGeneration(x, false);
        }
        equal(block);
        nodes[0].bits &= ~block;
        nodes[1].bits &= ~block;
    }

    /** A write is on its way to the peer when the connection breaks; it is acknowledged afterwards. */
    void writeAndDisconnect(int x, int block, boolean peerHasIt) {
        disconnect();
        if (!flaws.contains(Flaw.IN_FLIGHT_WRITE_KEEPS_GENERATION)) {
            newGeneration(x, false);
        }
        if (peerHasIt) {
            equal(block);
            nodes[x].bits |= block;
        } else {
            acknowledgedOnlyBy(x, block);
        }
    }

    /** The process of a node ends and starts anew. */
    void crash(int x) {
        AbstractNode node = nodes[x];
        disconnect();
        node.crashedPrimary |= node.primary;
        node.primary = false;
        node.wasConnected = false;
        node.newCurrentNeeded = false;
        node.identifiers = node.identifiers.withPrimaryBit(false);
    }

    /** A Primary crashes with a write under way that reached its own disk, the peer's, both or none. */
    void crashWithWrite(int x, int block, boolean reachedOwn, boolean reachedPeer) {
        AbstractNode node = nodes[x];
        boolean peerToo = reachedPeer && link != Link.DOWN;
        if (node.newCurrentNeeded) {
            newGeneration(x, false);
        }
        if (reachedOwn && peerToo) {
            equal(block);
        } else if (reachedOwn || peerToo) {
            different |= block;
        }
        if (!flaws.contains(Flaw.NO_ACTIVITY_LOG)) {
            node.bits |= block;
        }
        crash(x);
    }

    void disconnect() {
        if (link != Link.DOWN) {
            link = Link.DOWN;
            for (int x = 0; x < 2; x++) {
                nodes[x].newCurrentNeeded |= nodes[x].primary;
                if (!severalPeers() && canWrite(x)) {
                    newGeneration(x, false);
                }
            }
        }
    }

    boolean canPromote(int x) {
        return !nodes[x].primary
                && nodes[x].disk == DiskState.UP_TO_DATE
                && (link == Link.DOWN || !nodes[1 - x].primary);
    }

    void promote(int x) {
        AbstractNode node = nodes[x];
        node.primary = true;
        node.identifiers = node.identifiers.withPrimaryBit(true);
        if (link == Link.DOWN) {
            if (!flaws.contains(Flaw.WRITES_ALONE_KEEP_GENERATION)) {
                newGeneration(x, false);
            }
        } else {
            node.newCurrentNeeded = nodes[1 - x].disk != DiskState.UP_TO_DATE;
        }
    }

    boolean canForcePromote(int x) {
        return !nodes[x].primary && nodes[x].disk != DiskState.UP_TO_DATE && link == Link.DOWN;
    }

    void forcePromote(int x) {
        AbstractNode node = nodes[x];
        node.primary = true;
        node.disk = DiskState.UP_TO_DATE;
        newGeneration(x, true);
    }

    void demote(int x) {
        AbstractNode node = nodes[x];
        node.primary = false;
        node.newCurrentNeeded = false;
        node.identifiers = node.identifiers.withPrimaryBit(false);
    }

    /** The disk of a disconnected Secondary is replaced by an empty one. */
    void replaceDisk(int x) {
        AbstractNode fresh = new AbstractNode(x);
        fresh.disk = DiskState.INCONSISTENT;
        nodes[x] = fresh;
        different = ALL;
        ahead[x] = 0;
        ahead[1 - x] = nodes[1 - x].disk == DiskState.INCONSISTENT ? 0 : ALL;
    }

    SyncSituation situation(int x, SyncPolicies policies, int discarding, int leader) {
        int peer = 1 - x;
        boolean stable = nodes[x].primary || !nodes[peer].primary;
        boolean peerStable = nodes[peer].primary || !nodes[x].primary;
        boolean mayBeTarget = peerStable;
        boolean mayBeSource = stable;
        return new SyncSituation(
                rules,
                version,
                nodes[x].party((discarding & 1 << x) != 0),
                nodes[peer].party((discarding & 1 << peer) != 0),
                policies,
                leader != x,
                true,
                false,
                true,
                mayBeSource,
                mayBeTarget,
                false,
                false,
                SyncSituation.Demotion.NOT_TRIED);
    }

    /** What the nodes store when they have decided; the states follow with {@link #enter}. */
    void store(int x, SyncOutcome outcome) {
        AbstractNode node = nodes[x];
        if (!(outcome.verdict() instanceof Verdict.Proceed)) {
            return;
        }
        node.identifiers = outcome.identifiersAfter();
        switch (outcome.bitmap()) {
            case KEEP -> {}
            case SET_ALL -> node.bits = flaws.contains(Flaw.FULL_SYNC_KEEPS_BITMAP) ? node.bits : ALL;
            case CLEAR -> node.bits = 0;
        }
        if (outcome.newCurrentUuid()) {
            newGeneration(x, true);
        }
        if (outcome.next() == ReplicationState.WF_BITMAP_T) {
            node.disk = node.disk == DiskState.INCONSISTENT ? node.disk : DiskState.OUTDATED;
            node.initialSyncBegun |= outcome.bitmap() == BitmapAction.SET_ALL && node.identifiers.isJustCreated();
        }
    }

    /** Both have decided and stored: they are Established, or the bitmaps are exchanged and the resync begins. */
    void enter(SyncOutcome of0) {
        nodes[0].wasConnected = true;
        nodes[1].wasConnected = true;
        if (of0.next() == ReplicationState.ESTABLISHED) {
            link = Link.ESTABLISHED;
            nodes[0].syncInProgress = false;
            nodes[1].syncInProgress = false;
            resolveCrashes();
            return;
        }
        exchangeBitmaps();
        int source = of0.next() == ReplicationState.WF_BITMAP_S ? 0 : 1;
        if (!severalPeers()) {
            beginAsSource(source);
            beginAsTarget(1 - source);
        }
        beginSync(source);
    }

    void exchangeBitmaps() {
        int union = nodes[0].bits | nodes[1].bits;
        nodes[0].bits = union;
        nodes[1].bits = union;
    }

    void beginAsSource(int source) {
        nodes[source].identifiers =
                NewGeneration.resyncBegunAsSource(nodes[source].identifiers, id(1 - source), random());
    }

    private void beginAsTarget(int target) {
        nodes[target].identifiers = NewGeneration.resyncBegunAsTarget(
                nodes[target].identifiers, id(1 - target), nodes[1 - target].identifiers.bitmapTowards(id(target)));
    }

    private void beginSync(int source) {
        nodes[source].syncInProgress = true;
        nodes[1 - source].disk = DiskState.INCONSISTENT;
        // What the target loses now was decided; from here on only new writes count.
        ahead[1 - source] = 0;
        link = source == 0 ? Link.SYNC_FROM_0 : Link.SYNC_FROM_1;
    }

    boolean canInvalidate(int x) {
        return link == Link.ESTABLISHED && !nodes[x].primary && nodes[1 - x].disk == DiskState.UP_TO_DATE;
    }

    void invalidate(int x) {
        nodes[0].bits = ALL;
        nodes[1].bits = ALL;
        if (!severalPeers()) {
            beginAsSource(1 - x);
            beginAsTarget(x);
        }
        beginSync(1 - x);
    }

    /** One block is resynced; the acknowledgement arrives, or is lost together with the connection. */
    void resyncBlock(boolean acknowledgementLost) {
        int source = source();
        int block = Integer.lowestOneBit(nodes[1 - source].bits);
        equal(block);
        nodes[1 - source].bits &= ~block;
        if (acknowledgementLost) {
            disconnect();
        } else {
            nodes[source].bits &= ~block;
        }
    }

    boolean canFinish() {
        return syncing() && nodes[0].bits == 0 && nodes[1].bits == 0;
    }

    /** The target ends the resync; the source sees it, or the connection breaks just then. */
    void finishSync(boolean seen) {
        int s = source();
        AbstractNode source = nodes[s];
        AbstractNode target = nodes[1 - s];
        target.identifiers = severalPeers()
                ? NewGeneration.resyncedFrom(target.identifiers, source.identifiers)
                : NewGeneration.resyncEndedAsTarget(target.identifiers, sourceAsLastReported(s));
        target.disk = source.disk;
        target.initialSyncBegun = false;
        target.crashedPrimary = false;
        if (!seen) {
            disconnect();
            return;
        }
        source.identifiers = severalPeers()
                ? NewGeneration.peerReports(source.identifiers, target.identifiers)
                : NewGeneration.resyncEndedAsSource(source.identifiers, id(1 - s));
        source.syncInProgress = false;
        link = Link.ESTABLISHED;
        resolveCrashes();
    }

    /** Below 110 the target knows the identifiers that the source had before the resync began. */
    private GenerationIdentifiers sourceAsLastReported(int s) {
        GenerationIdentifiers now = nodes[s].identifiers;
        long before = now.historyAt(0);
        boolean derived = before != 0
                && GenerationIdentifiers.same(before + GenerationComparison.RESYNC_STEP, now.bitmapTowards(id(1 - s)));
        if (!derived) {
            return now.withBitmap(id(1 - s), 0);
        }
        return now.withBitmap(id(1 - s), before)
                .withHistory(now.history().subList(1, now.history().size()));
    }

    private void resolveCrashes() {
        if (nodes[0].disk == DiskState.UP_TO_DATE && nodes[1].disk == DiskState.UP_TO_DATE) {
            nodes[0].crashedPrimary = false;
            nodes[1].crashedPrimary = false;
        }
    }

    /** Equal for states that differ only in the values of the identifiers. */
    String key() {
        StringBuilder key = new StringBuilder(80);
        Map<Long, Integer> names = new HashMap<>();
        key.append(link).append(different).append(ahead[0]).append(ahead[1]);
        for (int x = 0; x < 2; x++) {
            AbstractNode node = nodes[x];
            key.append('|')
                    .append(node.disk.number())
                    .append(node.bits)
                    .append(node.crashedPrimary ? 'c' : '-')
                    .append(node.syncInProgress ? 's' : '-')
                    .append(node.initialSyncBegun ? 'i' : '-')
                    .append(node.primary ? 'p' : '-')
                    .append(node.wasConnected ? 'r' : '-')
                    .append(node.newCurrentNeeded ? 'n' : '-');
            name(key, names, node.identifiers.current());
            name(key, names, node.identifiers.bitmapTowards(id(1 - x)));
            key.append(':');
            for (long past : node.identifiers.history()) {
                name(key, names, past);
            }
        }
        return key.toString();
    }

    private static void name(StringBuilder key, Map<Long, Integer> names, long uuid) {
        long base = uuid & 0x0000_FFFF_FFFF_FFFEL;
        int name = base <= GenerationIdentifiers.JUST_CREATED
                ? (int) base - 10
                : names.computeIfAbsent(base, b -> names.size());
        key.append(name).append((uuid & 1) != 0 ? '+' : '.').append(uuid >>> 48).append(',');
    }

    @Override
    public String toString() {
        return "%s different:%s ahead:%s/%s%n  0: %s%n  1: %s"
                .formatted(
                        link,
                        Integer.toBinaryString(different),
                        Integer.toBinaryString(ahead[0]),
                        Integer.toBinaryString(ahead[1]),
                        describe(0),
                        describe(1));
    }

    private String describe(int x) {
        AbstractNode node = nodes[x];
        return node.role() + " " + node.disk + " " + node.party(false).report() + " needsNew:" + node.newCurrentNeeded;
    }
}
