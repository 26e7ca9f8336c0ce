package io.bsr.sim.states;

import io.bsr.base.VolumeNumber;
import io.bsr.base.port.Errno;
import io.bsr.base.state.ConnectionState;
import io.bsr.core.option.PeerFamily;
import io.bsr.core.option.Protocol;
import io.bsr.core.snapshot.ResourceSnapshot;
import io.bsr.metadata.Superblock;
import io.bsr.sim.disk.SimDisk;
import io.bsr.sim.node.ScriptedPair;
import io.bsr.sim.node.SimNode;
import io.bsr.sim.time.VirtualClock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Two nodes to which events happen, one at a time, and what becomes of them. */
final class Stage {
    static final VolumeNumber VOLUME = new VolumeNumber(ScriptedPair.VOLUME);
    private static final int BLOCK = 4096;

    /** If nothing has changed for so long, nothing will. */
    private static final long QUIET = 3 * VirtualClock.SECOND;

    private static final long PATIENCE = 60 * VirtualClock.SECOND;

    private final ScriptedPair pair;
    private final boolean[] broken = new boolean[2];
    private final List<List<ScriptedPair.Request>> writes = List.of(new ArrayList<>(), new ArrayList<>());
    private BiConsumer<Integer, NodeState> observer = (node, state) -> {};
    private boolean cut;
    private boolean changed;

    /** Where both begin: connected. */
    Stage(PeerFamily family, boolean synced) {
        Map<String, String> net = new HashMap<>(Map.of("verify-alg", "crc32c"));
        if (family != PeerFamily.BSR) {
            net.put("peer-family", family.toString());
        }
        pair = new ScriptedPair(Protocol.C, synced, 1, Map.of("on-io-error", "detach"), net);
        pair.observe(this::changed);
        node(0).start(true);
        node(1).start(true);
    }

    /** From now on {@code watching} is told of each state that a node tells of, and when it is gone. */
    void observe(BiConsumer<Integer, NodeState> watching) {
        observer = watching;
        for (int n = 0; n < 2; n++) {
            watching.accept(n, NodeState.of(pair.snapshot(n)));
        }
    }

    private void changed(SimNode node, ResourceSnapshot latest) {
        changed = true;
        observer.accept(node.id(), NodeState.of(latest));
    }

    // ---- time

    /** A state that was passed, and after how many steps of the clock. */
    record Passed(int steps, PairState state) {}

    /**
     * Lets time pass until nothing moves.
     *
     * @param passed gets each state on the way, and the last one
     * @return false if it has not become quiet in time
     */
    boolean settle(List<Passed> passed) {
        VirtualClock clock = pair.clock;
        long deadline = clock.now() + PATIENCE;
        long since = clock.now();
        PairState raw = state();
        PairState last = raw.settled();
        int steps = 0;
        boolean quiet = false;
        while (!quiet && clock.now() < deadline) {
            boolean waited = clock.now() - since > QUIET;
            if (changed || waited) {
                changed = false;
                raw = state();
                if (!raw.settled().equals(last)) {
                    passed.add(new Passed(steps, raw));
                    last = raw.settled();
                    since = clock.now();
                } else if (waited) {
                    quiet = calm(raw);
                    since += quiet ? 0 : QUIET / 10;
                }
            }
            if (!quiet) {
                steps++;
                if (!clock.step()) {
                    // Nobody is up.
                    last = state();
                    quiet = true;
                }
            }
        }
        passed.add(new Passed(steps, last));
        return quiet;
    }

    /** Plays so many steps of the clock. */
    void play(int steps) {
        for (int i = 0; i < steps; i++) {
            pair.clock.step();
        }
    }

    private boolean calm(PairState now) {
        boolean calm = true;
        for (int n = 0; n < 2; n++) {
            NodeState state = now.node(n);
            calm &= state.connection() != ConnectionState.DISCONNECTING;
            calm &= !(cut && state.connected())
                    && !(state.connected() && !now.node(1 - n).up());
            calm &= switch (state.disk()) {
                case ATTACHING, DETACHING, FAILED, NEGOTIATING -> false;
                case DISKLESS, INCONSISTENT, OUTDATED, UNKNOWN, CONSISTENT, UP_TO_DATE -> true;
            };
            calm &= switch (state.replication()) {
                case OFF -> !state.connected();
                case ESTABLISHED, PAUSED_SYNC_S, PAUSED_SYNC_T -> true;
                case STARTING_SYNC_S,
                        STARTING_SYNC_T,
                        WF_BITMAP_S,
                        WF_BITMAP_T,
                        WF_SYNC_UUID,
                        SYNC_SOURCE,
                        SYNC_TARGET,
                        VERIFY_S,
                        VERIFY_T,
                        AHEAD,
                        BEHIND -> false;
            };
        }
        return calm
                && unended().isEmpty()
                && (cut || !(now.left().trying() && now.right().trying()));
    }

    // ---- what is there

    PairState state() {
        Superblock left = StoredState.read(pair.meta.get(0));
        Superblock right = StoredState.read(pair.meta.get(1));
        return new PairState(
                NodeState.of(pair.snapshot(0)),
                NodeState.of(pair.snapshot(1)),
                StoredState.of(left, 1),
                StoredState.of(right, 0),
                StoredState.relation(left, right),
                broken[0],
                broken[1],
                cut);
    }

    SimNode node(int node) {
        return pair.nodes[node];
    }

    List<String> log() {
        return pair.log;
    }

    boolean sameData() {
        SimDisk left = pair.data.get(0);
        SimDisk right = pair.data.get(1);
        for (int page = 0; page < left.current().pageCount(); page++) {
            if (!left.current().samePage(page, right.current())) {
                return false;
            }
        }
        return true;
    }

    /** Commands and writes that have not ended. */
    List<String> unended() {
        List<String> texts = new ArrayList<>();
        for (int n = 0; n < 2; n++) {
            for (var command : node(n).commands()) {
                texts.add(command.text() + " on n" + n);
            }
            for (ScriptedPair.Request write : writes.get(n)) {
                if (write.errno < 0) {
                    texts.add("a write on n" + n);
                }
            }
        }
        return texts;
    }

    // ---- what can be done

    void kill(int node) {
        node(node).kill();
        changed = true;
        // Whoever waited for a write on this node is gone with it.
        writes.get(node).clear();
        observer.accept(node, NodeState.ABSENT);
    }

    void write(int node) {
        writes.get(node).add(pair.write(node, (long) node * BLOCK));
    }

    void breakDisk(int node) {
        broken[node] = true;
        pair.data.get(node).faults().errors(1, 1, 1, Errno.EIO);
        pair.meta.get(node).faults().errors(1, 1, 1, Errno.EIO);
        changed = true;
    }

    void mendDisk(int node) {
        broken[node] = false;
        pair.data.get(node).faults().heal();
        pair.meta.get(node).faults().heal();
        changed = true;
    }

    void cutLink() {
        link(false);
    }

    void healLink() {
        link(true);
    }

    private void link(boolean open) {
        cut = !open;
        changed = true;
        for (int n = 0; n < 2; n++) {
            if (cut) {
                pair.network.cut(node(n).host(), node(1 - n).host());
            } else {
                pair.network.heal(node(n).host(), node(1 - n).host());
            }
        }
    }

    /** What {@code create-md} does; the node is down. */
    void createMetadata(int node) {
        pair.createMetadataAnew(node);
    }
}
