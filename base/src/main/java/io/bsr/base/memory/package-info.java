/**
 * Off-heap memory for the data path.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>A {@link io.bsr.base.memory.Buffer} belongs to one {@link io.bsr.base.memory.BufferPool}, a pool to one event
 *       loop; neither is thread-safe and neither needs to be.
 *   <li>A pool never grows beyond the limit given at its creation. Exhaustion is backpressure: {@code tryAcquire}
 *       returns {@code null}, the caller stops reading its socket and asks to be told when memory is back.
 *   <li>Every buffer starts at a multiple of 4096 bytes, so that it can be handed to O_DIRECT files as it is.
 * </ol>
 */
@NullMarked
package io.bsr.base.memory;

import org.jspecify.annotations.NullMarked;
