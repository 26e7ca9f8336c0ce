/**
 * Byte streams over TCP and Unix sockets, on either event loop.
 *
 * <p>One idea: what a stream does with bytes does not depend on how they travel. {@link io.bsr.net.StagedStream} holds
 * the state of a stream, cuts input into callbacks and payloads, and queues output; its two subclasses only move bytes,
 * by operations of a ring or by a selector.
 *
 * <pre>
 *   socket ──recv──► staging chunk ──► handler.received
 *            └─────► pooled buffer ──► handler.payloadReceived      (the rest of a payload, without a copy)
 *
 *   output() ─► staging chunk ┐
 *   send()   ─► pooled buffer ┴─► OutputQueue ──one gathered send at the end of the turn──► socket
 * </pre>
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>At most one receive and one send of a stream are in flight; bytes keep their order.
 *   <li>A callback of a handler never runs inside a call of the handler's owner into the stream.
 *   <li>{@code closed} is called at most once, and not after {@code close} or {@code closeAfterSending}.
 *   <li>Memory that the kernel may still read or write is given back only after the operation has ended.
 *   <li>No more input is taken from the socket than fits the staging chunk: a paused stream is backpressure.
 * </ol>
 */
@NullMarked
package io.bsr.net;

import org.jspecify.annotations.NullMarked;
