package io.bsr.core;

import io.bsr.base.memory.BufferPool;
import io.bsr.base.port.Entropy;
import io.bsr.base.port.Network;
import io.bsr.base.port.Timers;
import java.util.function.BooleanSupplier;

/**
 * The world, as a resource sees it. All ports belong to the resource's event loop.
 *
 * @param refusesChange asked once for each change of the cluster that a peer wants and this node could agree to: whether it
 *     is refused nevertheless, to test what then happens
 */
public record CorePorts(
        Timers timers,
        Network network,
        Entropy entropy,
        BufferPool buffers,
        Events events,
        BooleanSupplier refusesChange) {
    /** A world in which nothing is refused on purpose. */
    public CorePorts(Timers timers, Network network, Entropy entropy, BufferPool buffers, Events events) {
        this(timers, network, entropy, buffers, events, () -> false);
    }
}
