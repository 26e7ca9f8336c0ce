/**
 * Who has the newer data? The generation identifiers (UUIDs) of two nodes, their comparison, and what follows from it.
 *
 * <p>The one idea: both nodes exchange the same facts and each decides alone, by the same pure functions, so both must
 * come to mirrored decisions. Everything here is immutable; a function takes the situation and returns what to do, it
 * does nothing itself.
 *
 * <pre>
 *   GenerationReport (mine, peer's) ─▶ GenerationComparison ─▶ SyncDecision ─▶ SyncOutcome
 *                                       rule and relation        │  15 steps    next state, bitmap, identifiers,
 *                                                                │              handlers, or the reason to drop
 *                        AfterSplitBrain (policies) ─────────────┤
 *                        StableSync (who may be source, target) ─┘
 *   GenerationIdentifiers ─▶ NewGeneration ─▶ GenerationIdentifiers   (which slots rotate, history)
 * </pre>
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>Mirror symmetry: if this node decides to be source, the peer, given the mirrored situation, decides to be
 *       target, or one of the two drops the connection. Never both source, never both target, never one of them
 *       alone in a resync.
 *   <li>No silent loss: a node with acknowledged writes that the peer lacks becomes target only through a split-brain
 *       policy, discard-my-data, or the rr-conflict policy "violently"; all three are decisions of the administrator.
 *   <li>Where a resync follows the bitmap (and not the whole device), the union of both bitmaps covers the difference.
 *   <li>Bit 0 of an identifier ("was Primary") never takes part in a comparison; 0 never equals anything.
 * </ol>
 *
 * <p>Invariants 2 and 3 hold if generations are begun as {@link io.bsr.core.generation.NewGeneration} says: the new
 * identifiers are durable before a write that a peer may lack is acknowledged.
 *
 * <p>Numbers of rules, relations and steps are those of the wire-protocol reference, section 8.
 */
@NullMarked
package io.bsr.core.generation;

import org.jspecify.annotations.NullMarked;
