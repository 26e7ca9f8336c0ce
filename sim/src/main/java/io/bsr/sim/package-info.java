/**
 * The simulator: runs the production core, not a model of it, on two nodes in one process and on virtual time, with
 * everything around it simulated and failing as the seed says, and oracles that watch.
 *
 * <pre>
 *   Main ── SeedRunner ── world.World (one per seed)
 *                           ├─ node     the machines and the processes with the core
 *                           ├─ network, disk, time     what the core's ports lead to
 *                           ├─ workload users of the volumes
 *                           ├─ world    faults, operator, administrator
 *                           └─ oracle   I1 … I8
 * </pre>
 *
 * <p>A seed is repeated exactly by {@code --seed S --trace}. What the invariants I1 … I12 say is in the programme of
 * invariants; each oracle cites their numbers.
 */
@NullMarked
package io.bsr.sim;

import org.jspecify.annotations.NullMarked;
