package io.bsr.sim.workload;

import io.bsr.base.memory.Buffer;
import io.bsr.base.memory.BufferPool;
import io.bsr.base.port.Errno;
import io.bsr.base.port.IoRequest;
import io.bsr.base.port.VolumePort;
import io.bsr.sim.node.SimNode;
import io.bsr.sim.oracle.Flush;
import io.bsr.sim.oracle.Read;
import io.bsr.sim.oracle.SectorPattern;
import io.bsr.sim.oracle.Violation;
import io.bsr.sim.oracle.VolumeOracle;
import io.bsr.sim.oracle.WriteRecord;
import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.Timeline;
import io.bsr.sim.time.VirtualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The user of one volume on one node, active while that node is Primary; what it does there is up to its kind. */
public abstract class VolumeUser implements VolumePort.User {
    static final int SECTOR = SectorPattern.SECTOR;

    final VolumeOracle oracle;
    final SimNode node;
    final VirtualClock clock;
    final SimRandom random;
    final Timeline timeline;
    private final UnaryOperator<VolumePort> decorator;
    private final List<Request> finished = new ArrayList<>();
    private @Nullable VolumePort port;
    private @Nullable Runnable whenClosed;
    private int process;
    private int outstanding;
    private boolean stopping;
    private long issued;
    private long limit = Long.MAX_VALUE;

    /**
     * A user that has not opened the volume yet.
     *
     * @param decorator put between this user and the volume, for canaries
     */
    VolumeUser(
            VolumeOracle oracle,
            SimNode node,
            VirtualClock clock,
            SimRandom random,
            Timeline timeline,
            UnaryOperator<VolumePort> decorator) {
        this.oracle = oracle;
        this.node = node;
        this.clock = clock;
        this.random = random.split("user" + oracle.volume() + "@" + node.id());
        this.timeline = timeline;
        this.decorator = decorator;
    }

    /** The volume is open now. */
    abstract void opened();

    /** A request is over, and the view of the node is what it was after that turn. */
    void settled(Request request) {}

    /** A read has brought data, which are gone after this call. */
    void arrived(Request request, Buffer buffer) {}

    /** The volume is no longer open, be it that the node is gone. */
    void left() {}

    /** One request, from its submission to its completion. */
    class Request extends IoRequest {
        @Nullable WriteRecord write;

        @Nullable Read read;

        @Nullable Flush flush;

        int errno;
        boolean over;

        @Override
        public void completed(int result) {
            if (over) {
                throw new Violation("I9", "a request of volume " + oracle.volume() + " was completed twice");
            }
            over = true;
            errno = result;
            finish(this);
        }

        String describe() {
            return operation + " " + offset / SECTOR + "+" + length / SECTOR + (write == null ? "" : " #" + write.id())
                    + (forceUnitAccess ? " FUA" : "");
        }
    }

    @Override
    public String description() {
        return "simulated user of volume " + oracle.volume();
    }

    @Override
    public void resized(long size) {
        if (size / SECTOR < oracle.sectors()) {
            throw new Violation("I1", "volume " + oracle.volume() + " shrank to " + size + " bytes under its user");
        }
    }

    @Override
    public void revoked(String reason) {
        timeline.event(node.name(), () -> "volume " + oracle.volume() + " revoked: " + reason);
        stop(() -> {});
    }

    public VolumeOracle oracle() {
        return oracle;
    }

    public SimNode node() {
        return node;
    }

    /** True while the volume is open. */
    public boolean active() {
        return port != null;
    }

    public int outstanding() {
        return outstanding;
    }

    /** Requests issued so far. */
    public long issued() {
        return issued;
    }

    /** No new requests after this many in all. */
    public void limit(long requests) {
        this.limit = requests;
    }

    /** Opens the volume; nothing happens if it is open already, or refused. */
    public void open() {
        if (port != null) {
            return;
        }
        node.inTurn(resource -> {
            VolumePort offered = node.port(oracle.volume());
            if (port != null || offered == null) {
                return;
            }
            VolumePort candidate = decorator.apply(offered);
            String refusal = candidate.open(this);
            if (refusal != null) {
                timeline.event(node.name(), () -> "open of volume " + oracle.volume() + " refused: " + refusal);
                return;
            }
            if (candidate.size() / SECTOR < oracle.sectors()) {
                throw new Violation(
                        "I1",
                        "volume " + oracle.volume() + " has " + candidate.size() / SECTOR + " sectors, fewer than "
                                + oracle.sectors());
            }
            port = candidate;
            process = node.starts();
            stopping = false;
            timeline.event(node.name(), () -> "volume " + oracle.volume() + " open");
            opened();
        });
    }

    /** Finishes what is in flight, closes the volume and calls {@code closed}; at once if it is not open. */
    public void stop(Runnable closed) {
        if (port == null) {
            clock.after(0, closed);
            return;
        }
        Runnable earlier = whenClosed;
        whenClosed = earlier == null
                ? closed
                : () -> {
                    earlier.run();
                    closed.run();
                };
        stopping = true;
        clock.after(0, () -> node.inTurn(resource -> closeIfIdle()));
    }

    /** The process is gone, and with it all requests in flight. */
    public void nodeGone() {
        if (port != null) {
            port = null;
            outstanding = 0;
            finished.clear();
            left();
            closed();
        }
    }

    private void closeIfIdle() {
        VolumePort open = port;
        if (open != null && stopping && outstanding == 0) {
            open.close(this);
            port = null;
            timeline.event(node.name(), () -> "volume " + oracle.volume() + " closed");
            left();
            closed();
        }
    }

    private void closed() {
        stopping = false;
        Runnable then = whenClosed;
        whenClosed = null;
        if (then != null) {
            clock.after(0, then);
        }
    }

    /** The volume, unless it is closed or about to be. */
    @Nullable VolumePort usable() {
        return stopping ? null : port;
    }

    boolean mayIssue() {
        return issued < limit;
    }

    /** Gives a request a buffer of its length; {@code false} if there is no memory now. */
    static boolean withBuffer(Request request, BufferPool pool) {
        request.buffer = pool.tryAcquire(request.length);
        return request.buffer != null;
    }

    /** Makes a request with a buffer a READ. */
    void read(Request request) {
        request.operation = IoRequest.Operation.READ;
        request.read = oracle.beginRead(node.id(), request.offset / SECTOR, request.length / SECTOR);
    }

    /** Makes a request with a buffer a WRITE; what it writes is known by the number of the record. */
    WriteRecord write(Request request, boolean fua) {
        request.operation = IoRequest.Operation.WRITE;
        request.forceUnitAccess = fua;
        return begin(request, WriteRecord.Kind.WRITE);
    }

    /** The change that a request makes begins. */
    WriteRecord begin(Request request, WriteRecord.Kind kind) {
        long first = request.offset / SECTOR;
        int count = request.length / SECTOR;
        WriteRecord write = oracle.begin(node.id(), kind, first, count, request.forceUnitAccess);
        request.write = write;
        if (request.buffer != null) {
            SectorPattern.fill(request.buffer, oracle.volume(), write.id(), first, count);
        }
        return write;
    }

    /** Makes a request of a FLUSH. */
    void flush(Request request) {
        request.operation = IoRequest.Operation.FLUSH;
        request.flush = oracle.beginFlush(node.id());
    }

    void submit(VolumePort open, Request request) {
        issued++;
        outstanding++;
        timeline.request(node.name(), () -> "submit " + request.describe());
        open.submit(request);
    }

    private void finish(Request request) {
        timeline.request(node.name(), () -> "complete " + request.describe() + ": " + Errno.name(request.errno));
        boolean success = request.errno == Errno.OK;
        if (request.errno == Errno.EINVAL) {
            throw new Violation("I9", "a valid request was refused as invalid: " + request.describe());
        }
        outstanding--;
        WriteRecord write = request.write;
        Read read = request.read;
        finished.add(request);
        if (write != null) {
            oracle.completed(write, success);
        } else if (read != null) {
            if (success && request.buffer != null) {
                oracle.completed(read, request.buffer);
                arrived(request, request.buffer);
            } else {
                oracle.abandon(read);
            }
        }
        if (request.buffer != null) {
            request.buffer.release();
            request.buffer = null;
        }
    }

    /** A turn of the node is over and its view is up to date: reports what completed, and closes if that was wanted. */
    public void turnEnded() {
        if (process != node.starts()) {
            return;
        }
        for (Request request : finished) {
            if (request.write != null) {
                oracle.settle(request.write);
            } else if (request.flush != null && request.errno == Errno.OK) {
                oracle.settle(request.flush);
            }
            settled(request);
        }
        finished.clear();
        if (stopping && outstanding == 0 && port != null) {
            clock.after(0, () -> node.inTurn(resource -> closeIfIdle()));
        }
    }
}
