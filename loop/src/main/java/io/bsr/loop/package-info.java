/**
 * Event loops: the threads on which everything of a resource happens, one thing after the other.
 *
 * <p>There are two. {@link io.bsr.loop.RingLoop} is one platform thread on one io_uring, reached through
 * {@code java.lang.foreign}; {@link io.bsr.loop.PortableLoop} is one platform thread on an NIO selector, with a few
 * threads for files, for other systems and for containers that forbid io_uring. {@link io.bsr.loop.EventLoops} chooses.
 * The modules {@code net} and {@code storage} put streams and block stores on either.
 *
 * <pre>
 *   one turn:   sleep/submit → completions → due timers → tasks → end-of-turn work (gathered sends) ─┐
 *                  ▲──────────────────────────────────────────────────────────────────────────────────┘
 * </pre>
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>Callbacks of a loop run on its thread only, one after the other; time stands still during a turn.
 *   <li>A callback that throws is reported to the loop's failure handler; the loop goes on.
 *   <li>A task given to {@code execute} from any thread before the loop is stopped runs exactly once.
 *   <li>A loop without work sleeps in the kernel and uses no CPU.
 *   <li>A turn allocates nothing of its own.
 *   <li>A loop that stops first waits for its I/O in flight: the kernel never writes into memory that was given back.
 * </ol>
 */
@NullMarked
package io.bsr.loop;

import org.jspecify.annotations.NullMarked;
