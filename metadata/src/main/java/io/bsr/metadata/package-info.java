/**
 * The on-disk format v09: superblock, activity log, bitmap. Pure codecs over {@link java.nio.ByteBuffer}, without I/O.
 *
 * <p>The one idea: this package knows where every byte is and what it means; who reads and writes it, and in which
 * order, is decided elsewhere. The engine's core does its metadata I/O asynchronously through a block store; the tools
 * ({@link io.bsr.metadata.tool}) do it synchronously on a file. Both use these codecs.
 *
 * <pre>
 *  internal   | data ............ | bitmap | activity log | superblock 4K | 0..7 spare sectors |
 *  external   | superblock 4K | activity log | bitmap ............ |
 * </pre>
 *
 * <ol>
 *   <li>A sector is 512 bytes, also on disks with 4 KiB blocks. Superblock and activity log are big-endian, the bitmap
 *       is little-endian. Buffers are accessed with absolute indexes; position and limit are left as they were.
 *   <li>Nothing decoded is used before it was checked: whoever holds a {@link io.bsr.metadata.Superblock} and a {@link
 *       io.bsr.metadata.MetadataLayout} may index with their fields.
 *   <li>The invariant that the format serves (I4, I7): a block that may differ between this node and a peer is inside
 *       an extent of the activity log on disk, or its bit is set in the bitmap on disk.
 *   <li>Encoding allocates nothing.
 * </ol>
 *
 * <p>Specified in the metadata reference, sections 2 to 5 and 7, and the activity-log reference, sections 2 to 6.
 * Classes belong to one thread each.
 */
@NullMarked
package io.bsr.metadata;

import org.jspecify.annotations.NullMarked;
