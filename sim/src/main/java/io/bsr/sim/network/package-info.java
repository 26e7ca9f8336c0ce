/**
 * A simulated TCP/IP network behind the port {@link io.bsr.base.port.Network}.
 *
 * <pre>
 *   process A                                                        process B
 *   SimStream --(end of turn: segments)--> Direction --(Link)--> SimStream
 *      output queue                         in flight, bounded       kernel buffer, staging
 * </pre>
 *
 * <ol>
 *   <li>The bytes of one direction of a connection arrive in order, complete and unchanged, cut into segments at random
 *       places; or the connection ends.
 *   <li>A cut link loses nothing: what was on its way arrives after the cut ends, unless the sender's TCP gave up before
 *       or the connection was reset. Who only waits for input notices nothing.
 *   <li>A killed process's connections are closed by its kernel; those of a host that lost power are just gone, and a
 *       reset answers whoever still sends to them once the host is back.
 *   <li>No callback happens within a call of the port; all of them are turns of the loop of the process.
 * </ol>
 */
@NullMarked
package io.bsr.sim.network;

import org.jspecify.annotations.NullMarked;
