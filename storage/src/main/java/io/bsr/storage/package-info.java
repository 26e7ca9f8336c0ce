/**
 * Block stores: plain files and block devices on either event loop, memory, and decorators for tests and tools.
 *
 * <p>One idea: a {@code BlockFile} knows a file (how large, how aligned, how to free space, who else uses it), a store
 * knows a loop. {@link io.bsr.storage.BlockStores} puts the two together:
 *
 * <pre>
 *   RingStore ─────► LinuxFile            reads, writes, flushes through the ring; the rest on the helper thread
 *   ThreadedStore ─► LinuxFile            every call on a file thread
 *   ThreadedStore ─► ChannelFile          the same where the system is not Linux
 *   FaultStore, DelayStore, RecordingStore ─► any BlockStore
 * </pre>
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>A file or device is open for writing in one engine at a time: an open-file-description lock on files, an
 *       exclusive claim on block devices. Both end with the process, whatever happens to it.
 *   <li>A request that is not aligned, not in range, or too much for its buffer fails with EINVAL and touches nothing.
 *   <li>Each completion is called exactly once, in a later turn; after {@code close}, new requests get ESHUTDOWN.
 *   <li>A short transfer is continued; one that makes no progress is EIO.
 *   <li>{@code flush} always asks the system. Whether it may be left out is for the owner of the store to decide, by
 *       {@code volatileCache}.
 * </ol>
 *
 * <p>When is a cache volatile? A block device says so in {@code queue/write_cache}. A plain file's always counts as
 * volatile, even on a disk without a cache: a completed write may still need the file system's journal (allocation,
 * unwritten extents), which only a flush brings to the disk. A file in memory (tmpfs, ramfs) counts as not volatile:
 * nothing of it survives a power failure with or without a flush, and a crash of the process loses none of it.
 */
@NullMarked
package io.bsr.storage;

import org.jspecify.annotations.NullMarked;
