/**
 * Prints a configuration in its own language, in the layout of the original.
 *
 * <ol>
 *   <li>What is printed can be read again and means the same.
 *   <li>Only {@link io.bsr.config.dump.DumpStyle#asOriginal} adds what the original prints but does not read.
 * </ol>
 *
 * <p>Specified by the command-line reference, section 2.8.
 */
@NullMarked
package io.bsr.config.dump;

import org.jspecify.annotations.NullMarked;
