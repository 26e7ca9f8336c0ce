/**
 * The settings of a node that outlive the engine: one small text file each in {@code etc/bsr.d}, under the names of the
 * original. {@code bsrcon} writes them; the engine and the tools read them.
 *
 * <ol>
 *   <li>A file is replaced as a whole, so that nobody reads half of one.
 *   <li>What a file says that makes no sense counts as if it were not there: no setting keeps a node from starting.
 * </ol>
 *
 * <p>Specified by the command-line reference, section 5.1.
 */
@NullMarked
package io.bsr.control.setting;

import org.jspecify.annotations.NullMarked;
