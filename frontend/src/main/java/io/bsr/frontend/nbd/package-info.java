/**
 * The NBD server: how programs of this host, and of others, reach a replicated volume.
 *
 * <p>The one idea: a connection never owns more than it was admitted to. A request of the client is taken from the
 * input only when there is a place for it, when its bytes fit under the limits, and when the pool has a buffer; until
 * then the stream is not read. So memory is bounded, nothing is allocated for a request (but a small object for
 * BLOCK_STATUS), and a slow or hostile client slows only
 * itself: at most until it is cut off, if it keeps buffers that others wait for.
 *
 * <pre>
 *   Stream ──► NbdConnection ──► Negotiation    options, until EXPORT_NAME or GO     (OptionData, ExportDirectory)
 *                            └─► Transmission   requests: check, admit, split        (RequestRules, BufferSupply)
 *                                   │   ▲
 *                            submit ▼   │ completed
 *                                VolumePort                                          (ClientRequest, Piece, RequestPool)
 *                                       │
 *   Stream ◄────────────────────────────┴─ ReadData, Replies                        (simple and structured)
 * </pre>
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>A server with all its connections and the volumes it exports belong to one event loop. There are no locks.
 *   <li>{@link io.bsr.base.port.VolumePort#close} is called exactly once for each successful {@code open}, and only when
 *       every request submitted for that user has completed, however the connection ended.
 *   <li>A request of the client is answered once, whatever the number of pieces it was split into; after the answer
 *       none of its pieces is at the volume.
 *   <li>A piece at the volume keeps the reference to its buffer until it completes.
 *   <li>Waiting for a buffer, a connection holds no buffer whose release depends on that wait: no deadlock.
 *   <li>The bytes of a simple reply to READ are contiguous: no other reply gets between them.
 *   <li>No length or count of the client leads to an allocation of that size.
 * </ol>
 *
 * <p>{@link io.bsr.frontend.nbd.ExportClient} is the other side: the client that our own programs use.
 *
 * <p>Behaviour: the NBD protocol, {@code doc/proto.md} of the NetworkBlockDevice project: fixed newstyle negotiation,
 * simple and structured replies, {@code base:allocation}. Without TLS, extended headers and resize notification.
 */
@NullMarked
package io.bsr.frontend.nbd;

import org.jspecify.annotations.NullMarked;
