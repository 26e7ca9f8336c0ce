/**
 * The ports through which the core and the frontends ask the world: block stores, byte streams, timers, randomness; and
 * the port through which frontends reach a replicated volume.
 *
 * <p>There are three implementations of each: the io_uring edge, the portable edge (NIO), and the simulator. All of them
 * pass the same contract tests.
 *
 * <p>Rules for everybody on either side of a port:
 *
 * <ol>
 *   <li>A port object belongs to one event loop. It is called on that loop and calls back on that loop.
 *   <li>A call never blocks, and never calls back before it returned: results arrive in a later turn of the loop.
 *   <li>Each {@link io.bsr.base.port.Completion} is called exactly once, also after {@code close()} of its store.
 *   <li>Data-path calls allocate nothing.
 * </ol>
 */
@NullMarked
package io.bsr.base.port;

import org.jspecify.annotations.NullMarked;
