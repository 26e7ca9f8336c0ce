package io.bsr.sim.world;

import io.bsr.base.memory.BufferPool;
import io.bsr.base.state.Role;
import io.bsr.core.Events;
import io.bsr.core.Reply;
import io.bsr.core.option.PeerFamily;
import io.bsr.core.snapshot.ResourceSnapshot;
import io.bsr.sim.network.SimNetwork;
import io.bsr.sim.node.PairSetup;
import io.bsr.sim.node.SimNode;
import io.bsr.sim.oracle.MetadataOracle;
import io.bsr.sim.oracle.NodeView;
import io.bsr.sim.oracle.RoleOracle;
import io.bsr.sim.oracle.Violation;
import io.bsr.sim.oracle.VolumeOracle;
import io.bsr.sim.time.EventHash;
import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.Timeline;
import io.bsr.sim.time.VirtualClock;
import io.bsr.sim.workload.VolumeUser;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A pair of nodes and everything around them, made from one seed. */
public final class World implements SimNode.Listener {
    static {
        FastDigests.install();
    }

    private static final long MOST_EVENTS = 6_000_000;
    private static final long MOST_EVENTS_AT_ONCE = 200_000;

    private final long seed;
    private final VirtualClock clock = new VirtualClock();
    private final EventHash hash = new EventHash();
    private final SimRandom random;
    private final Timeline timeline;
    private final Swarm swarm;
    private final FaultScript script;
    private final SimNetwork network;
    private final SimNode[] nodes = new SimNode[2];
    private final NodeView[] views = {new NodeView(), new NodeView()};
    private final List<VolumeOracle> oracles;
    private final List<MetadataOracle> metadata;
    private final List<VolumeUser> users = new ArrayList<>();
    private final Journaling journaling;
    private final RoleOracle roles;
    private final RoleKeeper roleKeeper;
    private final Administrator administrator;
    private final Faults faults;
    private final AimedFaults aimedFaults;
    private final ImaginedCrashes imaginedCrashes;
    private final Operator operator;
    private final Growth growth;
    private final Verifies verifies;
    private final Quiet quiet;
    private boolean storming;

    /** What a world is made of besides its seed. */
    public record Options(
            Scale scale,
            boolean strictPower,
            Timeline.Detail detail,
            Timeline.Listener listener,
            Plant plant,
            FaultScript script) {
        /** All faults of the seed happen. */
        public Options(
                Scale scale, boolean strictPower, Timeline.Detail detail, Timeline.Listener listener, Plant plant) {
            this(scale, strictPower, detail, listener, plant, FaultScript.recording());
        }

        /** Nothing is told, nothing is planted. */
        public static Options quiet(Scale scale) {
            return new Options(scale, false, Timeline.Detail.NOTHING, line -> {}, Plant.NONE);
        }
    }

    public World(long seed, Options options) {
        this(seed, options, Swarm.random(new SimRandom(seed).split("swarm"), options.scale()));
    }

    /** A world whose nodes take each other for another product than their own. */
    public static World of(long seed, Options options, PeerFamily family) {
        return new World(
                seed,
                options,
                Swarm.random(new SimRandom(seed).split("swarm"), options.scale())
                        .with(family));
    }

    World(long seed, Options options, Swarm swarm) {
        this.seed = seed;
        this.swarm = swarm;
        this.script = options.script();
        this.random = new SimRandom(seed);
        this.timeline = new Timeline(clock, options.detail(), 120, options.listener());
        this.network = new SimNetwork(clock, hash, random, swarm.network(), timeline);
        PairSetup setup = swarm.setup();
        Volumes volumes = new Volumes(swarm, options, clock, hash, random, timeline, views);
        this.oracles = volumes.oracles();
        this.metadata = volumes.metadata();
        for (int n = 0; n < 2; n++) {
            nodes[n] = new SimNode(n, setup, volumes.disks(n), clock, hash, random, network, timeline, this);
            nodes[n].handlers().install();
        }
        this.journaling = Journaling.of(swarm, nodes, views, clock, random);
        for (SimNode node : nodes) {
            for (VolumeOracle oracle : oracles) {
                users.add(journaling.user(swarm, node, oracle, random, timeline, options.plant()));
            }
        }
        this.roles = new RoleOracle(views, setup.volumes().size());
        this.roleKeeper = new RoleKeeper(this, random.split("roles"));
        this.administrator = new Administrator(this, random.split("administrator"));
        this.faults = new Faults(this, random.split("faults"));
        this.aimedFaults = new AimedFaults(this, faults, random.split("aimed faults"));
        this.imaginedCrashes = new ImaginedCrashes(this, metadata, random.split("imagined crashes"));
        this.quiet = new Quiet(this, metadata);
        this.operator = new Operator(this, random.split("operator"));
        this.growth = new Growth(this, random.split("growth"));
        this.verifies =
                new Verifies(this, random.split("verifies"), setup.volumes().size());
        for (VolumeUser user : users) {
            user.limit(options.scale().requests() / users.size());
        }
    }

    // ---- a run

    /** Runs the world from its beginning to its end, or to the first violation. */
    public SeedResult run() {
        String invariant = null;
        String explanation = "";
        try {
            live();
        } catch (Violation e) {
            invariant = e.invariant();
            explanation = String.valueOf(e.getMessage());
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
            invariant = "crash";
            explanation = stackTrace(e);
        } finally {
            for (SimNode node : nodes) {
                node.worldEnded();
            }
        }
        long requests = 0;
        for (VolumeUser user : users) {
            requests += user.issued();
        }
        long converged = 0;
        for (VolumeOracle oracle : oracles) {
            converged += oracle.timesConverged();
        }
        return new SeedResult(
                seed,
                hash.value(),
                clock.now(),
                clock.happened(),
                requests,
                converged,
                invariant,
                explanation,
                timeline.last());
    }

    private static String stackTrace(Throwable e) {
        StringWriter text = new StringWriter();
        e.printStackTrace(new PrintWriter(text));
        List<String> lines = text.toString().lines().limit(25).toList();
        return String.join("\n", lines);
    }

    private void live() {
        timeline.event(
                "world",
                () -> "seed " + seed + ", protocol " + swarm.setup().protocol() + ", " + swarm.setup() + ", "
                        + swarm.network() + ", " + swarm.disks() + ", " + swarm.workloads());
        timeline.event("world", () -> "storm of " + swarm.storm() / VirtualClock.SECOND + " s: " + swarm.rates());
        SimRandom start = random.split("start");
        clock.after(start.between(0, VirtualClock.SECOND), () -> startUnlessRunning(nodes[0]));
        clock.after(start.between(0, VirtualClock.SECOND), () -> startUnlessRunning(nodes[1]));
        storming = true;
        roleKeeper.begin();
        journaling.begin(this::storming);
        quiet.begin();
        imaginedCrashes.begin();
        clock.after(start.between(0, 3 * VirtualClock.SECOND), this::storm);
        runFor(swarm.storm());
        storming = false;
        timeline.event("world", () -> "the storm is over");
        aimedFaults.end();
        faults.end();
        operator.end();
        growth.end();
        verifies.end();
        for (SimNode node : nodes) {
            node.handlers().stormIsOver();
        }
        new Calm(this).run();
    }

    /** An administrator may have been first. */
    private static void startUnlessRunning(SimNode node) {
        if (!node.running()) {
            node.start(true);
        }
    }

    private void storm() {
        faults.begin(swarm.rates());
        aimedFaults.begin(swarm.rates());
        operator.begin(swarm.rates());
        growth.begin();
        verifies.begin();
        clock.after(swarm.administratorEvery(), this::administrate);
    }

    private void administrate() {
        if (storming) {
            administrator.look(false);
            clock.after(swarm.administratorEvery(), this::administrate);
        }
    }

    void runFor(long duration) {
        runUntil(clock.now() + duration);
    }

    /** Lets time pass, with a limit to how busy the world may be. */
    void runUntil(long end) {
        while (clock.now() < end) {
            long before = clock.happened();
            long slice = Math.min(end, clock.now() + 20 * VirtualClock.MILLISECOND);
            clock.runUntil(slice, MOST_EVENTS_AT_ONCE);
            if (clock.happened() - before >= MOST_EVENTS_AT_ONCE) {
                throw new Violation(
                        "I10", "more than " + MOST_EVENTS_AT_ONCE + " events within 20 ms: an endless loop");
            }
            if (clock.happened() > MOST_EVENTS) {
                throw new Violation("I10", "more than " + MOST_EVENTS + " events in one world");
            }
        }
    }

    // ---- what nodes tell

    @Override
    public void changed(SimNode node, ResourceSnapshot snapshot) {
        views[node.id()].update(snapshot);
        roles.observe();
        journaling.observe(node.id());
        for (VolumeOracle oracle : oracles) {
            oracle.observe(node.id());
        }
        if (imaginedCrashes.changed(node)) {
            aimedFaults.changed(node);
        }
        quiet.observe(node.id());
    }

    @Override
    public void turnEnded(SimNode node) {
        for (VolumeUser user : users) {
            if (user.node() == node) {
                user.turnEnded();
            }
        }
    }

    @Override
    public void logged(SimNode node, Events.Level level, String object, String text) {
        verifies.logged(node, object, text);
        String lower = text.toLowerCase(Locale.ROOT);
        boolean unrelated = lower.contains("is not related");
        if (unrelated || lower.contains("split-brain") || lower.contains("split brain")) {
            quiet.splitBrainReported(node.id());
        }
        if (unrelated) {
            administrator.heardOfUnrelatedData();
        }
        if (lower.contains("on the node that has to be the source")) {
            administrator.heardOfContradiction();
        }
        if (lower.contains("whose data are inconsistent")) {
            administrator.heardOfInconsistentSource();
        }
        if (lower.contains("declare those of that node good")) {
            // A positive relation says that the speaker has to be the source.
            administrator.heardOfSourceToDeclareGood(text.contains("(+") ? node : other(node));
        }
    }

    // ---- what happens to nodes

    void kill(SimNode node) {
        if (!node.running()) {
            return;
        }
        node.kill();
        journaling.crashed(node.id());
        for (VolumeOracle oracle : oracles) {
            oracle.killed(node.id());
        }
        gone(node);
    }

    void losePower(SimNode node) {
        List<BitSet> changed = node.losePower();
        journaling.crashed(node.id());
        for (VolumeOracle oracle : oracles) {
            oracle.powerLost(
                    node.id(),
                    changed.get(oracle.volume()),
                    metadata.get(oracle.volume()).storedAsPrimary(node.id()));
        }
        gone(node);
    }

    private void gone(SimNode node) {
        checkMetadata();
        views[node.id()].gone();
        for (VolumeUser user : users) {
            if (user.node() == node) {
                user.nodeGone();
            }
        }
        roleKeeper.gone();
    }

    void checkMetadata() {
        for (MetadataOracle oracle : metadata) {
            oracle.check(nodes[0].running(), nodes[1].running());
        }
    }

    // ---- for the actors

    VirtualClock clock() {
        return clock;
    }

    SimRandom random() {
        return random;
    }

    Timeline timeline() {
        return timeline;
    }

    SimNetwork network() {
        return network;
    }

    SimNode node(int id) {
        return nodes[id];
    }

    SimNode other(SimNode node) {
        return nodes[1 - node.id()];
    }

    NodeView view(SimNode node) {
        return views[node.id()];
    }

    List<VolumeOracle> oracles() {
        return oracles;
    }

    List<VolumeUser> users() {
        return users;
    }

    Administrator administrator() {
        return administrator;
    }

    RoleKeeper roleKeeper() {
        return roleKeeper;
    }

    Swarm swarm() {
        return swarm;
    }

    Journaling journaling() {
        return journaling;
    }

    FaultScript script() {
        return script;
    }

    Verifies verifies() {
        return verifies;
    }

    /** Makes the connection anew, as an administrator does after a verify has found something. */
    void reconnect(SimNode node) {
        node.disconnect(false, outcome -> node.connect(false, done -> {}));
    }

    boolean storming() {
        return storming;
    }

    Quiet quiet() {
        return quiet;
    }

    /** The running Primary, if there is exactly one. */
    @Nullable SimNode onlyPrimary() {
        boolean first = views[0].role() == Role.PRIMARY;
        boolean second = views[1].role() == Role.PRIMARY;
        return first == second ? null : nodes[first ? 0 : 1];
    }

    /** Promotes a node by force: what its disks contain becomes the data. */
    void forcePrimary(SimNode node, Reply reply) {
        declareGood(node, true);
        node.primary(true, outcome -> {
            if (!outcome.success()) {
                declareGood(node, false);
            }
            reply.done(outcome);
        });
    }

    private void declareGood(SimNode node, boolean on) {
        for (VolumeOracle oracle : oracles) {
            oracle.force(node.id(), on);
        }
        journaling.force(node.id(), on);
    }

    /** Stops all users of a node and then goes on. */
    void stopUsers(SimNode node, Runnable then) {
        List<VolumeUser> mine = new ArrayList<>();
        for (VolumeUser user : users) {
            if (user.node() == node) {
                mine.add(user);
            }
        }
        int[] left = {mine.size()};
        for (VolumeUser user : mine) {
            user.stop(() -> {
                if (--left[0] == 0) {
                    then.run();
                }
            });
        }
    }

    /** Bytes of buffers in use by a process. */
    static long buffersInUse(SimNode node) {
        BufferPool pool = node.pool();
        return pool == null ? 0 : pool.usedBytes();
    }
}
