/**
 * An attached disk: the out-of-sync bitmap and the activity log in memory, and the order in which metadata reach the
 * store.
 *
 * <p>The one invariant (activity-log reference, section 1): on stable storage, a block that may differ from a peer is in
 * an extent of the activity log, or its bit for that peer is set. From it follow
 *
 * <ol>
 *   <li>a write is submitted and sent only when its extents are in the activity log on disk;
 *   <li>before a transaction evicts an extent, the data store is flushed and the bitmap blocks of that extent are on
 *       disk;
 *   <li>a bitmap block in which bits were cleared is written only after the data store was flushed;
 *   <li>the superblock is written after the data store was flushed and every changed bitmap block is on disk; no user
 *       write is submitted while the superblock on disk is older than the one in memory.
 * </ol>
 *
 * All metadata operations of a disk go through one queue ({@link io.bsr.core.disk.MetadataWriter}), one at a time.
 */
@NullMarked
package io.bsr.core.disk;

import org.jspecify.annotations.NullMarked;
