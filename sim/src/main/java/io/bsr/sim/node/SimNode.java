package io.bsr.sim.node;

import io.bsr.base.Minor;
import io.bsr.base.NodeId;
import io.bsr.base.VolumeNumber;
import io.bsr.base.error.Outcome;
import io.bsr.base.memory.BufferPool;
import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Timers;
import io.bsr.base.port.VolumePort;
import io.bsr.core.CorePorts;
import io.bsr.core.Events;
import io.bsr.core.Happening;
import io.bsr.core.Reply;
import io.bsr.core.ResizeRequest;
import io.bsr.core.Resource;
import io.bsr.core.disk.AttachRequest;
import io.bsr.core.option.DiskOptions;
import io.bsr.core.snapshot.ResourceSnapshot;
import io.bsr.sim.network.Host;
import io.bsr.sim.network.SimNetwork;
import io.bsr.sim.oracle.Violation;
import io.bsr.sim.time.EventHash;
import io.bsr.sim.time.ProcessLoop;
import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.SimTimers;
import io.bsr.sim.time.Timeline;
import io.bsr.sim.time.VirtualClock;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** One of the two machines of a pair. */
public final class SimNode {
    /** Told what happens to the node; called outside of turns. */
    public interface Listener {
        /** The process has published a new snapshot; called after each turn in which it said so. */
        void changed(SimNode node, ResourceSnapshot snapshot);

        /** A turn of the process is over. */
        void turnEnded(SimNode node);

        /** The core logged something. */
        void logged(SimNode node, Events.Level level, String object, String text);
    }

    /** Something to do with the resource of a running process, in a turn. */
    public interface Action {
        void run(Resource resource);
    }

    /** A command that replies. */
    public interface Command {
        void run(Resource resource, Reply reply);
    }

    private static final int PORT = 7788;
    private static final long POOL_BYTES = 32L << 20;

    private final int id;
    private final PairSetup setup;
    private final VirtualClock clock;
    private final EventHash hash;
    private final SimRandom random;
    private final SimNetwork network;
    private final Timeline timeline;
    private final Host host;
    private final Listener listener;
    private final SimHandlers handlers;
    private final List<NodeVolume> volumes = new ArrayList<>();
    private final List<PendingCommand> commands = new ArrayList<>();
    private @Nullable ProcessLoop loop;
    private @Nullable Resource resource;
    private final ProcessMemory memory = new ProcessMemory();
    private @Nullable BufferPool pool;
    private @Nullable ResourceSnapshot snapshot;
    private boolean snapshotWanted;
    private boolean configured;
    private int starts;

    public SimNode(
            int id,
            PairSetup setup,
            List<NodeVolume> volumes,
            VirtualClock clock,
            EventHash hash,
            SimRandom random,
            SimNetwork network,
            Timeline timeline,
            Listener listener) {
        this.id = id;
        this.setup = setup;
        this.clock = clock;
        this.hash = hash;
        this.random = random.split("node" + id);
        this.network = network;
        this.timeline = timeline;
        this.host = network.host(address(id));
        this.listener = listener;
        this.handlers = new SimHandlers(this.random.split("handlers"), timeline);
        this.volumes.addAll(volumes);
    }

    private static String address(int node) {
        return "10.9.0." + (node + 1);
    }

    public int id() {
        return id;
    }

    public String name() {
        return "n" + id;
    }

    public Host host() {
        return host;
    }

    public List<NodeVolume> volumes() {
        return volumes;
    }

    public boolean running() {
        return loop != null;
    }

    /** True after {@link #up} and until {@code down}. */
    public boolean configured() {
        return configured;
    }

    public boolean paused() {
        ProcessLoop present = loop;
        return present != null && present.paused();
    }

    /** The number of the present process. */
    public int starts() {
        return starts;
    }

    public SimHandlers handlers() {
        return handlers;
    }

    public List<PendingCommand> commands() {
        return commands;
    }

    public @Nullable ResourceSnapshot snapshot() {
        return snapshot;
    }

    public @Nullable BufferPool pool() {
        return pool;
    }

    public @Nullable ProcessLoop loop() {
        return loop;
    }

    /** The volume as its users see it; {@code null} while there is none. To be called in a turn. */
    public @Nullable VolumePort port(int volume) {
        Resource present = resource;
        return present == null || !configured ? null : present.port(new VolumeNumber(volume));
    }

    // ---- the life of the process

    /** Starts the process and lets it do {@code up}. */
    public void start(boolean connect) {
        if (running()) {
            throw new IllegalStateException(name() + " runs already");
        }
        starts++;
        double rate = 1 + (random.unit() - 0.5) / 500;
        ProcessLoop fresh = new ProcessLoop(id, clock, hash, rate);
        loop = fresh;
        fresh.observe(this::afterTurn);
        BufferPool buffers = new BufferPool(POOL_BYTES, memory);
        pool = buffers;
        network.powerBack(host);
        timeline.event(name(), () -> "process started");
        Timers timers = new SimTimers(fresh);
        CorePorts ports = new CorePorts(
                timers, network.port(fresh, host), random.split("core" + starts), buffers, new CoreEvents(timers));
        Map<String, String> options = new HashMap<>(setup.resourceOptions());
        options.put("node-name", name());
        fresh.turn(ProcessLoop.Kind.COMMAND, () -> resource = new Resource("r0", new NodeId(id), options, ports));
        up(connect);
    }

    private final class CoreEvents implements Events {
        private final Timers timers;

        CoreEvents(Timers timers) {
            this.timers = timers;
        }

        @Override
        public void log(Level level, String object, String text) {
            timeline.event(name(), () -> level + " " + object + ": " + text);
            listener.logged(SimNode.this, level, object, text);
        }

        @Override
        public void changed() {
            snapshotWanted = true;
        }

        @Override
        public void happened(Happening what) {
            if (what instanceof Happening.HandlerDue due) {
                handlers.tell(due);
            }
        }

        @Override
        public void ask(Happening.HandlerDue due, IntConsumer exitCode) {
            handlers.ask(name(), timers, due, exitCode);
        }
    }

    /** Configures everything, as {@code bsradm up} does. */
    public void up(boolean connect) {
        if (configured) {
            return;
        }
        // Not only in the turn: while the process is paused, two such orders must not queue up.
        configured = true;
        inTurn(r -> {
            NodeId peer = new NodeId(1 - id);
            for (NodeVolume volume : volumes) {
                int number = volume.setup().number();
                require("new-minor", r.newVolume(new VolumeNumber(number), new Minor(number + 1), Map.of()));
            }
            Map<String, String> net = new LinkedHashMap<>(setup.netOptions());
            net.put("_name", "n" + (1 - id));
            require("new-peer", r.newPeer(peer, net));
            for (NodeVolume volume : volumes) {
                require(
                        "peer-device-options",
                        r.setPeerDeviceOptions(
                                peer, new VolumeNumber(volume.setup().number()), setup.peerDeviceOptions()));
            }
            Endpoint local = Endpoint.ipv4(address(id), PORT);
            Endpoint remote = Endpoint.ipv4(address(1 - id), PORT);
            require("new-path", r.newPath(peer, local, remote));
            snapshotWanted = true;
        });
        if (connect && setup.connectFirst()) {
            connect(false, outcome -> {});
        }
        for (NodeVolume volume : volumes) {
            attach(volume, outcome -> {
                boolean last = volume.setup().number() == volumes.size() - 1;
                if (connect && !setup.connectFirst() && last) {
                    connect(false, ignored -> {});
                }
            });
        }
    }

    private void require(String command, Outcome outcome) {
        if (!outcome.success()) {
            throw new Violation("I9", command + " on " + name() + " was refused: " + text(outcome));
        }
    }

    /** An outcome in words. */
    public static String text(Outcome outcome) {
        return outcome.code() + (outcome.detail().isEmpty() ? "" : " (" + outcome.detail() + ")");
    }

    /** Kills the process; the machine goes on. */
    public void kill() {
        ProcessLoop present = loop;
        if (present != null) {
            timeline.event(name(), () -> "killed");
            network.processDied(present);
            for (NodeVolume volume : volumes) {
                volume.data().processKilled();
                volume.meta().processKilled();
            }
            end(present);
        }
    }

    /**
     * Takes away the power of the machine.
     *
     * @return for each volume the pages of the data disk that may have changed by that
     */
    public List<BitSet> losePower() {
        ProcessLoop present = loop;
        List<BitSet> changed = new ArrayList<>();
        timeline.event(name(), () -> "power lost");
        if (present != null) {
            network.powerLost(host, present);
        }
        for (NodeVolume volume : volumes) {
            changed.add(volume.data().powerLost());
            if (volume.meta() != volume.data()) {
                volume.meta().powerLost();
            }
        }
        if (present != null) {
            end(present);
        }
        return changed;
    }

    /** Nothing happens any more in this world: what a process has may be used by others. */
    public void worldEnded() {
        ProcessLoop present = loop;
        if (present != null) {
            end(present);
        }
    }

    private void end(ProcessLoop present) {
        present.die();
        loop = null;
        resource = null;
        pool = null;
        memory.release();
        snapshot = null;
        configured = false;
        snapshotWanted = false;
        commands.clear();
    }

    public void pause(long duration) {
        ProcessLoop present = loop;
        if (present != null) {
            timeline.event(name(), () -> "paused for " + duration / 1_000_000 + " ms");
            present.pause(duration);
        }
    }

    // ---- commands

    /** Does something in a turn of the process, now or when it is no longer paused; nothing if it is dead. */
    public void inTurn(Action action) {
        ProcessLoop present = loop;
        if (present != null) {
            present.turn(ProcessLoop.Kind.COMMAND, () -> {
                Resource target = resource;
                if (target != null) {
                    action.run(target);
                }
            });
        }
    }

    /** Gives a command; {@code reply} is called, outside of turns, when it has ended, never if the process dies before. */
    public void command(String text, Command command, Reply reply) {
        if (loop == null) {
            // It was killed at the very moment at which the command before this one had ended.
            return;
        }
        int process = starts;
        PendingCommand pending = new PendingCommand(text, clock.now());
        commands.add(pending);
        inTurn(r -> {
            timeline.event(name(), () -> "command: " + text);
            command.run(r, outcome -> {
                if (pending.over) {
                    throw new Violation("I9", "command \"" + text + "\" on " + name() + " replied twice");
                }
                pending.over = true;
                if (process == starts) {
                    commands.remove(pending);
                    timeline.event(name(), () -> "reply: " + text + ": " + text(outcome));
                    snapshotWanted = true;
                    clock.after(0, () -> {
                        if (process == starts) {
                            reply.done(outcome);
                        }
                    });
                }
            });
        });
    }

    public void attach(NodeVolume volume, Reply reply) {
        int number = volume.setup().number();
        command(
                "attach " + number,
                (r, done) -> {
                    ProcessLoop present = loop;
                    if (present == null) {
                        return;
                    }
                    boolean internal = volume.setup().placement().internal();
                    if (internal && LastKnownMetadata.moveToEnd(volume.data())) {
                        timeline.event(name(), () -> "check-resize " + number + ": metadata moved");
                    }
                    var data = volume.data().open(present);
                    var meta = internal ? data : volume.meta().open(present);
                    int index = internal ? AttachRequest.INTERNAL : AttachRequest.FLEXIBLE;
                    r.attach(
                            new VolumeNumber(number),
                            new AttachRequest(data, meta, index, DiskOptions.from(setup.diskOptions())),
                            done);
                },
                reply);
    }

    public void connect(boolean discardMyData, Reply reply) {
        command(
                discardMyData ? "connect --discard-my-data" : "connect",
                (r, done) -> r.connect(new NodeId(1 - id), discardMyData, false, done),
                reply);
    }

    public void disconnect(boolean force, Reply reply) {
        command(
                force ? "disconnect --force" : "disconnect",
                (r, done) -> r.disconnect(new NodeId(1 - id), force, done),
                reply);
    }

    public void primary(boolean force, Reply reply) {
        command(force ? "primary --force" : "primary", (r, done) -> r.primary(force, done), reply);
    }

    public void secondary(Reply reply) {
        command("secondary", Resource::secondary, reply);
    }

    public void detach(int volume, boolean force, Reply reply) {
        command(
                (force ? "detach --force " : "detach ") + volume,
                (r, done) -> r.detach(new VolumeNumber(volume), force, outcome -> {
                    if (outcome.equals(Outcome.OK)) {
                        volumes.get(volume).requireNoWrites("detach of " + name());
                    }
                    done.done(outcome);
                }),
                reply);
    }

    public void invalidate(int volume, Reply reply) {
        command("invalidate " + volume, (r, done) -> r.invalidate(new VolumeNumber(volume), null, done), reply);
    }

    public void invalidateRemote(int volume, Reply reply) {
        command(
                "invalidate-remote " + volume,
                (r, done) -> r.invalidateRemote(new NodeId(1 - id), new VolumeNumber(volume), done),
                reply);
    }

    public void resize(int volume, ResizeRequest request, Reply reply) {
        command(
                "resize " + volume + " " + request,
                (r, done) -> r.resize(new VolumeNumber(volume), request, done),
                reply);
    }

    /** See {@link Resource#verify}. */
    public void verify(int volume, long start, long stop, boolean autoSync, Reply reply) {
        command(
                "verify " + volume + " " + start + "-" + stop + (autoSync ? " --auto-sync" : ""),
                (r, done) -> r.verify(new NodeId(1 - id), new VolumeNumber(volume), start, stop, autoSync, done),
                reply);
    }

    public void verifyStop(int volume) {
        inTurn(r -> {
            Outcome outcome = r.verifyStop(new NodeId(1 - id), new VolumeNumber(volume));
            timeline.event(name(), () -> "verify-stop " + volume + ": " + text(outcome));
        });
    }

    public void pauseSync(int volume, boolean pause) {
        inTurn(r -> {
            Outcome outcome = pause
                    ? r.pauseSync(new NodeId(1 - id), new VolumeNumber(volume))
                    : r.resumeSync(new NodeId(1 - id), new VolumeNumber(volume));
            timeline.event(name(), () -> (pause ? "pause-sync " : "resume-sync ") + volume + ": " + text(outcome));
        });
    }

    /** I/O of users, by command. */
    public void suspendIo(int volume, boolean suspend) {
        inTurn(r -> {
            Outcome outcome = suspend ? r.suspendIo(new VolumeNumber(volume)) : r.resumeIo(new VolumeNumber(volume));
            timeline.event(name(), () -> (suspend ? "suspend-io " : "resume-io ") + volume + ": " + text(outcome));
        });
    }

    public void newCurrentUuid(int volume, boolean clearBitmap, boolean rotateBitmap, Reply reply) {
        command(
                "new-current-uuid " + volume + (clearBitmap ? " --clear-bitmap" : "")
                        + (rotateBitmap ? "" : " --no-rotate-bitmap"),
                (r, done) -> r.newCurrentUuid(new VolumeNumber(volume), clearBitmap, rotateBitmap, done),
                reply);
    }

    public void forgetPeer(Reply reply) {
        command("forget-peer", (r, done) -> r.forgetPeer(new NodeId(1 - id), done), reply);
    }

    public void down(Reply reply) {
        command("down", Resource::down, outcome -> {
            if (outcome.success()) {
                configured = false;
            }
            reply.done(outcome);
        });
    }

    /** Publishes a new snapshot now; false if there is no process or it is paused. */
    public boolean refresh() {
        ProcessLoop present = loop;
        if (present == null || present.paused()) {
            return false;
        }
        inTurn(r -> snapshotWanted = true);
        return true;
    }

    private void afterTurn() {
        Resource present = resource;
        if (snapshotWanted && present != null) {
            snapshotWanted = false;
            ResourceSnapshot latest = present.snapshot();
            snapshot = latest;
            listener.changed(this, latest);
        }
        listener.turnEnded(this);
    }
}
