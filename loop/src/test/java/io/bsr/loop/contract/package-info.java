/**
 * What every implementation of the ports is tested with. A {@link io.bsr.loop.contract.World} hides how its loop runs: a
 * real one on its thread, a simulated one by steps of virtual time.
 */
@NullMarked
package io.bsr.loop.contract;

import org.jspecify.annotations.NullMarked;
