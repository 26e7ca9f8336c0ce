/**
 * {@code bsrd}, the engine of a node: the pure core put on event loops and connected to disks, networks and users.
 *
 * <pre>
 *   control socket ── ControlServer ── CommandExecutor ──execute──►  event loop ── Fence ── core of r0
 *                     (own threads)         ▲                           │  │ └─ NbdServer ── NBD clients
 *                                           └── StatusBoard ◄─publish───┘  └─ streams to peers, block stores
 * </pre>
 *
 * <p>Threads: few event loops, each with a helper for system calls that block; one thread for each control client; one
 * for each disk while it is being opened; the writers of the log. Everything of a resource happens on its loop.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>One engine per root: a lock in the runtime folder, which ends with the process whatever happens to it.
 *   <li>An event loop waits for nothing but its own sockets, disks and timers; neither for the log nor for a tool.
 *   <li>An internal error stops the resource in which it happened, loudly, and nothing else.
 *   <li>SIGTERM ends the engine cleanly within {@link io.bsr.engine.Engine#STOP_LIMIT}; a second one ends it at once.
 *   <li>No configuration text is read here: {@code bsradm} reads it and sends commands.
 * </ol>
 */
@NullMarked
package io.bsr.engine;

import org.jspecify.annotations.NullMarked;
