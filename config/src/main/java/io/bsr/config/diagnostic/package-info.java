/**
 * Where something is in a configuration text, and what is wrong there.
 *
 * <p>The one idea: reading never stops at the first mistake. Every stage adds to one {@link Diagnostics} and goes on as
 * well as it can; only at the end is it decided whether the configuration is valid.
 *
 * <ol>
 *   <li>Every finding has a stable code and a place; wherever a word is at fault also the line and a caret.
 *   <li>The number of findings is bounded.
 *   <li>Nothing from a file reaches a terminal with control characters in it.
 * </ol>
 */
@NullMarked
package io.bsr.config.diagnostic;

import org.jspecify.annotations.NullMarked;
