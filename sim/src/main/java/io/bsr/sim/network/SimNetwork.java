package io.bsr.sim.network;

import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Network;
import io.bsr.base.port.PortException;
import io.bsr.base.port.SocketOptions;
import io.bsr.sim.time.EventHash;
import io.bsr.sim.time.ProcessLoop;
import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.Timeline;
import io.bsr.sim.time.VirtualClock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** All hosts, the links between them and the connections over these, with the faults that can befall them. */
public final class SimNetwork {
    private static final int EADDRINUSE = 98;
    private static final int EADDRNOTAVAIL = 99;

    private final VirtualClock clock;
    private final EventHash hash;
    private final SimRandom random;
    private final LinkQuality quality;
    private final Timeline timeline;
    private final Map<String, Host> hosts = new LinkedHashMap<>();
    private final Map<String, Link> links = new LinkedHashMap<>();
    private final List<SimStream> streams = new ArrayList<>();
    private int nextPort = 40000;
    private long lastClogged;

    public SimNetwork(VirtualClock clock, EventHash hash, SimRandom random, LinkQuality quality, Timeline timeline) {
        this.clock = clock;
        this.hash = hash;
        this.random = random.split("network");
        this.quality = quality;
        this.timeline = timeline;
    }

    /** The host with this address, made at its first mention. */
    public Host host(String address) {
        return hosts.computeIfAbsent(address, Host::new);
    }

    /** The network as a process on a host sees it. */
    public Network port(ProcessLoop loop, Host host) {
        return new Network() {
            @Override
            public Closeable listen(Endpoint local, SocketOptions options, Acceptor acceptor) throws PortException {
                return SimNetwork.this.listen(loop, host, local, acceptor);
            }

            @Override
            public Closeable dial(
                    Endpoint local, Endpoint remote, SocketOptions options, long timeoutNanos, Dialer dialer) {
                if (!loop.inTurn()) {
                    throw new IllegalStateException("dial outside of a turn");
                }
                Attempt attempt = new Attempt(SimNetwork.this, loop, local, remote, timeoutNanos, dialer);
                clock.after(0, attempt::send);
                return attempt;
            }
        };
    }

    private Network.Closeable listen(ProcessLoop loop, Host host, Endpoint local, Network.Acceptor acceptor)
            throws PortException {
        boolean any = local.address().equals("0.0.0.0");
        if (!any && !local.address().equals(host.address())) {
            throw new PortException(EADDRNOTAVAIL, "cannot listen at " + local + ": not an address of this host");
        }
        if (host.listener(local.port()) != null) {
            throw new PortException(EADDRINUSE, "cannot listen at " + local + ": address in use");
        }
        Listener listener = new Listener(host, local, loop, acceptor);
        host.listeners().put(local.port(), listener);
        return listener;
    }

    /** Nothing gets from one host to the other any more; nobody is told. */
    public void cut(Host from, Host to) {
        link(from, to).cut(clock.now());
    }

    /** Ends a cut. */
    public void heal(Host from, Host to) {
        link(from, to).heal(clock.now());
        wake(from, to);
    }

    public boolean isCut(Host from, Host to) {
        return link(from, to).isCut();
    }

    /** Slows the way from one host to another: bandwidth divided, latency added. */
    public void clog(Host from, Host to, long divisor, long extraLatency) {
        link(from, to).clog(divisor, extraLatency);
    }

    /** Something sent while its way was slowed arrives at this time. */
    void cloggedUntil(long arrival) {
        lastClogged = Math.max(lastClogged, arrival);
    }

    /** When the last arrives of what was sent while its way was slowed: the queue on the way stays as slow as it was. */
    public long cloggedUntil() {
        return lastClogged;
    }

    /** While on, the host refuses new connections as if nobody listened. */
    public void refuse(Host host, boolean on) {
        host.refusing(on);
    }

    /** While on, processes of the host read their sockets slowly. */
    public void slowReader(Host host, boolean on) {
        host.slowReader(on);
    }

    /** Resets established connections of a host, each with this probability. */
    public void resetConnections(Host host, double probability) {
        for (SimStream stream : List.copyOf(streams)) {
            if (stream.host() == host && !stream.gone() && random.chance(probability)) {
                stream.dropDirections();
                stream.broken("connection reset by peer");
                SimStream other = stream.other();
                if (other != null) {
                    other.broken("connection reset by peer");
                }
            }
        }
    }

    /** The process died: its kernel closes its sockets. */
    public void processDied(ProcessLoop loop) {
        forget(loop, SimStream::closedByKernel);
    }

    /** The host lost power: its sockets are gone and nobody is told. */
    public void powerLost(Host host, ProcessLoop loop) {
        host.up(false);
        boolean alsoOnTheWire = random.chance(0.5);
        forget(loop, stream -> stream.vanished(alsoOnTheWire));
    }

    /** The host runs again. */
    public void powerBack(Host host) {
        host.up(true);
        for (Host other : hosts.values()) {
            if (other != host) {
                wake(host, other);
                wake(other, host);
            }
        }
    }

    /** True if no bytes are under way or unread anywhere. */
    public boolean quiet() {
        for (SimStream stream : streams) {
            if (stream.carriesData()) {
                return false;
            }
        }
        return true;
    }

    public int connections() {
        return streams.size() / 2;
    }

    private void forget(ProcessLoop loop, Consumer<SimStream> how) {
        for (Host host : hosts.values()) {
            host.listeners().values().removeIf(listener -> listener.loop == loop);
        }
        for (SimStream stream : List.copyOf(streams)) {
            if (stream.loop() == loop) {
                how.accept(stream);
            }
        }
        tidy();
    }

    private void wake(Host from, Host to) {
        for (SimStream stream : List.copyOf(streams)) {
            stream.linkHealed(from, to);
        }
    }

    VirtualClock clock() {
        return clock;
    }

    EventHash hash() {
        return hash;
    }

    SimRandom random() {
        return random;
    }

    @Nullable Host hostOf(Endpoint endpoint) {
        return hosts.get(endpoint.address());
    }

    Link link(Host from, Host to) {
        return links.computeIfAbsent(from.address() + ">" + to.address(), name -> new Link(from, to, quality));
    }

    /** The three-way handshake succeeded: makes both ends and returns the dialer's; the acceptor hears of his later. */
    SimStream establish(ProcessLoop dialer, Endpoint local, Endpoint remote, Listener listener) {
        Host from = host(local.address());
        Host to = listener.host;
        Endpoint source = new Endpoint(local.family(), local.address(), nextPort++);
        SimStream near = new SimStream(this, dialer, from, source, remote, null);
        SimStream far = new SimStream(this, listener.loop, to, remote, source, listener);
        near.join(far, new Direction(this, link(from, to), near, far), new Direction(this, link(to, from), far, near));
        tidy();
        tell(near, "connected");
        streams.add(near);
        streams.add(far);
        near.sendAccept();
        return near;
    }

    /** Sends a reset to a stream, if it gets through. */
    void reset(SimStream victim, Link way) {
        if (way.open()) {
            clock.after(way.delay(random), () -> victim.broken("connection reset by peer"));
        }
    }

    /** Tells of sent bytes: how many, and the first ones, where packet headers often are. */
    void tell(SimStream stream, String what, byte[] bytes) {
        timeline.disk(
                "network",
                () -> stream.local() + " to " + stream.remote() + ": " + what + bytes.length + " bytes: "
                        + HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 48)));
    }

    void tell(SimStream stream, String what) {
        timeline.disk("network", () -> stream.local() + " to " + stream.remote() + ": " + what);
    }

    private void tidy() {
        streams.removeIf(SimStream::finished);
    }
}
