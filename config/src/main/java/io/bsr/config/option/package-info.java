/**
 * The option table and the values of options.
 *
 * <p>The one idea: there is one place that knows an option. Parser, validation, inheritance, help, manual pages, command
 * lines and the output of {@code show} all read {@link OptionTable}.
 *
 * <ol>
 *   <li>A value is kept as the text that was written; units are converted only to check and to compare.
 *   <li>Inheritance is one operation, {@link Settings#inherit}; everything that looks strange about it follows from the
 *       order in which it is applied.
 *   <li>What differs from type to type are methods of {@link OptionType}: a switch over the types would be linked at run
 *       time, which the JDK's AOT cache cannot do ahead, and each tool would start some 20 ms later.
 * </ol>
 *
 * <p>Specified by the configuration-language reference, sections 2.1, 8 and 9.
 */
@NullMarked
package io.bsr.config.option;

import org.jspecify.annotations.NullMarked;
