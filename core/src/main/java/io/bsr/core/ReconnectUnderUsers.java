package io.bsr.core;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import java.util.ArrayList;
import java.util.List;

/**
 * A Primary makes its connections anew while its users work with a peer's disk, as a disk has been attached and generations
 * are to be compared. Users wait for that: what has begun ends first, what comes meanwhile begins afterwards.
 */
final class ReconnectUnderUsers {
    private static final long CHECK_NANOS = 10_000_000L;
    private static final long DRAIN_NANOS = 10_000_000_000L;

    /** Longer than an attempt to connect and the pause before it; after that users get errors rather than no answer. */
    private static final long CONNECT_NANOS = 30_000_000_000L;

    private final Resource resource;
    private final String reason;
    private final List<Volume> held = new ArrayList<>();
    private long deadline;

    private ReconnectUnderUsers(Resource resource, String reason) {
        this.resource = resource;
        this.reason = reason;
    }

    static void begin(Resource resource, String reason) {
        ReconnectUnderUsers reconnect = new ReconnectUnderUsers(resource, reason);
        for (Volume v : resource.volumes()) {
            if (v.diskState() != DiskState.UP_TO_DATE) {
                reconnect.held.add(v);
                v.requests().holdForCommand(true);
            }
        }
        reconnect.deadline = resource.now() + DRAIN_NANOS;
        reconnect.drain();
    }

    private void drain() {
        resource.transferLog().closeEpoch();
        resource.sendBarriers();
        if (!quiet() && resource.now() < deadline) {
            resource.timers().schedule(CHECK_NANOS, this::drain);
            return;
        }
        for (Connection c : resource.connections()) {
            if (c.connected()) {
                c.fail(ConnectionState.NETWORK_FAILURE, reason);
            }
        }
        deadline = resource.now() + CONNECT_NANOS;
        await();
    }

    /** Nothing of these volumes is on its way, and peers have said that all is durable. */
    private boolean quiet() {
        for (Volume v : held) {
            if (!v.requests().nothingBegun()) {
                return false;
            }
        }
        for (WriteRequest r = resource.transferLog().head(); r != null; r = r.newer) {
            Volume v = r.volume;
            if (v != null && held.contains(v)) {
                return false;
            }
        }
        return true;
    }

    private void await() {
        boolean ready = !resource.handshaking();
        for (Volume v : held) {
            ready &= v.dataAccessible();
        }
        if (ready || resource.now() >= deadline) {
            held.forEach(v -> v.requests().holdForCommand(false));
        } else {
            resource.timers().schedule(CHECK_NANOS, this::await);
        }
    }
}
