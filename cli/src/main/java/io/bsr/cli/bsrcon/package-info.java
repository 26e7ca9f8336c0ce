/**
 * {@code bsrcon}: settings of a node, and a few questions; command-line reference, section 5.
 *
 * <p>One idea: a setting is a file below {@code etc/bsr.d}. It is written whether an engine runs or not, and an engine that runs is
 * then told to read its settings anew.
 *
 * <ol>
 *   <li>Several commands of one line are carried out in their order until one fails.
 *   <li>A command of the original that means nothing here is refused by its name, with the reason and what to use instead.
 * </ol>
 */
@NullMarked
package io.bsr.cli.bsrcon;

import org.jspecify.annotations.NullMarked;
