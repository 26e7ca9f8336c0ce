/**
 * What the files say, section by section, and the readers that get it from the syntax tree.
 *
 * <p>The one idea: the text is understood here and nowhere else; nothing is inherited, implied or resolved yet, so
 * {@code dump} can print what was written. Everything that follows from it is {@link io.bsr.config.model}.
 *
 * <ol>
 *   <li>A reader never throws for bad input: it reports and goes on with the next statement.
 *   <li>A resource with a mistake is marked broken; nobody complains afterwards about what it lacks.
 *   <li>A missing semicolon at the end of a line costs one finding: reading goes on with the next line.
 * </ol>
 *
 * <p>Specified by the configuration-language reference, sections 3 to 8.1.
 */
@NullMarked
package io.bsr.config.declared;

import org.jspecify.annotations.NullMarked;
