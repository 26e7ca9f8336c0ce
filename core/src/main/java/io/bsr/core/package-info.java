/**
 * The replication engine proper.
 *
 * <p>Pure: it knows no clock, thread, socket or file, only the ports of {@link io.bsr.base.port}. One event loop owns a
 * {@link io.bsr.core.Resource} with everything below it; every packet, disk completion, timer and command of the
 * resource is handled there, one after the other. So there are no locks here, and the simulator can repeat any run from
 * its seed.
 *
 * <pre>
 *   Resource ── role, cluster-wide changes (TwoPhaseCommit), transfer log
 *    ├─ Volume ── disk (metadata, activity log, bitmap), requests of users
 *    └─ Connection ── sockets, handshake, keep-alive, receiver epochs
 *        └─ PeerDevice (volume × connection) ── replication state, peer disk, bitmap exchange, resync
 * </pre>
 */
@NullMarked
package io.bsr.core;

import org.jspecify.annotations.NullMarked;
