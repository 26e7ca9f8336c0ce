/**
 * Volumes as block devices of Linux: a FUSE file of this very process with a loop device on it, and nothing of ours in
 * the kernel.
 *
 * <p>The one idea: whatever becomes of the engine, nothing of it stays. The file is on a mount that was never put into a
 * tree, the loop device clears itself when nobody has it open, and the kernel ends all requests when the engine's
 * descriptor of {@code /dev/fuse} closes. What a dead engine leaves are symbolic links, and it has written down which.
 *
 * <pre>
 *   /dev/bsr3 ──► /dev/loopN ── kernel ── FUSE file ── /dev/fuse ──► FuseConnection (reader thread)
 *                     ▲                                                    │ messages        ▲ answers
 *               LoopDevice                                            FuseSession, on the loop of the volume
 *                     ▲
 *   BlockDevice: attaches and detaches, on a thread of its own             DeviceLinks, Holders
 * </pre>
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>No event loop calls anything that may wait for the kernel: it only takes messages and writes answers.
 *   <li>The engine does not have its loop devices open, and no thread of it waits for I/O of its own devices: a process
 *       that is killed would wait for itself. A program keeps the device open, which ends with the engine, and another one
 *       writes out what is cached.
 *   <li>A device that somebody has open is not detached, unless the volume goes away by force; then its I/O fails at once.
 *   <li>A link is made or removed only where nothing is, or what was written down as ours.
 * </ol>
 *
 * <p>Facts of the interfaces: {@code linux/fuse.h}, {@code linux/loop.h}, {@code linux/mount.h}, {@code linux/prctl.h}.
 */
@NullMarked
package io.bsr.attach;

import org.jspecify.annotations.NullMarked;
