package io.bsr.frontend.nbd;

import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Stream;
import io.bsr.base.port.StreamHandler;
import io.bsr.base.port.Timers;
import io.bsr.base.port.VolumePort;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One client, from accepting its stream until its last request has left the volume. Owns the two ends: the stream and
 * the opened volume; the phases do the talking.
 *
 * <pre>
 *   accepted ──► Negotiation ──begin──► Transmission ──┬─ DISC ────────────────► finished ──┐
 *                     │                                ├─ volume revoked ──────► finished ──┤
 *                     │                                ├─ stream ended ──► cut              ├─► volume closed when
 *                     └── abort, violation, timeout ──►└─ violation ─────► cut ─────────────┘   it is quiet
 * </pre>
 */
final class NbdConnection implements StreamHandler, VolumePort.User {
    private final NbdServer server;
    private final Stream stream;
    private final Timers timers;
    private final NbdLimits limits;
    private final BufferSupply buffers;
    private final String description;
    private final @Nullable Negotiation negotiation;
    private final DirectSession.@Nullable Owner owner;
    private Timers.@Nullable Timer deadline;
    private @Nullable Session session;
    private @Nullable Transmission transmission;
    private boolean streamOpen = true;
    private boolean volumeOpen;
    private boolean endTold;
    private String ending = "";

    NbdConnection(
            NbdServer server,
            Stream stream,
            ExportDirectory exports,
            BufferSupply buffers,
            Timers timers,
            NbdLimits limits) {
        this.server = server;
        this.stream = stream;
        this.timers = timers;
        this.limits = limits;
        this.buffers = buffers;
        this.description = "NBD client " + address(stream);
        this.negotiation = new Negotiation(this, stream, exports);
        this.owner = null;
    }

    /** Of a {@link DirectSession}. */
    NbdConnection(
            NbdServer server,
            Stream stream,
            String description,
            DirectSession.Owner owner,
            BufferSupply buffers,
            Timers timers,
            NbdLimits limits) {
        this.server = server;
        this.stream = stream;
        this.timers = timers;
        this.limits = limits;
        this.buffers = buffers;
        this.description = description;
        this.negotiation = null;
        this.owner = owner;
    }

    void start() {
        deadline =
                timers.schedule(limits.handshakeNanos(), () -> violated("it did not finish the negotiation in time"));
        stream.start(this);
        if (negotiation != null) {
            negotiation.greet();
        }
    }

    /** Without a negotiation: the volume is open for this connection. */
    void start(Session agreed) {
        begin(agreed);
        stream.start(this);
    }

    /** Whether it is a client that came by itself. */
    boolean negotiated() {
        return owner == null;
    }

    // Stream

    @Override
    public void received(ByteBuffer in) {
        if (transmission == null && negotiation != null) {
            negotiation.received(in);
        }
        if (transmission != null) {
            transmission.received(in);
        }
    }

    @Override
    public void payloadReceived() {
        if (transmission != null) {
            transmission.payloadReceived();
        } else if (negotiation != null) {
            negotiation.payloadReceived();
        }
    }

    @Override
    public void drained() {
        if (transmission != null) {
            transmission.drained();
        }
    }

    @Override
    public void closed(String reason) {
        if (streamOpen) {
            log("left: " + reason);
            streamOpen = false;
            cut();
        }
    }

    // Phases

    /** The volume is open for this client, the reply that says so is queued: requests follow. */
    void begin(Session agreed) {
        cancelDeadline();
        volumeOpen = true;
        session = agreed;
        transmission = new Transmission(this, stream, agreed, buffers, limits);
        log("uses " + agreed.export().name());
    }

    /** The client ended the negotiation in good order. */
    void endNegotiation(String why) {
        log("left: " + why);
        closeAfterSending();
        cut();
    }

    /** The client broke the protocol, or a limit, in a way that leaves only to disconnect. */
    void violated(String what) {
        if (streamOpen) {
            log("disconnected: " + what);
            cut();
        }
    }

    /** Everything is answered and the connection ends in good order. */
    void finished() {
        if (streamOpen) {
            log("left");
            closeAfterSending();
            cut();
        }
    }

    /** Nothing is at the volume, and nothing will be submitted any more. */
    void volumeQuiet() {
        Session used = session;
        if (volumeOpen && used != null && transmission != null && transmission.quiet()) {
            volumeOpen = false;
            used.export().volume().close(this);
        }
        if (!streamOpen && !volumeOpen) {
            server.ended(this);
            tellEnd();
        }
    }

    private void tellEnd() {
        if (owner != null && !endTold) {
            endTold = true;
            owner.ended(ending);
        }
    }

    /** Ends now, or, with a client that uses a volume, when what is in flight has ended; at the latest after a time. */
    void shutDown(String reason) {
        // Refused requests would be errors to who uses the owner's device; without an answer they can wait.
        if (transmission == null || owner != null) {
            violated(reason);
            return;
        }
        log("is asked to go: " + reason);
        cancelDeadline();
        deadline = timers.schedule(limits.closingNanos(), () -> violated("it did not go in time: " + reason));
        transmission.refuse();
        volumeQuiet();
    }

    void markProgress() {
        if (transmission != null) {
            transmission.mark();
        }
    }

    /** Disconnects a client that sits on buffers which others wait for. */
    void cutIfStalled() {
        if (owner == null && streamOpen && transmission != null && transmission.stalled()) {
            violated("it did not move for a while, and held buffers that others wait for");
        }
    }

    private void closeAfterSending() {
        streamOpen = false;
        stream.closeAfterSending(limits.closingNanos());
    }

    private void cut() {
        cancelDeadline();
        if (negotiation != null) {
            negotiation.end();
        }
        if (streamOpen) {
            streamOpen = false;
            stream.close();
        }
        if (transmission != null) {
            transmission.abandon();
        }
        volumeQuiet();
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel();
            deadline = null;
        }
    }

    // User of the volume

    @Override
    public String description() {
        return description;
    }

    @Override
    public void resized(long size) {
        if (transmission != null) {
            transmission.resized(size);
        }
        if (owner != null) {
            owner.resized(size);
        }
    }

    @Override
    public void revoked(String reason) {
        if (streamOpen) {
            shutDown(reason);
        }
    }

    /** What status shows; {@code null} before an export is chosen, and for who is no client that came by itself. */
    @Nullable NbdClient client() {
        Session used = session;
        Transmission requests = transmission;
        if (used == null || requests == null || owner != null) {
            return null;
        }
        return new NbdClient(
                used.export().name(),
                used.export().volume(),
                description,
                requests.requestsInFlight(),
                requests.bytesRead(),
                requests.bytesWritten(),
                requests.requests());
    }

    private void log(String what) {
        ending = what;
        server.log(description + " " + what);
    }

    /** Where the client is; for a Unix socket, whose clients have no address, the path that they connected to. */
    private static String address(Stream stream) {
        Endpoint remote = stream.remote();
        return switch (remote.family()) {
            case IPV4 -> remote.address() + ":" + remote.port();
            case IPV6 -> "[" + remote.address() + "]:" + remote.port();
            case UNIX -> (remote.address().isEmpty() ? stream.local() : remote).toString();
        };
    }
}
