package io.bsr.sim.world;

import io.bsr.base.state.DiskState;
import io.bsr.sim.node.NodeVolume;
import io.bsr.sim.node.SimNode;
import io.bsr.sim.oracle.MetadataOracle;
import io.bsr.sim.oracle.NodeView;
import io.bsr.sim.oracle.VolumeOracle;
import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.VirtualClock;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks at many moments what a crash would do now. Real crashes seldom come when they would hurt; to ask costs little, and
 * changes nothing: the world goes on as if nobody had asked.
 */
final class ImaginedCrashes {
    private static final long EVERY = 150 * VirtualClock.MILLISECOND;

    private final World world;
    private final List<MetadataOracle> metadata;
    private final SimRandom random;
    private final List<List<Object>> lastStates = new ArrayList<>(List.of(List.of(), List.of()));

    ImaginedCrashes(World world, List<MetadataOracle> metadata, SimRandom random) {
        this.world = world;
        this.metadata = metadata;
        this.random = random;
    }

    void begin() {
        world.clock().after(random.exponential(EVERY), () -> {
            if (world.storming()) {
                for (SimNode node : List.of(world.node(0), world.node(1))) {
                    ask(node);
                    for (VolumeOracle oracle : world.oracles()) {
                        MetadataOracle stored = metadata.get(oracle.volume());
                        oracle.noteStored(node.id(), () -> stored.storedAsUpToDate(node.id()));
                    }
                }
                askMetadata();
                begin();
            }
        });
    }

    /** A node has published a new view of itself: true if that is another state. */
    boolean changed(SimNode node) {
        List<Object> state = state(node);
        if (state.equals(lastStates.set(node.id(), state))) {
            return false;
        }
        if (world.storming()) {
            ask(node);
            askMetadata();
        }
        return true;
    }

    private List<Object> state(SimNode node) {
        NodeView view = world.view(node);
        List<Object> state = new ArrayList<>();
        state.add(view.role());
        state.add(view.connected());
        for (NodeVolume volume : node.volumes()) {
            int number = volume.setup().number();
            state.add(view.disk(number));
            state.add(view.replication(number));
            state.add(view.peerDisk(number) == DiskState.UP_TO_DATE);
        }
        return state;
    }

    private void askMetadata() {
        boolean first = world.node(0).running();
        boolean second = world.node(1).running();
        for (MetadataOracle oracle : metadata) {
            oracle.checkPowerLoss(first, second);
        }
    }

    private void ask(SimNode node) {
        for (VolumeOracle oracle : world.oracles()) {
            oracle.imagineKilled(node.id());
        }
    }
}
