package io.bsr.core;

import io.bsr.base.memory.BufferPool;
import io.bsr.base.port.Entropy;
import io.bsr.base.port.Network;
import io.bsr.base.port.Timers;

/** The world, as a resource sees it. All ports belong to the resource's event loop. */
public record CorePorts(Timers timers, Network network, Entropy entropy, BufferPool buffers, Events events) {}
