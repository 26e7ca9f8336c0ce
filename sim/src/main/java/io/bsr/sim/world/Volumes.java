package io.bsr.sim.world;

import io.bsr.sim.disk.DiskCharacter;
import io.bsr.sim.disk.SimDisk;
import io.bsr.sim.node.NodeVolume;
import io.bsr.sim.node.PairSetup;
import io.bsr.sim.node.VolumeSetup;
import io.bsr.sim.oracle.MetadataOracle;
import io.bsr.sim.oracle.NodeView;
import io.bsr.sim.oracle.Stamps;
import io.bsr.sim.oracle.VolumeOracle;
import io.bsr.sim.time.EventHash;
import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.Timeline;
import io.bsr.sim.time.VirtualClock;
import java.util.ArrayList;
import java.util.List;

/** The volumes of a world: the disks of each node, and the oracles that watch them. */
final class Volumes {
    private final Swarm swarm;
    private final World.Options options;
    private final VirtualClock clock;
    private final EventHash hash;
    private final SimRandom random;
    private final Timeline timeline;
    private final NodeView[] views;
    private final List<List<NodeVolume>> disks = List.of(new ArrayList<>(), new ArrayList<>());
    private final List<VolumeOracle> oracles = new ArrayList<>();
    private final List<MetadataOracle> metadata = new ArrayList<>();

    Volumes(
            Swarm swarm,
            World.Options options,
            VirtualClock clock,
            EventHash hash,
            SimRandom random,
            Timeline timeline,
            NodeView[] views) {
        this.swarm = swarm;
        this.options = options;
        this.clock = clock;
        this.hash = hash;
        this.random = random;
        this.timeline = timeline;
        this.views = views;
        Stamps stamps = new Stamps();
        for (VolumeSetup volume : swarm.setup().volumes()) {
            for (int n = 0; n < 2; n++) {
                NodeVolume made = makeDisks(n, volume);
                disks.get(n).add(made);
                options.plant().disk(n, volume.number(), made.data());
                options.plant().metadata(n, volume.number(), made.meta());
            }
            addOracles(volume, stamps);
        }
    }

    List<NodeVolume> disks(int node) {
        return disks.get(node);
    }

    List<VolumeOracle> oracles() {
        return oracles;
    }

    List<MetadataOracle> metadata() {
        return metadata;
    }

    private NodeVolume makeDisks(int node, VolumeSetup volume) {
        DiskCharacter character = swarm.disks().get(node);
        int number = 4 * volume.number() + 2 * node;
        SimDisk data = new SimDisk(
                "n" + node + "/data" + volume.number(),
                number,
                volume.dataBytes(),
                character,
                clock,
                hash,
                random,
                timeline);
        SimDisk meta = volume.placement().internal()
                ? data
                : new SimDisk(
                        "n" + node + "/meta" + volume.number(),
                        number + 1,
                        volume.metaBytes(),
                        character,
                        clock,
                        hash,
                        random,
                        timeline);
        NodeVolume disks = new NodeVolume(volume, data, meta);
        disks.createMetadata(node, swarm.setup());
        return disks;
    }

    private void addOracles(VolumeSetup volume, Stamps stamps) {
        PairSetup setup = swarm.setup();
        int sectors = (int) NodeVolume.usableSectors(volume, setup);
        SimDisk[] data = {disks.get(0).getLast().data(), disks.get(1).getLast().data()};
        SimDisk[] meta = {disks.get(0).getLast().meta(), disks.get(1).getLast().meta()};
        VolumeOracle oracle = new VolumeOracle(
                volume.number(), sectors, setup.protocol(), options.strictPower(), data, meta, views, stamps);
        if (!setup.synced()) {
            SimRandom contents = random.split("contents" + volume.number());
            for (int n = 0; n < 2; n++) {
                for (long i = contents.between(0, 20); i > 0; i--) {
                    int count = (int) contents.between(1, 64);
                    oracle.garbage(n, contents.between(0, sectors - count), count);
                }
            }
            oracle.unsynced();
        }
        if (options.plant().onlyFileSystemsLook()) {
            oracle.mute();
        }
        oracles.add(oracle);
        metadata.add(new MetadataOracle(volume.number(), sectors, volume.placement(), data, meta));
    }
}
