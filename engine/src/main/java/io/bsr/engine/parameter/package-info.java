/**
 * The parameters of this engine and what they do.
 *
 * <ol>
 *   <li>Values come from {@code ADD_MOD_PARAM} in {@code etc/default/bsr}, then from the command line; while the engine runs,
 *       from the control interface.
 *   <li>A value that a parameter does not take keeps the engine from starting; an unknown parameter does not, as with a
 *       kernel module, and the log says so.
 *   <li>Every thread reads them; nobody waits.
 * </ol>
 */
@NullMarked
package io.bsr.engine.parameter;

import org.jspecify.annotations.NullMarked;
