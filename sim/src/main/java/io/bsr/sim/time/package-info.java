/**
 * Virtual time, and everything else that must come from the seed.
 *
 * <ol>
 *   <li>Nothing happens unless an {@link io.bsr.sim.time.Event} of the {@link io.bsr.sim.time.VirtualClock} is due;
 *       events at the same time run in the order in which they were made.
 *   <li>A callback of a simulated process is one turn of its {@link io.bsr.sim.time.ProcessLoop}: never nested, put off
 *       while the process is paused, dropped when it is dead.
 *   <li>All randomness comes from streams split off one seed by name, so that a new consumer does not disturb the others.
 *   <li>Every turn, and every byte that a disk or the network moves, goes into the {@link io.bsr.sim.time.EventHash}: the
 *       same seed gives the same hash (I12).
 * </ol>
 */
@NullMarked
package io.bsr.sim.time;

import org.jspecify.annotations.NullMarked;
