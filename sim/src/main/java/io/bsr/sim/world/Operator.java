package io.bsr.sim.world;

import io.bsr.base.state.DiskState;
import io.bsr.base.state.Role;
import io.bsr.core.snapshot.ResourceSnapshot;
import io.bsr.metadata.Superblock;
import io.bsr.sim.node.NodeVolume;
import io.bsr.sim.node.SimNode;
import io.bsr.sim.oracle.VolumeOracle;
import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.VirtualClock;
import io.bsr.sim.workload.VolumeUser;

/** Gives commands at random during the storm, also while others run. */
final class Operator {
    private final World world;
    private final SimRandom random;
    private boolean over;

    Operator(World world, SimRandom random) {
        this.world = world;
        this.random = random;
    }

    void begin(Rates rates) {
        rates.means().forEach((happening, mean) -> plan(happening, mean, happening.drawnFrom(random)));
    }

    private void plan(Rates.Happening happening, long mean, SimRandom source) {
        world.clock().after(source.exponential(mean), () -> {
            if (!over) {
                world.script().happens(world, happening.name(), () -> happen(happening, source), random, source);
                plan(happening, mean, source);
            }
        });
    }

    void end() {
        over = true;
    }

    private void happen(Rates.Happening happening, SimRandom source) {
        SimNode node = world.node(source.nextInt(2));
        if (!node.running() || !node.configured() || node.commands().size() > 2) {
            return;
        }
        int volume = source.nextInt(node.volumes().size());
        switch (happening) {
            case SWITCH_OVER -> switchOver();
            case FORCED_PRIMARY -> {
                if (world.view(node).role() == Role.SECONDARY
                        && !world.view(node).connected()
                        && everHadData(node)) {
                    world.forcePrimary(node, outcome -> {});
                }
            }
            case CARELESS_PRIMARY -> {
                if (world.view(node).role() == Role.SECONDARY) {
                    node.primary(false, outcome -> {});
                }
            }
            case DISCONNECT -> disconnect(node);
            case DETACH -> {
                node.detach(volume, random.chance(0.2), outcome -> {});
                later(() -> attach(node));
            }
            case INVALIDATE -> invalidate(node, volume);
            case DOWN_UP -> downUp(node);
            case PAUSE_SYNC -> {
                node.pauseSync(volume, true);
                later(() -> node.pauseSync(volume, false));
            }
            case OPEN_ON_SECONDARY -> {
                if (world.view(node).role() == Role.SECONDARY) {
                    for (VolumeUser user : world.users()) {
                        if (user.node() == node) {
                            user.open();
                        }
                    }
                }
            }
            case DEMOTE_IN_USE -> {
                if (world.view(node).role() == Role.PRIMARY) {
                    node.secondary(outcome -> {});
                }
            }
            case SUSPEND_IO -> {
                node.suspendIo(volume, true);
                later(source, () -> node.suspendIo(volume, false));
            }
            case NEW_CURRENT_UUID -> {
                // On the only node that writes: anywhere else it would say that there are data which there are not.
                if (world.onlyPrimary() == node && !world.view(node).connected()) {
                    node.newCurrentUuid(volume, false, source.chance(0.5), outcome -> {});
                }
            }
            case FORGET_PEER -> forgetPeer(node, source);
            default -> {}
        }
    }

    /** By force a node without any data would begin a history of its own, and never join the other one again. */
    private boolean everHadData(SimNode node) {
        ResourceSnapshot snapshot = node.snapshot();
        return snapshot != null
                && snapshot.volumes().stream()
                        .allMatch(volume -> volume.generation().current() != 0
                                && volume.generation().current() != Superblock.UUID_JUST_CREATED);
    }

    private void later(Runnable action) {
        later(random, action);
    }

    private void later(SimRandom source, Runnable action) {
        world.clock().after(source.scaled(100 * VirtualClock.MILLISECOND, 8 * VirtualClock.SECOND), () -> {
            if (!over) {
                action.run();
            }
        });
    }

    private void switchOver() {
        SimNode from = world.onlyPrimary();
        if (from == null) {
            return;
        }
        SimNode to = world.other(from);
        int process = from.starts();
        world.roleKeeper().handsOff();
        world.stopUsers(from, () -> {
            if (!from.running() || from.starts() != process) {
                return;
            }
            from.secondary(outcome -> {
                if (!outcome.success() || !to.running() || !to.configured()) {
                    world.roleKeeper().handsOn();
                    return;
                }
                to.primary(false, done -> world.roleKeeper().handsOn());
            });
        });
    }

    private void disconnect(SimNode node) {
        node.disconnect(random.chance(0.1), outcome -> {});
        later(() -> {
            if (node.running() && node.configured()) {
                node.connect(false, outcome -> {});
            }
        });
    }

    /** The peer comes back all the same, and must not be taken for equal. */
    private void forgetPeer(SimNode node, SimRandom source) {
        node.disconnect(
                false,
                outcome -> later(source, () -> {
                    if (node.running() && node.configured()) {
                        node.forgetPeer(forgotten -> later(source, () -> {
                            if (node.running() && node.configured()) {
                                node.connect(false, connected -> {});
                            }
                        }));
                    }
                }));
    }

    private void attach(SimNode node) {
        if (!node.running() || !node.configured()) {
            return;
        }
        for (NodeVolume volume : node.volumes()) {
            if (world.view(node).disk(volume.setup().number()) == DiskState.DISKLESS) {
                node.attach(volume, outcome -> {});
            }
        }
    }

    /** Only a copy that is not needed is invalidated: that of a Secondary whose peer has all data. */
    private void invalidate(SimNode node, int volume) {
        SimNode peer = world.other(node);
        VolumeOracle oracle = world.oracles().get(volume);
        if (random.chance(0.5)) {
            if (world.view(node).role() == Role.SECONDARY && world.view(peer).disk(volume) == DiskState.UP_TO_DATE) {
                oracle.giveUp(node.id());
                node.invalidate(volume, outcome -> {});
            }
        } else if (world.view(peer).role() == Role.SECONDARY
                && world.view(node).disk(volume) == DiskState.UP_TO_DATE
                && world.view(node).connected()) {
            oracle.giveUp(peer.id());
            node.invalidateRemote(volume, outcome -> {});
        }
    }

    private void downUp(SimNode node) {
        int process = node.starts();
        world.roleKeeper().handsOff();
        world.stopUsers(node, () -> {
            if (!node.running() || node.starts() != process || !node.configured()) {
                return;
            }
            node.down(outcome -> {
                world.roleKeeper().handsOn();
                if (outcome.success()) {
                    later(() -> {
                        if (node.running() && !node.configured()) {
                            node.up(true);
                        }
                    });
                }
            });
        });
    }
}
