package io.bsr.core;

import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Network;
import io.bsr.base.port.PortException;
import io.bsr.base.port.SocketOptions;
import io.bsr.base.port.Stream;
import io.bsr.base.port.StreamHandler;
import io.bsr.base.port.Timers;
import io.bsr.wire.Agreement;
import io.bsr.wire.packet.Packet;
import io.bsr.wire.packet.Signal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the two streams of a connection (wire-protocol reference, section 2): both nodes listen and dial until each has
 * one data and one control stream. The side that dialled says by a first packet of 8 bytes which of the two a stream is;
 * the side that accepted obeys.
 */
final class Connector {
    private static final int MAGIC = 0x83740267;
    private static final int INITIAL_META = 0xfff1;
    private static final int INITIAL_DATA = 0xfff2;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long NANOS_PER_TENTH = 100_000_000L;

    private final Connection connection;
    private final Resource resource;
    private Network.@Nullable Closeable listener;
    private Network.@Nullable Closeable dialing;
    private Timers.@Nullable Timer timer;
    private @Nullable Held data;
    private @Nullable Held control;
    private final List<Newcomer> newcomers = new ArrayList<>();
    private boolean resolvesConflicts;
    private boolean active;
    private int nextPath;
    private String lastFailure = "";
    private String listenFailure = "";

    Connector(Connection connection, Resource resource) {
        this.connection = connection;
        this.resource = resource;
    }

    void start(long delayNanos) {
        active = true;
        lastFailure = "";
        if (delayNanos > 0) {
            timer = resource.timers().schedule(delayNanos, this::begin);
        } else {
            begin();
        }
    }

    private void begin() {
        if (!active) {
            return;
        }
        dial();
    }

    void stop() {
        active = false;
        cancelTimer();
        if (listener != null) {
            listener.close();
            listener = null;
        }
        if (dialing != null) {
            dialing.close();
            dialing = null;
        }
        for (Newcomer newcomer : List.copyOf(newcomers)) {
            newcomer.drop();
        }
        if (data != null) {
            data.stream.close();
            data = null;
        }
        if (control != null) {
            control.stream.close();
            control = null;
        }
    }

    boolean active() {
        return active;
    }

    /** Why there is no connection yet, for people. */
    String waitsFor() {
        if (!active) {
            return "";
        }
        if (listener == null && !listenFailure.isEmpty()) {
            return "the peer to answer: " + listenFailure;
        }
        return lastFailure.isEmpty() ? "the peer to answer" : "the peer to answer: " + lastFailure;
    }

    private SocketOptions socketOptions() {
        return new SocketOptions(
                connection.options().sendBufferBytes(), connection.options().receiveBufferBytes());
    }

    private void listen() {
        if (listener != null || connection.paths().isEmpty()) {
            return;
        }
        Connection.Path path = connection.paths().getFirst();
        try {
            listener = resource.listeners().listen(path.local(), socketOptions(), this);
        } catch (PortException e) {
            String failure = e.getMessage() + " (this node cannot be reached; it still dials the peer)";
            if (!failure.equals(listenFailure)) {
                resource.log(Events.Level.WARN, connection.label(), failure);
            }
            listenFailure = failure;
        }
    }

    /** True if a stream from there can be our peer's: the port of a dialling side says nothing. */
    boolean expects(Endpoint remote) {
        for (Connection.Path path : connection.paths()) {
            if (path.remote().address().equals(remote.address())) {
                return true;
            }
        }
        return false;
    }

    // ------------------------------------------------------------------------------------------------ dialling

    private void dial() {
        cancelTimer();
        if (!active) {
            return;
        }
        // Each time: an address that was in use may be free by now.
        listen();
        if (dialing != null || connection.paths().isEmpty()) {
            return;
        }
        Connection.Path path =
                connection.paths().get(nextPath++ % connection.paths().size());
        Endpoint local = new Endpoint(path.local().family(), path.local().address(), 0);
        long timeout = connection.options().connectInterval() * NANOS_PER_SECOND;
        dialing = resource.network().dial(local, path.remote(), socketOptions(), timeout, new Network.Dialer() {
            @Override
            public void connected(Stream stream) {
                dialing = null;
                dialled(stream);
            }

            @Override
            public void failed(String reason) {
                dialing = null;
                lastFailure = reason;
                waitForPeer();
            }
        });
    }

    private void dialled(Stream stream) {
        boolean asData = (data == null && control == null)
                ? connection.resource().nodeId().value() > connection.peer().value()
                : data == null;
        if (data != null && control != null) {
            stream.close();
            checkLater();
            return;
        }
        Signal first = asData ? Signal.INITIAL_DATA : Signal.INITIAL_META;
        Packet.write(stream.output(64), Agreement.NONE_YET, 0, first);
        if (!asData) {
            resolvesConflicts = false;
        }
        adopt(stream, asData);
        settle(false);
    }

    /** Waits for the peer to dial, then dials again. */
    private void waitForPeer() {
        if (!active) {
            return;
        }
        long interval = connection.options().connectInterval() * NANOS_PER_SECOND;
        long jitter = interval / 7;
        cancelTimer();
        timer = resource.timers()
                .schedule(resource.entropy().nextInt(2) == 0 ? interval - jitter : interval + jitter, this::dial);
    }

    // ------------------------------------------------------------------------------------------------ accepting

    /** The listener, which the connections of an address share, found that this stream is for us. */
    void acceptFromListener(Stream stream) {
        if (active) {
            newcomers.add(new Newcomer(stream));
        } else {
            stream.close();
        }
    }

    /** An accepted stream whose first packet has not come. */
    private final class Newcomer implements StreamHandler {
        private final Stream stream;
        private final Timers.Timer deadline;

        Newcomer(Stream stream) {
            this.stream = stream;
            long timeout = Math.max(4L * connection.options().socketCheckTimeout(), 20) * NANOS_PER_TENTH;
            deadline = resource.timers().schedule(timeout, this::drop);
            stream.start(this);
        }

        void drop() {
            stream.close();
            gone();
        }

        private void gone() {
            deadline.cancel();
            newcomers.remove(this);
        }

        @Override
        public void received(ByteBuffer in) {
            if (next != null) {
                next.received(in);
                return;
            }
            if (in.remaining() < 8) {
                return;
            }
            int magic = in.getInt();
            int command = in.getShort() & 0xffff;
            int length = in.getShort();
            if (magic != MAGIC || length != 0 || (command != INITIAL_DATA && command != INITIAL_META)) {
                resource.log(
                        Events.Level.WARN,
                        connection.label(),
                        "a stream from " + stream.remote()
                                + " does not begin as one of the replication protocol; closed");
                drop();
                return;
            }
            gone();
            boolean asData = command == INITIAL_DATA;
            Held old = asData ? data : control;
            if (!asData) {
                resolvesConflicts = true;
            }
            if (old != null) {
                old.stream.close();
            }
            Held held = new Held(stream);
            next = held;
            place(held, asData);
            settle(old != null);
        }

        private @Nullable Held next;

        @Override
        public void payloadReceived() {
            if (next != null) {
                next.payloadReceived();
            }
        }

        @Override
        public void drained() {
            if (next != null) {
                next.drained();
            }
        }

        @Override
        public void closed(String reason) {
            if (next != null) {
                next.closed(reason);
            } else {
                gone();
            }
        }
    }

    // ------------------------------------------------------------------------------------------------ both streams

    /** A stream that is kept, its input unconsumed, until its partner has proved alive; then its events go to the receiver. */
    private final class Held implements StreamHandler {
        final Stream stream;
        private @Nullable StreamHandler receiver;

        Held(Stream stream) {
            this.stream = stream;
        }

        void handTo(StreamHandler next) {
            receiver = next;
        }

        @Override
        public void received(ByteBuffer in) {
            if (receiver != null) {
                receiver.received(in);
            } else {
                // It lives. What a hasty peer sends now has to wait in the network.
                stream.pauseReading();
            }
        }

        @Override
        public void payloadReceived() {
            if (receiver != null) {
                receiver.payloadReceived();
            }
        }

        @Override
        public void drained() {
            if (receiver != null) {
                receiver.drained();
            }
        }

        @Override
        public void closed(String reason) {
            if (receiver != null) {
                receiver.closed(reason);
                return;
            }
            lastFailure = reason;
            if (data == this) {
                data = null;
            } else if (control == this) {
                control = null;
            } else {
                return;
            }
            waitForPeer();
        }
    }

    private void adopt(Stream stream, boolean asData) {
        Held held = new Held(stream);
        stream.start(held);
        place(held, asData);
    }

    private void place(Held held, boolean asData) {
        if (asData) {
            data = held;
        } else {
            control = held;
        }
    }

    /** A stream was added: see whether that makes a pair. */
    private void settle(boolean crossed) {
        if (data != null && control != null) {
            checkLater();
        } else if (crossed && resource.entropy().nextInt(2) == 0) {
            waitForPeer();
        } else if (dialing == null) {
            if (data == null && control == null) {
                waitForPeer();
            } else {
                dialMissingSoon();
            }
        }
    }

    /**
     * One stream is there. The side that accepted it dials the other at once; the side that dialled waits for that. Both
     * dial again after the interval.
     */
    private void dialMissingSoon() {
        Held present = data != null ? data : control;
        boolean weDialled = present != null
                && present.stream.local().port()
                        != connection.paths().getFirst().local().port();
        if (weDialled) {
            waitForPeer();
        } else {
            dial();
        }
    }

    /** Both streams must live for a while: the peer may have closed one that it took for crossed. */
    private void checkLater() {
        cancelTimer();
        timer = resource.timers().schedule(connection.options().socketCheckTimeout() * NANOS_PER_TENTH, this::check);
    }

    private void check() {
        Held d = data;
        Held c = control;
        if (!active) {
            return;
        }
        if (d == null || c == null) {
            waitForPeer();
            return;
        }
        data = null;
        control = null;
        stop();
        connection.streamsReady(d.stream, c.stream, resolvesConflicts, d::handTo, c::handTo);
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
