/**
 * JSON documents as values, and records as JSON.
 *
 * <ol>
 *   <li>A document that is too deep, has a number beyond 64 bits or a fraction, names a key twice, or goes on after its
 *       end, is refused.
 *   <li>What {@link io.bsr.control.json.RecordCodec} writes, it reads back to an equal record.
 * </ol>
 */
@NullMarked
package io.bsr.control.json;

import org.jspecify.annotations.NullMarked;
