/**
 * What must be true of a replicated volume whatever happens to it, checked without any knowledge of how the core does it.
 *
 * <p>The oracles know what the users asked for and were told, what the administrator did, what the nodes say about
 * themselves, and what is really on the disks. Every write has contents of its own, so each sector of a disk tells which
 * write it comes from.
 *
 * <table>
 * <caption>Oracles</caption>
 * <tr><th>invariant</th><th>where</th></tr>
 * <tr><td>I1, I2, I5, I8</td><td>{@link io.bsr.sim.oracle.VolumeOracle}</td></tr>
 * <tr><td>I4</td><td>{@link io.bsr.sim.oracle.VolumeOracle#converged} and {@link io.bsr.sim.oracle.MetadataOracle}</td></tr>
 * <tr><td>I3</td><td>{@link io.bsr.sim.oracle.RoleOracle}</td></tr>
 * <tr><td>I7</td><td>{@link io.bsr.sim.oracle.MetadataOracle}</td></tr>
 * </table>
 *
 * <p>Liveness (I6), commands (I9) and determinism (I12) are checked by the world and its runner.
 */
@NullMarked
package io.bsr.sim.oracle;

import org.jspecify.annotations.NullMarked;
