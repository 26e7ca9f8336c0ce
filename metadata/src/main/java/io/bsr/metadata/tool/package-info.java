/**
 * What the tools do with metadata on disk, synchronously: create, open, dump, restore, apply the activity log, edit, wipe.
 *
 * <p>The one idea: every operation is a class that takes a {@link io.bsr.metadata.tool.MetadataDevice}, asks nothing and
 * prints nothing. Questions, messages and exit codes are the command line's; an operation that would need a "yes" takes
 * it as a {@link io.bsr.metadata.tool.Consent} and otherwise refuses with a {@link
 * io.bsr.metadata.MetadataException}.
 *
 * <ol>
 *   <li>Order on disk (I7): what a superblock promises is durable before the superblock is. New metadata: the old
 *       superblock is made unrecognisable, then areas, then the superblock without its magic number, then with it; each
 *       step is forced before the next. A crash leaves the old metadata, none, or the new ones, never a mixture.
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
