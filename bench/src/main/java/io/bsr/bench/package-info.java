/**
 * JMH benchmarks of the whole data path: two engines in one process, replicating over loopback, driven through their NBD
 * socket. What they are for is the allocation per request (profiler {@code gc}, {@code gc.alloc.rate.norm}), which must
 * be about 0 B in steady state: profilers of JMH see one process. Speed beside other servers is measured by the script
 * {@code bench/run}, in processes of their own.
 */
@NullMarked
package io.bsr.bench;

import org.jspecify.annotations.NullMarked;
