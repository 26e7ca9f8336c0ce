/**
 * Where resources live: event loops with their network and NBD server, and on them the resources, each behind its fence.
 *
 * <pre>
 *   LoopHost ─── EventLoop, Network, NbdServer                      one for two processors, at most four
 *    └─ HostedResource ─── Fence ─── io.bsr.core.Resource           spread over the loops
 *                       └─ ResourceStatus, published for any thread
 *   Registry ─── resources by name, minors                          any thread
 *   StatusBoard ─── all published statuses, and who follows them    any thread
 * </pre>
 *
 * <ol>
 *   <li>What is inside of a {@code HostedResource} is touched on its loop only; the rest of the engine sees what it
 *       published.
 *   <li>A status is published at the latest 50 ms after a change, before the answer to a command, before the answer to
 *       who asks for it, and once per second for its counters. To read what is published waits for nothing.
 *   <li>A minor number belongs to one volume of the engine.
 *   <li>A volume is served by the NBD server of its own loop, so a request never changes threads.
 * </ol>
 */
@NullMarked
package io.bsr.engine.host;

import org.jspecify.annotations.NullMarked;
