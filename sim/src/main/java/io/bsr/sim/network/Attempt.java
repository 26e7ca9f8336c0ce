package io.bsr.sim.network;

import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Network;
import io.bsr.sim.time.Event;
import io.bsr.sim.time.ProcessLoop;
import io.bsr.sim.time.VirtualClock;
import org.jspecify.annotations.Nullable;

/** An attempt to connect: SYN, answer, and the retransmissions of the SYN. */
final class Attempt implements Network.Closeable {
    private final SimNetwork network;
    private final ProcessLoop loop;
    private final Endpoint local;
    private final Endpoint remote;
    private final Network.Dialer dialer;
    private final Event timeout;
    private long retry = VirtualClock.SECOND;
    private boolean over;

    Attempt(
            SimNetwork network,
            ProcessLoop loop,
            Endpoint local,
            Endpoint remote,
            long timeoutNanos,
            Network.Dialer dialer) {
        this.network = network;
        this.loop = loop;
        this.local = local;
        this.remote = remote;
        this.dialer = dialer;
        this.timeout = network.clock().after(timeoutNanos, () -> fail("connection to " + remote + " timed out"));
    }

    @Override
    public void close() {
        over = true;
        timeout.cancel();
    }

    /** Sends the SYN, now or again. */
    void send() {
        if (over || !loop.alive()) {
            return;
        }
        Host from = network.hostOf(local);
        Host to = network.hostOf(remote);
        if (from == null) {
            fail("cannot bind to " + local + ": no such address here");
            return;
        }
        if (to == null) {
            return;
        }
        Link link = network.link(from, to);
        if (!link.open()) {
            again();
            return;
        }
        network.clock().after(link.delay(network.random()), () -> arrived(from, to, link));
    }

    private void again() {
        network.clock().after(retry, this::send);
        retry = Math.min(retry * 2, 64 * VirtualClock.SECOND);
    }

    private void arrived(Host from, Host to, Link link) {
        Link back = network.link(to, from);
        if (!link.open() || !back.open()) {
            again();
            return;
        }
        Listener listener = to.refusing() ? null : to.listener(remote.port());
        network.clock().after(back.delay(network.random()), () -> answered(listener));
    }

    private void answered(@Nullable Listener listener) {
        if (over || !loop.alive()) {
            return;
        }
        if (listener == null) {
            fail("connection to " + remote + " refused");
            return;
        }
        finish(() -> dialer.connected(network.establish(loop, local, remote, listener)));
    }

    private void fail(String reason) {
        if (!over) {
            finish(() -> dialer.failed(reason));
        }
    }

    private void finish(Runnable report) {
        timeout.cancel();
        loop.turn(ProcessLoop.Kind.NETWORK, () -> {
            if (!over) {
                over = true;
                report.run();
            }
        });
    }
}
