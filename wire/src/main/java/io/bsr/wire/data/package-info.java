/**
 * The fixed parts of the packets of the data path, read and written in place.
 *
 * <p>The one idea: no object stands for such a packet. A class here is a layout: offsets, static getters over (buffer,
 * offset of the first byte after the header), and a static {@code put} that writes header and fixed part.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>Nothing here allocates.
 *   <li>Buffers are big-endian.
 *   <li>A getter is called only when the fixed part lies completely in the buffer; {@link io.bsr.wire.HeaderReader} has
 *       checked the length field.
 *   <li>Values are as the peer sent them: the caller compares sectors and sizes with the device.
 *   <li>A block id, a barrier number and a resync sequence in an acknowledgement are <i>raw</i>: an echoed one keeps its
 *       bytes; {@link io.bsr.wire.BlockIds} interprets those that have a meaning.
 * </ol>
 *
 * <p>Specified in the wire-protocol reference, sections 6.3 and 10.
 */
@NullMarked
package io.bsr.wire.data;

import org.jspecify.annotations.NullMarked;
