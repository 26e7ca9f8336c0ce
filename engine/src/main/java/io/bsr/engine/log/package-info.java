/**
 * The engine's log: one line for each state change and each thing that an administrator may want to know.
 *
 * <pre>
 *   2026-11-22T20:31:26.123+00:00 INFO  r0/0 beta: repl( WFBitMapT -> SyncTarget ): bitmap exchange complete
 * </pre>
 *
 * <ol>
 *   <li>Whoever logs never waits: lines go through a queue, and when it is full they are lost and counted.
 *   <li>No object logs more than {@link io.bsr.engine.log.LineValve#LINES} lines per second; what was left out is said.
 *   <li>Text from outside cannot forge a line: control characters are replaced.
 * </ol>
 */
@NullMarked
package io.bsr.engine.log;

import org.jspecify.annotations.NullMarked;
