/**
 * The wire protocol of bsr and DRBD: framing, the packet table, and the numbers that packets carry.
 *
 * <p>The one idea: every fact about a packet stands once. {@link io.bsr.wire.PacketType} is the packet table; from it
 * come the checks of {@link io.bsr.wire.HeaderReader}, the codecs of the packages below, and the documentation page
 * ({@link io.bsr.wire.PacketTable}).
 *
 * <pre>
 *   bytes ──► HeaderReader ──► type, volume, length (all checked)
 *                                 ├─ session packet ──► io.bsr.wire.packet  (records, one per packet)
 *                                 ├─ data path      ──► io.bsr.wire.data    (layouts over the buffer, no allocation)
 *                                 └─ bitmap         ──► io.bsr.wire.bitmap  (runs of bits)
 * </pre>
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>Integers are big-endian, except those marked <i>raw</i>: chosen by one side, echoed by the other byte for byte.
 *       Every buffer handed to this module must be in big-endian order.
 *   <li>A length that comes from the peer is compared with the limits of its packet before anything is read or
 *       allocated.
 *   <li>Hostile bytes end in a {@link io.bsr.wire.ProtocolException} and in no other exception.
 *   <li>A packet is accepted only on its stream and only in the protocol versions and with the features in the table.
 *   <li>Sectors are 512 bytes; one bitmap bit stands for 8 sectors.
 * </ol>
 *
 * <p>Nothing here is thread-safe, and nothing needs to be: a connection belongs to one event loop.
 *
 * <p>Specified in the wire-protocol reference: versions in section 1, framing in 3, enumerations in 5, packets in 6.
 */
@NullMarked
package io.bsr.wire;

import org.jspecify.annotations.NullMarked;
