/**
 * What users rely on, shown with real engines: each node is a child process below a temporary root, its disk is a file,
 * the nodes talk over loopback, and applications come through NBD.
 *
 * <ol>
 *   <li>Nothing waits for an amount of time: every wait is for a state, asked from the engine, and is bounded.
 *   <li>No child outlives its test: {@link io.bsr.conformance.Pair} ends what it started, by process id.
 *   <li>Data is judged by what was acknowledged ({@link io.bsr.conformance.Ledger}) and by the bytes of the backing files.
 *   <li>What needs a tool, a device or a right that is missing is skipped and says what is missing.
 * </ol>
 */
@NullMarked
package io.bsr.conformance;

import org.jspecify.annotations.NullMarked;
