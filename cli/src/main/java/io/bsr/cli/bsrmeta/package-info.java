/**
 * {@code bsrmeta}: metadata on disks that no engine uses.
 *
 * <p>One idea: what is done to metadata is in {@link io.bsr.metadata.tool}; here are the words, the questions, the
 * messages and the exit codes around it.
 *
 * <ol>
 *   <li>Nothing is changed on a disk that is attached; reading one says that it may be stale.
 *   <li>What destroys something is asked about, unless {@code --force} answers for the user.
 *   <li>Files are taken as well as block devices: a volume of this engine may be either.
 * </ol>
 *
 * <p>Specified by the command-line reference, section 4.
 */
@NullMarked
package io.bsr.cli.bsrmeta;

import org.jspecify.annotations.NullMarked;
