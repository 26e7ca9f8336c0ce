/**
 * What the tools do with metadata on disk, synchronously: create, open, dump, restore, apply the activity log,
 * edit, move, convert, wipe.
 *
 * <p>The one idea: every operation is a class that takes a {@link io.bsr.metadata.tool.MetadataDevice}, asks nothing and
 * prints nothing. Questions, messages and exit codes are the command line's; an operation that would need a "yes" takes
 * it as a {@link io.bsr.metadata.tool.Consent} and otherwise refuses with a {@link
 * io.bsr.metadata.MetadataException}.
 *
 * <ol>
 *   <li>Order on disk (I7): what a superblock promises is durable before the superblock is, and a superblock is replaced
 *       in one step ({@link SuperblockUpdate}). New metadata over valid ones: first the new superblock in a cautious form
 *       that asks for a full resync, then the areas, then the superblock as it shall be. A crash leaves the old metadata
 *       or the new ones, these perhaps in the cautious form; never a mixture, never fewer bits than there should be, and
 *       none only where there were none.
 *   <li>Every operation can be repeated after a crash in its middle, and then ends as if it had not been interrupted.
 *   <li>512 bytes are written whole or not at all; 4096 bytes are not.
 *   <li>Memory is bounded whatever the device or the text contains: bitmaps and dumps pass through in pieces.
 * </ol>
 *
 * <p>Specified in the metadata reference, sections 5.5 and 7 to 11; activity-log reference, section 6.2.
 */
@NullMarked
package io.bsr.metadata.tool;

import org.jspecify.annotations.NullMarked;
