/**
 * {@code bsrsetup}: one command for the engine, or one question, and its answer as text.
 *
 * <p>One idea: {@link io.bsr.cli.bsrsetup.SetupCommand} is the table of commands; {@link
 * io.bsr.cli.bsrsetup.EngineRequests} turns those that change something into requests, {@link
 * io.bsr.cli.bsrsetup.Queries} prints the answers to the others.
 *
 * <ol>
 *   <li>Exit codes are those of the original: 0, 5, 10, 11, 16, 17, 20, 30.
 *   <li>Values of options leave here as plain numbers in the unit of the option table.
 *   <li>Without an engine {@code down}, {@code secondary}, {@code disconnect} and {@code detach} have nothing to do.
 * </ol>
 *
 * <p>Specified by the command-line reference, section 3.
 */
@NullMarked
package io.bsr.cli.bsrsetup;

import org.jspecify.annotations.NullMarked;
