package io.bsr.sim.network;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Stream;
import io.bsr.base.port.StreamHandler;
import io.bsr.sim.disk.ContractViolation;
import io.bsr.sim.time.ProcessLoop;
import io.bsr.sim.time.VirtualClock;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One end of a connection. */
final class SimStream implements Stream {
    private static final String END = "end of stream";

    private final SimNetwork network;
    private final ProcessLoop loop;
    private final Host host;
    private final Endpoint local;
    private final Endpoint remote;
    private final @Nullable Listener listener;
    private final OutputQueue output = new OutputQueue();
    private final InputQueue input = new InputQueue();
    private @Nullable SimStream other;
    private @Nullable Direction outgoing;
    private @Nullable Direction incoming;
    private @Nullable StreamHandler handler;

    /** The application or the kernel has given this end up. */
    private boolean gone;

    private boolean closing;
    private boolean finReceived;
    private boolean pauseReading;
    private boolean flushScheduled;
    private boolean pumpScheduled;
    private boolean piledUp;
    private boolean inCallback;

    SimStream(
            SimNetwork network,
            ProcessLoop loop,
            Host host,
            Endpoint local,
            Endpoint remote,
            @Nullable Listener listener) {
        this.network = network;
        this.loop = loop;
        this.host = host;
        this.local = local;
        this.remote = remote;
        this.listener = listener;
    }

    void join(SimStream peer, Direction out, Direction in) {
        this.other = peer;
        this.outgoing = out;
        this.incoming = in;
        peer.other = this;
        peer.outgoing = in;
        peer.incoming = out;
    }

    // ---- what the application calls

    @Override
    public void start(StreamHandler newHandler) {
        if (handler != null) {
            throw new ContractViolation("a stream was started twice");
        }
        handler = newHandler;
        wake();
    }

    @Override
    public ByteBuffer output(int bytes) {
        checkTurn();
        if (bytes < 1 || bytes > 65536) {
            throw new ContractViolation("output of " + bytes + " bytes");
        }
        scheduleFlush();
        return output.space(bytes);
    }

    @Override
    public void send(Buffer payload, int offset, int length) {
        checkTurn();
        if (gone || closing) {
            return;
        }
        scheduleFlush();
        output.add(payload, offset, length);
    }

    @Override
    public long unsentBytes() {
        return output.length();
    }

    @Override
    public long receivedBytes() {
        return input.received();
    }

    @Override
    public void receiveInto(Buffer target, int offset, int length) {
        checkInCallback();
        input.payload(target.retain(), offset, length);
    }

    @Override
    public void skipInput(long length) {
        checkInCallback();
        input.payload(null, 0, length);
    }

    @Override
    public void pauseReading() {
        pauseReading = true;
    }

    @Override
    public void resumeReading() {
        if (pauseReading) {
            pauseReading = false;
            input.offerAgain();
            wake();
        }
    }

    @Override
    public void close() {
        checkTurn();
        if (!gone) {
            boolean unread = input.unread();
            network.tell(this, unread ? "closed with unread input" : "closed");
            gone = true;
            output.drop();
            input.drop();
            endOutput(unread);
        }
    }

    @Override
    public void closeAfterSending(long timeoutNanos) {
        checkTurn();
        if (gone || closing) {
            return;
        }
        closing = true;
        scheduleFlush();
        loop.later(timeoutNanos, ProcessLoop.Kind.NETWORK, this::close);
    }

    @Override
    public Endpoint remote() {
        return remote;
    }

    @Override
    public Endpoint local() {
        return local;
    }

    private void checkTurn() {
        if (!loop.inTurn()) {
            throw new ContractViolation("a stream was used outside of a turn of its loop");
        }
    }

    private void checkInCallback() {
        if (!inCallback) {
            throw new ContractViolation("receiveInto or skipInput outside of received() and payloadReceived()");
        }
    }

    // ---- output

    private void scheduleFlush() {
        if (!flushScheduled) {
            flushScheduled = true;
            loop.atEndOfTurn(() -> {
                flushScheduled = false;
                transmit();
            });
        }
    }

    private void transmit() {
        Direction out = outgoing;
        if (gone || out == null) {
            output.drop();
            return;
        }
        while (output.length() > 0 && out.room() > 0) {
            byte[] segment = new byte[out.segmentLength(output.length())];
            output.take(segment);
            out.data(segment);
        }
        if (output.length() > 0) {
            piledUp = true;
        } else if (closing) {
            close();
        } else if (piledUp) {
            piledUp = false;
            loop.later(0, ProcessLoop.Kind.NETWORK, () -> {
                StreamHandler told = handler;
                if (!gone && told != null && output.length() == 0) {
                    told.drained();
                }
            });
        }
    }

    boolean waitsForRoom() {
        return !gone && piledUp;
    }

    void roomAgain() {
        if (waitsForRoom()) {
            loop.turn(ProcessLoop.Kind.NETWORK, this::transmit);
        }
    }

    void sendAccept() {
        if (outgoing != null) {
            outgoing.accept();
        }
    }

    private void endOutput(boolean abruptly) {
        Direction out = outgoing;
        SimStream peer = other;
        if (out == null || peer == null) {
            return;
        }
        if (abruptly) {
            out.drop();
            network.reset(peer, out.link());
        } else {
            out.fin();
        }
    }

    // ---- input

    void accept() {
        Listener accepting = listener;
        if (accepting == null) {
            return;
        }
        if (!accepting.open() || !loop.alive()) {
            network.tell(this, "nobody listens any more");
            gone = true;
            if (other != null && outgoing != null) {
                network.reset(other, outgoing.link());
            }
            return;
        }
        loop.turn(ProcessLoop.Kind.NETWORK, () -> {
            network.tell(this, "accepted");
            accepting.acceptor.accepted(this);
            if (handler == null && !gone) {
                throw new ContractViolation("an accepted stream was neither started nor closed");
            }
        });
    }

    void kernelBuffer(byte[] bytes) {
        input.arrived(bytes);
    }

    void finReceived() {
        finReceived = true;
    }

    /** Something new is in the kernel's buffer. */
    void arrived() {
        wake();
    }

    private void wake() {
        if (handler != null && !gone && !pumpScheduled) {
            pumpScheduled = true;
            long delay = host.slowReader() ? 5 * VirtualClock.MILLISECOND : 0;
            loop.later(delay, ProcessLoop.Kind.NETWORK, () -> {
                pumpScheduled = false;
                pump();
            });
        }
    }

    /** Gives input to the handler until there is none, or it does not want more, or it is somebody else's turn. */
    private void pump() {
        StreamHandler told = handler;
        Direction in = incoming;
        if (told == null || in == null) {
            return;
        }
        int budget = host.slowReader() ? 8 << 10 : 256 << 10;
        while (!gone && !pauseReading && !closing) {
            if (budget <= 0) {
                wake();
                return;
            }
            int taken;
            if (input.payloadPending()) {
                taken = input.fillPayload(budget);
                in.taken(taken);
                if (!input.payloadComplete()) {
                    if (input.unreadInKernel()) {
                        wake();
                    }
                    break;
                }
                inCallback = true;
                told.payloadReceived();
                inCallback = false;
            } else {
                taken = input.fillStaging(budget);
                in.taken(taken);
                ByteBuffer offer = input.offer();
                if (offer == null) {
                    break;
                }
                inCallback = true;
                told.received(offer);
                inCallback = false;
                if (!pauseReading) {
                    input.consumed();
                }
            }
            budget -= taken;
        }
        if (!gone && !pauseReading && finReceived && !input.unreadInKernel()) {
            end(END);
        }
    }

    // ---- the end

    /** The connection broke, as this end notices now. */
    void broken(String reason) {
        if (gone) {
            return;
        }
        loop.turn(ProcessLoop.Kind.NETWORK, () -> {
            if (!gone) {
                end(reason);
            }
        });
    }

    private void end(String reason) {
        StreamHandler told = handler;
        network.tell(this, "ended: " + reason);
        gone = true;
        output.drop();
        input.drop();
        if (reason.equals(END)) {
            endOutput(false);
        } else {
            dropDirections();
        }
        if (told != null && !closing) {
            told.closed(reason);
        }
    }

    void closedByKernel() {
        if (!gone) {
            gone = true;
            endOutput(input.unread());
        }
    }

    void vanished(boolean alsoOnTheWire) {
        gone = true;
        if (outgoing != null && alsoOnTheWire) {
            outgoing.drop();
        }
    }

    void dropDirections() {
        if (outgoing != null) {
            outgoing.drop();
        }
        if (incoming != null) {
            incoming.drop();
        }
    }

    // ---- what the network asks

    boolean gone() {
        return gone;
    }

    ProcessLoop loop() {
        return loop;
    }

    Host host() {
        return host;
    }

    @Nullable SimStream other() {
        return other;
    }

    boolean carriesData() {
        return !gone
                && outgoing != null
                && (outgoing.carriesData() || output.length() > 0 || pumpScheduled || input.unread());
    }

    /** True if neither this end nor what it sent can matter any more. */
    boolean finished() {
        return gone && (other == null || other.gone) && (outgoing == null || outgoing.idle());
    }

    void linkHealed(Host from, Host to) {
        Direction out = outgoing;
        if (out != null
                && ((out.link().from == from && out.link().to == to)
                        || (out.link().from == to && out.link().to == from))) {
            out.healed();
        }
    }
}
