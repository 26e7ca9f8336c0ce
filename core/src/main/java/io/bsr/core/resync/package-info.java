/**
 * The mechanics of a resync: how much to ask for, what has been asked for, and who may touch a range now.
 *
 * <p>The one idea: at any moment the order of writes to a block is decided by who holds its range. Resync data are older
 * than what the source sends as P_DATA after them; so what P_DATA has overwritten meanwhile is not written again from a
 * resync reply, and what the source declared out-of-sync meanwhile is not called in sync.
 *
 * <pre>
 *   RateController ── n blocks ─▶ request ─▶ ResyncRequests.add
 *        ▲                                        │  P_DATA, trim ─▶ overwritten
 *        └── requested, received                  │  P_OUT_OF_SYNC ─▶ stale
 *                                reply ───────────▼
 *                     write what is not overwritten (RangeLocks: not beside P_DATA)
 *                     ack in runs: positive, or negative where stale
 * </pre>
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>Everything is allocated at creation; nothing is allocated per request.
 *   <li>Outstanding resync requests of one peer never overlap each other.
 *   <li>A sector overwritten since its request was sent is not written from the reply.
 *   <li>A block is acknowledged as in sync only if no sector of it is stale.
 *   <li>Objects belong to one event loop; there is no clock and no randomness here.
 * </ol>
 *
 * <p>Specified in the wire-protocol reference, sections 11.2 to 11.5 and 11.8, and the activity-log reference, section
 * 5.7.
 */
@NullMarked
package io.bsr.core.resync;

import org.jspecify.annotations.NullMarked;
