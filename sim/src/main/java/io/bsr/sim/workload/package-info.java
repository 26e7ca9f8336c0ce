/**
 * Users of replicated volumes: they write, read, trim, zero and flush through the port that frontends use, and report
 * every submission and completion to the oracle.
 *
 * <pre>
 *   VolumeUser ── opens, submits, reports
 *     ├─ RandomUser ── reads and writes anywhere (WorkloadProfile)
 *     └─ JournalUser ── a file system with a journal (JournalProfile)
 *           JournalLayout, Transaction, JournalBlock   what it writes where
 *           JournalImage → JournalMount                what it finds there again
 *           JournalOracle                              what it must find, on each copy
 * </pre>
 *
 * <p>A block of the file system has the contents of every write, which tell who wrote it; what that write meant is looked up
 * by its number. So sequence numbers and checksums need not be computed, and are never equal by chance.
 */
@NullMarked
package io.bsr.sim.workload;

import org.jspecify.annotations.NullMarked;
