/**
 * Users of replicated volumes: they write, read, trim, zero and flush through the port that frontends use, and report
 * every submission and completion to the oracle.
 */
@NullMarked
package io.bsr.sim.workload;

import org.jspecify.annotations.NullMarked;
