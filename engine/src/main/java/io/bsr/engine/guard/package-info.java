/**
 * What stands between a resource and its ports, so that a programmer's error stops that resource and nothing else.
 *
 * <p>Everything that calls into the core of a resource goes through its {@link io.bsr.engine.guard.Fence}: timers, streams,
 * completions of its stores, requests of its users, commands. An exception that comes out breaks the fence:
 *
 * <pre>
 *   timer, stream, store, user, command ──► guard ──► core of r0
 *                                             │ exception
 *                                             ▼
 *                                     fence of r0 is broken: nothing enters r0 any more; its streams and stores are
 *                                     closed, its users' requests end with EIO, its commands are refused
 * </pre>
 *
 * <ol>
 *   <li>A broken fence is never whole again: what the core has in memory is not to be trusted. {@code down} forgets it.
 *   <li>Each request of a user is completed exactly once, also when the fence breaks.
 *   <li>Guards of the data path are pooled: a request costs no allocation.
 * </ol>
 *
 * <p>All of it belongs to the event loop of the resource.
 */
@NullMarked
package io.bsr.engine.guard;

import org.jspecify.annotations.NullMarked;
