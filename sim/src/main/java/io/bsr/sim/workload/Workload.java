package io.bsr.sim.workload;

/** What a user does to a volume. */
public sealed interface Workload permits WorkloadProfile, JournalProfile {}
