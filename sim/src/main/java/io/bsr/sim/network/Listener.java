package io.bsr.sim.network;

import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Network;
import io.bsr.sim.time.ProcessLoop;

/** A listening socket. */
final class Listener implements Network.Closeable {
    final Host host;
    final Endpoint endpoint;
    final ProcessLoop loop;
    final Network.Acceptor acceptor;

    Listener(Host host, Endpoint endpoint, ProcessLoop loop, Network.Acceptor acceptor) {
        this.host = host;
        this.endpoint = endpoint;
        this.loop = loop;
        this.acceptor = acceptor;
    }

    @Override
    public void close() {
        host.listeners().remove(endpoint.port(), this);
    }

    boolean open() {
        return host.listener(endpoint.port()) == this;
    }
}
