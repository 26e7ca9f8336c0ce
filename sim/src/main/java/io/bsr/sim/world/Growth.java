package io.bsr.sim.world;

import io.bsr.core.ResizeRequest;
import io.bsr.sim.node.NodeVolume;
import io.bsr.sim.node.SimNode;
import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.VirtualClock;
import java.util.BitSet;

/**
 * Disks that grow beneath their nodes, one sooner than the other, and operators who call {@code resize} whenever they
 * think of it. What is new on a disk is full of junk, on each node of another kind.
 */
final class Growth {
    private static final double PROBABILITY = 0.25;
    private static final int MOST = 5;
    private static final int BLOCK = 4096;

    /** More than the activity logs of two nodes differ by, in blocks. */
    private static final int RING_BLOCKS = 256;

    private final World world;
    private final SimRandom random;
    private final BitSet ringsChanged = new BitSet();
    private boolean over;
    private int happened;

    Growth(World world, SimRandom random) {
        this.world = world;
        this.random = random;
    }

    void begin() {
        if (random.chance(PROBABILITY)) {
            plan();
        }
    }

    /** The storm is over: disks that were forgotten grow too, so that all volumes find room. */
    void end() {
        over = true;
        for (int volume = 0; volume < world.node(0).volumes().size(); volume++) {
            long left = world.node(0).volumes().get(volume).data().size();
            long right = world.node(1).volumes().get(volume).data().size();
            if (left != right) {
                grow(left < right ? 0 : 1, volume, Math.abs(left - right));
            }
            if (ringsChanged.get(volume)) {
                // Of equal disks, the one with the larger activity log offers less.
                grow(0, volume, (long) RING_BLOCKS * BLOCK);
                grow(1, volume, (long) RING_BLOCKS * BLOCK);
            }
        }
    }

    private void plan() {
        world.clock().after(random.exponential(8 * VirtualClock.SECOND), () -> {
            if (!over && happened++ < MOST) {
                world.script().happens(world, "GROWTH", this::happen, random);
                plan();
            }
        });
    }

    private void happen() {
        int volume = random.nextInt(world.node(0).volumes().size());
        long bytes = random.scaled(1, 300) * BLOCK;
        int first = random.nextInt(2);
        boolean both = random.chance(0.8);
        grow(first, volume, bytes);
        if (both) {
            later(2 * VirtualClock.SECOND, () -> grow(1 - first, volume, bytes));
        }
        int calls = (int) random.between(1, 4);
        for (int i = 0; i < calls; i++) {
            int node = random.nextInt(2);
            boolean ring = random.chance(0.15);
            boolean alone = random.chance(0.2);
            ringsChanged.set(volume, ringsChanged.get(volume) || ring);
            int stripes = (int) random.between(1, 3);
            later(6 * VirtualClock.SECOND, () -> resize(world.node(node), volume, ring ? stripes : 0, alone));
        }
    }

    private void later(long most, Runnable action) {
        world.clock().after(random.scaled(VirtualClock.MILLISECOND, most), () -> {
            if (!over) {
                action.run();
            }
        });
    }

    private void grow(int node, int number, long bytes) {
        NodeVolume volume = world.node(node).volumes().get(number);
        long before = volume.data().size();
        volume.data().grow(before + bytes);
        byte[] junk = new byte[(int) bytes];
        random.fill(junk);
        volume.data().prepare(before, junk);
    }

    private static void resize(SimNode node, int volume, int stripes, boolean alone) {
        if (node.running() && node.configured() && node.commands().size() < 3) {
            node.resize(volume, new ResizeRequest(0, alone, false, stripes, 0), outcome -> {});
        }
    }
}
