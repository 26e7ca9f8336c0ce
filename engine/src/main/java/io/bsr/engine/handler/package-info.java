/**
 * Handlers: programs of the administrator that are run when something happens.
 *
 * <p>One idea: the engine knows no configuration text. It runs one program, {@code bsradm HANDLER RESOURCE} unless told
 * otherwise, which finds the configured command; what the event is about is in environment variables.
 *
 * <ol>
 *   <li>Nothing is run unless the file {@code etc/bsr.d/.handler_use} says 1; then every handler counts as exit code 0.
 *   <li>No event loop waits for a program or a file: both are the business of the threads here, whose number is limited.
 *       What is due beyond that waits its turn, and beyond a limit is left out with a line in the log.
 *   <li>A program that cannot be run or is killed counts as exit code 0, as the original has it; the log says so.
 * </ol>
 *
 * <p>Specified by the handlers reference, sections 1, 2 and 3.1.
 */
@NullMarked
package io.bsr.engine.handler;

import org.jspecify.annotations.NullMarked;
