package io.bsr.sim.node;

import io.bsr.base.error.Outcome;
import io.bsr.base.memory.Buffer;
import io.bsr.base.port.IoRequest;
import io.bsr.base.port.VolumePort;
import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.core.Events;
import io.bsr.core.Reply;
import io.bsr.core.option.Protocol;
import io.bsr.core.snapshot.ResourceSnapshot;
import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.Placement;
import io.bsr.sim.disk.DiskCharacter;
import io.bsr.sim.disk.SimDisk;
import io.bsr.sim.network.LinkQuality;
import io.bsr.sim.network.SimNetwork;
import io.bsr.sim.time.EventHash;
import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.Timeline;
import io.bsr.sim.time.VirtualClock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Two nodes with one volume on virtual time, told step by step what to do. */
public final class ScriptedPair implements SimNode.Listener {
    public static final long SECOND = VirtualClock.SECOND;
    public static final int VOLUME = 0;

    public final VirtualClock clock = new VirtualClock();
    public final SimNetwork network;
    public final SimNode[] nodes = new SimNode[2];
    public final List<SimDisk> data = new ArrayList<>();
    public final List<SimDisk> meta = new ArrayList<>();
    public final List<String> log = new ArrayList<>();
    private final PairSetup setup;
    private @Nullable Observer observer;
    private long writes;

    /** Sees each state that a node tells of. */
    public interface Observer {
        void changed(SimNode node, ResourceSnapshot latest);
    }

    /** The outcome of a command, {@code null} until it has ended. */
    public static final class Ending implements Reply {
        public @Nullable Outcome outcome;

        @Override
        public void done(Outcome ended) {
            outcome = ended;
        }

        Outcome outcome() {
            return Objects.requireNonNull(outcome, "the command has not ended");
        }
    }

    /** A request and how it ended. */
    public static final class Request extends IoRequest {
        public int errno = -1;

        @Override
        public void completed(int code) {
            errno = code;
        }
    }

    /** Copies of equal contents if {@code synced}, otherwise new ones. */
    ScriptedPair(Protocol protocol, boolean synced) {
        this(protocol, synced, 1);
    }

    /** As the other one, with several volumes. */
    ScriptedPair(Protocol protocol, boolean synced, int count) {
        this(protocol, synced, count, Map.of(), Map.of());
    }

    /** As the other one, with more options of disks and of the connection. */
    public ScriptedPair(
            Protocol protocol,
            boolean synced,
            int count,
            Map<String, String> diskOptions,
            Map<String, String> netOptions) {
        this(protocol, synced, count, diskOptions, netOptions, Physics.PLAIN);
    }

    /** The world in which the two nodes live. */
    record Physics(long seed, LinkQuality link, DiskCharacter disk) {
        static final Physics PLAIN = new Physics(1, LinkQuality.PLAIN, DiskCharacter.PLAIN);

        /** As the seed has it. */
        static Physics of(long seed) {
            SimRandom random = new SimRandom(seed);
            return new Physics(seed, LinkQuality.random(random), DiskCharacter.random(random, 512, true));
        }
    }

    ScriptedPair(
            Protocol protocol,
            boolean synced,
            int count,
            Map<String, String> diskOptions,
            Map<String, String> netOptions,
            Physics physics) {
        Map<String, String> net =
                new HashMap<>(Map.of("protocol", protocol.toString(), "connect-int", "1", "ping-int", "1"));
        net.putAll(netOptions);
        EventHash hash = new EventHash();
        SimRandom random = new SimRandom(physics.seed());
        Timeline timeline = new Timeline(clock, Timeline.Detail.NOTHING, 10, line -> {});
        network = new SimNetwork(clock, hash, random, physics.link(), timeline);
        List<VolumeSetup> volumes = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            volumes.add(new VolumeSetup(
                    number, 4 << 20, 1 << 20, new Placement.FlexibleExternal(), ActivityLogRing.DEFAULT));
        }
        setup = new PairSetup(protocol, volumes, 1, synced, false, Map.of(), diskOptions, net, Map.of());
        for (int n = 0; n < 2; n++) {
            List<NodeVolume> disks = new ArrayList<>();
            for (VolumeSetup volume : volumes) {
                int number = 4 * volume.number() + 2 * n;
                SimDisk dataDisk = disk(physics, "data" + number, number, volume.dataBytes(), hash, random, timeline);
                SimDisk metaDisk =
                        disk(physics, "meta" + number, number + 1, volume.metaBytes(), hash, random, timeline);
                disks.add(new NodeVolume(volume, dataDisk, metaDisk));
                disks.getLast().createMetadata(n, setup);
            }
            data.add(disks.getFirst().data());
            meta.add(disks.getFirst().meta());
            nodes[n] = new SimNode(n, setup, disks, clock, hash, random, network, timeline, this);
        }
    }

    private SimDisk disk(
            Physics physics, String name, int id, long size, EventHash hash, SimRandom random, Timeline timeline) {
        return new SimDisk(name, id, size, physics.disk(), clock, hash, random, timeline);
    }

    /** Starts both nodes and waits until they are connected. */
    ScriptedPair connected() {
        nodes[0].start(true);
        nodes[1].start(true);
        waitFor(() -> state(0) == ConnectionState.CONNECTED && state(1) == ConnectionState.CONNECTED);
        run(SECOND);
        return this;
    }

    public void run(long duration) {
        clock.runUntil(clock.now() + duration, 1_000_000);
    }

    void waitFor(BooleanSupplier condition) {
        long deadline = clock.now() + 60 * SECOND;
        while (!condition.getAsBoolean()) {
            if (clock.now() > deadline) {
                throw new AssertionError("not within 60 s:\n" + String.join("\n", log));
            }
            run(VirtualClock.MILLISECOND);
            nodes[0].refresh();
            nodes[1].refresh();
        }
    }

    Ending ended(Ending ending) {
        waitFor(() -> ending.outcome != null);
        return ending;
    }

    Ending primary(int node, boolean force) {
        Ending ending = new Ending();
        nodes[node].primary(force, ending);
        return ended(ending);
    }

    /** Submits a write of 4 KiB. */
    public Request write(int node, long offset) {
        return write(node, offset, null);
    }

    Request write(int node, long offset, VolumePort.@Nullable User user) {
        return submit(node, IoRequest.Operation.WRITE, offset, user);
    }

    /** Submits a read of 4 KiB. */
    Request read(int node, long offset) {
        return submit(node, IoRequest.Operation.READ, offset, null);
    }

    Request flush(int node) {
        Request request = new Request();
        nodes[node].inTurn(r -> port(node).submit(request));
        return request;
    }

    private Request submit(int node, IoRequest.Operation operation, long offset, VolumePort.@Nullable User user) {
        Request request = new Request();
        request.submitter = user;
        request.operation = operation;
        request.offset = offset;
        request.length = 4096;
        nodes[node].inTurn(r -> {
            Buffer buffer = Objects.requireNonNull(
                    Objects.requireNonNull(nodes[node].pool()).tryAcquire(4096));
            // Contents that no other write has; for a read, that no write has.
            buffer.bytes().putLong(0, operation == IoRequest.Operation.READ ? -1 : ++writes);
            request.buffer = buffer;
            port(node).submit(request);
        });
        return request;
    }

    Ending disconnected(int node) {
        Ending ending = new Ending();
        nodes[node].disconnect(false, ending);
        return ended(ending);
    }

    Ending newCurrentUuid(int node, boolean clearBitmap) {
        Ending ending = new Ending();
        nodes[node].newCurrentUuid(VOLUME, clearBitmap, true, ending);
        return ended(ending);
    }

    Ending forgotten(int node) {
        Ending ending = new Ending();
        nodes[node].forgetPeer(ending);
        return ended(ending);
    }

    String suspended(int node) {
        return Objects.requireNonNull(snapshot(node)).suspended();
    }

    /** Blocks of 4 KiB that the node has marked for its peer. */
    long outOfSync(int node) {
        return Objects.requireNonNull(snapshot(node))
                        .connections()
                        .getFirst()
                        .peerDevices()
                        .getFirst()
                        .outOfSync()
                / 8;
    }

    Request written(int node, long offset) {
        Request request = write(node, offset);
        waitFor(() -> request.errno >= 0);
        return request;
    }

    VolumePort port(int node) {
        return Objects.requireNonNull(nodes[node].port(VOLUME));
    }

    public @Nullable ResourceSnapshot snapshot(int node) {
        return nodes[node].snapshot();
    }

    ConnectionState state(int node) {
        ResourceSnapshot known = snapshot(node);
        return known == null || known.connections().isEmpty()
                ? ConnectionState.STANDALONE
                : known.connections().getFirst().state();
    }

    DiskState disk(int node) {
        ResourceSnapshot known = snapshot(node);
        return known == null || known.volumes().isEmpty()
                ? DiskState.DISKLESS
                : known.volumes().getFirst().disk();
    }

    long generation(int node) {
        return Objects.requireNonNull(snapshot(node))
                .volumes()
                .getFirst()
                .generation()
                .current();
    }

    /** From now on {@code watching} is told of what nodes tell. */
    public void observe(Observer watching) {
        observer = watching;
    }

    @Override
    public void changed(SimNode node, ResourceSnapshot latest) {
        Observer watching = observer;
        if (watching != null) {
            watching.changed(node, latest);
        }
    }

    /** What {@code create-md} does on disks that had metadata, of a node that is down. */
    public void createMetadataAnew(int node) {
        for (NodeVolume volume : nodes[node].volumes()) {
            volume.createMetadataAnew(node, setup);
        }
    }

    @Override
    public void turnEnded(SimNode node) {}

    @Override
    public void logged(SimNode node, Events.Level level, String object, String text) {
        log.add(clock.now() / VirtualClock.MILLISECOND + " " + node.name() + " " + object + ": " + text);
    }
}
