/**
 * Command lines of the tools.
 *
 * <p>One idea: which options there are, which values they take and what help says about them comes from the option table
 * of {@link io.bsr.config.option.OptionTable}; here is only how they are spelled.
 *
 * <p>There is no library behind it on purpose: picocli's classes are in an old format that the JDK's AOT cache leaves out,
 * and loading them cost a quarter of a second of every start.
 *
 * <ol>
 *   <li>Options may stand anywhere; a word behind {@code --} is none.
 *   <li>An option whose value may be left out takes one only behind an equals sign.
 *   <li>Long options may be shortened as long as they stay unique.
 * </ol>
 *
 * <p>Specified by the command-line reference, sections 2.1 and 3.1.
 */
@NullMarked
package io.bsr.cli.argument;

import org.jspecify.annotations.NullMarked;
