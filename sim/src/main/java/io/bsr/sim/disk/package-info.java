/**
 * Simulated disks behind the port {@link io.bsr.base.port.BlockStore}.
 *
 * <p>A {@link io.bsr.sim.disk.SimDisk} outlives the processes that use it. It holds two images: what a read sees, and what
 * survives a power failure. They differ by the writes that sit in the volatile cache.
 *
 * <ol>
 *   <li>A write takes effect at a moment between its submission and its completion; operations complete out of order.
 *   <li>When a process is killed, completed writes stay, and any part of those in flight, torn at the block size.
 *   <li>When power is lost, what was flushed or written with FUA stays, and any subset of the other writes, torn likewise.
 *   <li>No completion is delivered to a process that is dead.
 *   <li>Breaking the port's contract (overlapping writes in flight, misalignment, a buffer changed during a write) is a
 *       {@link io.bsr.sim.disk.ContractViolation}.
 * </ol>
 */
@NullMarked
package io.bsr.sim.disk;

import org.jspecify.annotations.NullMarked;
