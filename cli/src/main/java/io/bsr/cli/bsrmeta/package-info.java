/**
 * {@code bsrmeta}: metadata on disks that no engine uses.
 *
 * <p>One idea: what is done to metadata is in {@link io.bsr.metadata.tool}; here are the words, the questions, the
 * messages and the exit codes around it.
 *
 * <ol>
 *   <li>Nothing is changed on a disk that is attached; reading one says that it may be stale.
 *   <li>What destroys something is asked about, unless {@code --force} answers for the user.
 *   <li>Files are taken as well as block devices: a volume of this engine may be either. A device that somebody else has
 *       locked is refused, whatever the options say.
 *   <li>Standard output has what scripts read; questions, remarks and the progress bar are on standard error.
 * </ol>
 *
 * <p>Specified by the command-line reference, section 4, and the metadata reference, section 11.
 */
@NullMarked
package io.bsr.cli.bsrmeta;

import org.jspecify.annotations.NullMarked;
