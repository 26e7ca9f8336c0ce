/**
 * The bitmap on the wire: which blocks one side believes the other lacks.
 *
 * <p>The one idea: a bitmap is asked for and told in runs ({@link io.bsr.wire.bitmap.BitRuns}, {@link
 * io.bsr.wire.bitmap.BitSink}), whatever it is stored in. A transfer is a sequence of packets, plain or compressed,
 * with one bit offset that both sides count:
 *
 * <pre>
 *   offset 0 ──COMPRESSED──► 70000 ──COMPRESSED──► 70123 ──BITMAP from word 1095──► 102720 ──…──► bits
 * </pre>
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>A plain packet has exactly as many words as fit 4096 bytes with the header, or as are left: the receiver
 *       insists. If the last packet was plain, one without words follows.
 *   <li>A compressed packet is sent only if it covers at least as many bits as it has bits of code.
 *   <li>Bits beyond the end of the device are sent as 0 and ignored when received.
 *   <li>Hostile code ends in a {@link io.bsr.wire.ProtocolException}. Ranges told before it are within the device; bits
 *       set too many only cost a resync of these blocks.
 * </ol>
 *
 * <p>Specified in the wire-protocol reference, section 9.
 */
@NullMarked
package io.bsr.wire.bitmap;

import org.jspecify.annotations.NullMarked;
