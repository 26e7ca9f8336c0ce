/**
 * {@code bsradm}: what the configuration says, made so.
 *
 * <p>One idea: a command is a plan of calls of the two lower tools ({@link io.bsr.config.plan}); a {@link
 * io.bsr.cli.bsradm.StepRunner} prints it (dry run) or carries it out. The lower tools run in this process: a Java process
 * for each of some ten steps would cost a second each.
 *
 * <ol>
 *   <li>A dry run prints exactly the lines that the original prints, and touches nothing.
 *   <li>The plan decides; the runner knows neither resources nor options.
 *   <li>The exit code is the worst of the steps; from 20 on nothing more is tried.
 * </ol>
 *
 * <p>Specified by the command-line reference, section 2.
 */
@NullMarked
package io.bsr.cli.bsradm;

import org.jspecify.annotations.NullMarked;
