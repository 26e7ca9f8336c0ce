/**
 * Text, tokens and the lossless tree of a configuration file.
 *
 * <p>The one idea: everything in the language is words followed by a semicolon or by a block of the same again. The tree
 * knows only that, so it can be built for any text, and what the words mean is somebody else's concern.
 *
 * <ol>
 *   <li>The printed tree is the text that was read, byte for byte, also for a text full of mistakes.
 *   <li>Every token keeps its place; nothing is read twice; cost is linear in the size of the text.
 *   <li>Depth of nesting is bounded.
 * </ol>
 *
 * <p>Specified by the configuration-language reference, sections 2 and 3.
 */
@NullMarked
package io.bsr.config.syntax;

import org.jspecify.annotations.NullMarked;
