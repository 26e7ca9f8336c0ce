/**
 * A volume as one regular file that the kernel asks us about: what stands behind a loop device, so that a block device
 * needs no module of ours.
 *
 * <p>The one idea: a message of the kernel is kept where it was read into until there is a place for all that it needs;
 * until then no further ones are read than there is memory for. So memory is bounded, and nothing is allocated for a request.
 *
 * <pre>
 *   reader thread ──► FuseMessage ──► FuseSession ──► VolumePort          (RequestRules, FuseRequest, PayloadBuffers)
 *                                         │  ▲  completed
 *   /dev/fuse ◄──────── FuseChannel ◄─────┴──┘                            (Replies)
 * </pre>
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>A session, its volume and its buffers belong to one event loop. Only messages cross threads, one owner at a time.
 *   <li>A request is answered once, and after the answer nothing of it is at the volume.
 *   <li>{@link io.bsr.base.port.VolumePort#close} is called once for each successful {@code open}, when every request
 *       has completed, and nothing is answered after {@link io.bsr.frontend.fuse.FuseSession#leave}.
 *   <li>What waits for a buffer holds none: no deadlock.
 *   <li>No length or number in a message leads to an access outside of it, or to an allocation of that size.
 *   <li>The file never loses or gains bytes by a request: its size is the volume's.
 * </ol>
 *
 * <p>Requests to free space become zeroes that may unmap: the loop device asks in the same way for both, and what was
 * zeroed has to read as zero. Durability is a flush of the volume; the loop device makes a write with FUA of a write and
 * an FSYNC.
 *
 * <p>Facts of the interface: {@code linux/fuse.h} of the kernel, protocol 7.31 and later.
 */
@NullMarked
package io.bsr.frontend.fuse;

import org.jspecify.annotations.NullMarked;
