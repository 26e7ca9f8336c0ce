/**
 * What the simulator finds: bugs that products of this family had, planted one at a time in the production core.
 *
 * <pre>
 *   resources/planted/*.bug ── PlantedBug ── SourcePatch ──┐
 *                                                          ├─ PatchedCore (compiles) ── CoreLoader ── PlantedSearch
 *   core/src/main/java ────────────────────────────────────┘
 * </pre>
 *
 * <p>Nothing of it is in the production code: a planted bug is a patch of its sources, compiled in memory, and loaded
 * together with the simulator by a class loader of its own. A patch that does not fit any more fails the test, so that the
 * list stays true.
 */
@NullMarked
package io.bsr.sim.planted;

import org.jspecify.annotations.NullMarked;
