/**
 * The parameters of an engine, the counterpart of those of a kernel module.
 *
 * <p>One idea: {@link io.bsr.control.parameter.Parameter} is the only place that knows a parameter. What the engine takes, what
 * {@code bsrd --info} and the manual show, and what is refused come from it.
 */
@NullMarked
package io.bsr.control.parameter;

import org.jspecify.annotations.NullMarked;
