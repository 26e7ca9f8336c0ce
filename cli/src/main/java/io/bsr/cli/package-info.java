/**
 * The tools of the administrator, one package each, and what they share.
 *
 * <pre>
 *   bsradm ──► bsrsetup ──► control ──► bsrd
 *      │          └──► status (text, JSON, events)
 *      └─────► bsrmeta ──► metadata on disk
 *   bsrcon ──► settings below etc/bsr.d, and control
 *   bsrwatch ──► the log          bsrsupport ──► all of them, into one archive
 * </pre>
 *
 * <p>One idea: a tool is a function of its words and its {@link io.bsr.cli.terminal.Surroundings}, and returns its exit
 * code. So {@code bsradm} runs the steps of a plan by calling the other two in its own process, and tests call all of them
 * without starting one.
 *
 * <p>Specified by the command-line reference, sections 1 to 5 and 7.
 */
@NullMarked
package io.bsr.cli;

import org.jspecify.annotations.NullMarked;
