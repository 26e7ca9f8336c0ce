/**
 * Packets as records.
 *
 * <p>{@link io.bsr.wire.packet.SessionPacket}: everything rare - handshake, parameters, states, identifiers, cluster-wide
 * changes, pings - one record per packet, to be handled in one exhaustive {@code switch}. {@link
 * io.bsr.wire.packet.BulkPacket}: the packets of the data path and of the bitmap exchange, which a running connection
 * reads in place ({@code io.bsr.wire.data}, {@code io.bsr.wire.bitmap}) and only tools and tests want as objects.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>{@code decode} reads exactly the length it was given, or throws {@link io.bsr.wire.ProtocolException} and
 *       nothing else.
 *   <li>What was decoded encodes to the same bytes, except for padding that the reference leaves undefined.
 *   <li>Records hold numbers in the host's meaning: disk states, for example, always have today's numbers, whatever the
 *       protocol version.
 *   <li>Unsigned 32-bit quantities are {@code long}s from 0 to 4294967295.
 * </ol>
 *
 * <p>Specified in the wire-protocol reference, sections 4, 6.3, 15.2 and 15.3.
 */
@NullMarked
package io.bsr.wire.packet;

import org.jspecify.annotations.NullMarked;
