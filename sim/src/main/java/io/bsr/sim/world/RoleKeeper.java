package io.bsr.sim.world;

import io.bsr.base.state.Role;
import io.bsr.core.Reply;
import io.bsr.sim.node.SimNode;
import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.VirtualClock;
import io.bsr.sim.workload.VolumeUser;

/**
 * Sees to it that there is a Primary and that its users are at work, as a cluster manager does: careful, that is, it
 * promotes nobody while it knows of a running Primary.
 */
final class RoleKeeper {
    private final World world;
    private final SimRandom random;
    private long handsOffUntil;
    private boolean promoting;
    private boolean firstPrimary = true;
    private boolean stopped;

    RoleKeeper(World world, SimRandom random) {
        this.world = world;
        this.random = random;
    }

    void begin() {
        long delay = random.between(VirtualClock.SECOND / 5, 2 * VirtualClock.SECOND);
        world.clock().after(delay, this::look);
    }

    /** Somebody else changes roles now: does nothing until {@link #handsOn}, or for 20 s. */
    void handsOff() {
        handsOffUntil = world.clock().now() + 20 * VirtualClock.SECOND;
    }

    void handsOn() {
        handsOffUntil = 0;
    }

    /** No more users and promotions until {@link #resume}. */
    void stop() {
        stopped = true;
    }

    void resume() {
        if (stopped) {
            stopped = false;
            look();
        }
    }

    /** A process is gone. */
    void gone() {
        promoting = false;
        handsOn();
    }

    /** The copies have nothing in common yet, because nobody was made Primary by force. */
    boolean firstPromotionMissing() {
        return firstPrimary && !world.swarm().setup().synced();
    }

    void promotedFirst() {
        firstPrimary = false;
    }

    private void look() {
        if (stopped) {
            return;
        }
        world.clock().after(random.between(VirtualClock.SECOND / 4, VirtualClock.SECOND), this::look);
        if (world.clock().now() < handsOffUntil) {
            return;
        }
        boolean primary = false;
        for (int n = 0; n < 2; n++) {
            SimNode node = world.node(n);
            if (world.view(node).role() == Role.PRIMARY) {
                primary = true;
                openVolumes(node);
            }
        }
        if (!primary && !promoting) {
            promote(world.node(random.nextInt(2)));
        }
    }

    void openVolumes(SimNode node) {
        for (VolumeUser user : world.users()) {
            if (user.node() == node) {
                user.open();
            }
        }
    }

    private void promote(SimNode node) {
        if (!node.running()
                || !node.configured()
                || node.paused()
                || !node.commands().isEmpty()) {
            return;
        }
        boolean first = firstPromotionMissing();
        if (first && node.id() != 0) {
            return;
        }
        promoting = true;
        Reply reply = outcome -> {
            promoting = false;
            if (outcome.success()) {
                firstPrimary = false;
                if (!stopped) {
                    openVolumes(node);
                }
            }
        };
        if (first) {
            world.forcePrimary(node, reply);
        } else {
            node.primary(false, reply);
        }
    }
}
