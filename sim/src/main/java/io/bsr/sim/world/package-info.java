/**
 * One simulated world per seed: two nodes with the real core, their disks and network, users, an operator, faults, and the
 * oracles that watch.
 *
 * <p>A run has three parts:
 *
 * <ol>
 *   <li>the beginning: both nodes come up, and are made one Primary and one Secondary;
 *   <li>the storm: faults and commands at random, each class switched on or off and given a strength by the seed (swarm
 *       testing), while users write and read;
 *   <li>the calm: faults stop, an administrator does what a reasonable person would do, and within 60 s of virtual time
 *       everything must be connected, in sync and free of waiting (I6). Then the volumes are used once more and taken
 *       down.
 * </ol>
 */
@NullMarked
package io.bsr.sim.world;

import org.jspecify.annotations.NullMarked;
