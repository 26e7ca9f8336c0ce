package io.bsr.net;

import io.bsr.base.port.Network;
import io.bsr.loop.EventLoop;
import io.bsr.loop.PortableLoop;
import io.bsr.loop.RingLoop;

/** Makes the network of an event loop. */
public final class Networks {
    private Networks() {}

    /**
     * TCP and Unix sockets whose callbacks run on {@code loop}. One per loop: streams of one network share their staging
     * memory. Everything open is closed, without a callback, when the loop stops.
     */
    public static Network of(EventLoop loop) {
        return switch (loop) {
            case PortableLoop portable -> new SelectorNetwork(portable);
            case RingLoop ring -> new RingNetwork(ring);
        };
    }
}
