/**
 * The log files of the tools; command-line reference, section 1.1.
 *
 * <p>One idea: a log is for whoever asks later what was done, and is never in the way of what is done now.
 *
 * <ol>
 *   <li>Nothing that happens to a log is an error of the command, and no command waits for one.
 *   <li>A file that has grown beyond 5 MiB is put aside when the next command begins; only so many of those are kept. One
 *       command writes at most 256 KiB, so the sum is bounded.
 *   <li>Secrets are not logged, nor anything that would be taken for a line of its own.
 *   <li>A command that only asks is logged if it fails, or if {@code etc/bsr.d/.statuscmd_logging} says 1.
 * </ol>
 */
@NullMarked
package io.bsr.cli.journal;

import org.jspecify.annotations.NullMarked;
