/**
 * Fuzzing guided by coverage, with Jazzer. A target lives in the package of what it reads; {@code FuzzTest} lists them all.
 *
 * <p>Jazzer before 0.30 finds nothing on Java 25: the canary would say so.
 */
@NullMarked
package io.bsr.fuzz;

import org.jspecify.annotations.NullMarked;
