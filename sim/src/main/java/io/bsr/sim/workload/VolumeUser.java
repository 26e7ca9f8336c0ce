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

/** The user of one volume on one node, active while that node is Primary. */
public final class VolumeUser implements VolumePort.User {
    private static final int SECTOR = SectorPattern.SECTOR;

    private final VolumeOracle oracle;
    private final SimNode node;
    private final WorkloadProfile profile;
    private final VirtualClock clock;
    private final SimRandom random;
    private final Timeline timeline;
    private final UnaryOperator<VolumePort> decorator;
    private final List<Request> finished = new ArrayList<>();
    private @Nullable VolumePort port;
    private @Nullable Runnable whenClosed;
    private int process;
    private int outstanding;
    private boolean stopping;
    private boolean ticking;
    private boolean busy;
    private long phaseEnds;
    private long sequential;
    private long issued;
    private long failures;
    private long limit = Long.MAX_VALUE;

    /**
     * A user that has not opened the volume yet.
     *
     * @param decorator put between this user and the volume, for canaries
     */
    public VolumeUser(
            VolumeOracle oracle,
            SimNode node,
            WorkloadProfile profile,
            VirtualClock clock,
            SimRandom random,
            Timeline timeline,
            UnaryOperator<VolumePort> decorator) {
        this.oracle = oracle;
        this.node = node;
        this.profile = profile;
        this.clock = clock;
        this.random = random.split("user" + oracle.volume() + "@" + node.id());
        this.timeline = timeline;
        this.decorator = decorator;
    }

    /** One request, from its submission to its completion. */
    private final class Request extends IoRequest {
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

    /** Requests that ended with an error so far. */
    public long failures() {
        return failures;
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
            tick();
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
            closed();
        }
    }

    private void closeIfIdle() {
        VolumePort open = port;
        if (open != null && stopping && outstanding == 0) {
            open.close(this);
            port = null;
            timeline.event(node.name(), () -> "volume " + oracle.volume() + " closed");
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

    private void tick() {
        if (!ticking) {
            ticking = true;
            clock.after(random.exponential(profile.think()), this::tock);
        }
    }

    private void tock() {
        ticking = false;
        if (port == null || stopping) {
            return;
        }
        if (clock.now() >= phaseEnds) {
            busy = !busy;
            phaseEnds = clock.now() + random.exponential(busy ? profile.busy() : profile.idle());
        }
        if (!busy) {
            ticking = true;
            clock.at(phaseEnds, this::tock);
            return;
        }
        if (outstanding < profile.depth() && issued < limit) {
            node.inTurn(resource -> issue());
        }
        tick();
    }

    private void issue() {
        VolumePort open = port;
        BufferPool pool = node.pool();
        if (open == null || pool == null || stopping || outstanding >= profile.depth()) {
            return;
        }
        Request request = new Request();
        double choice = random.unit();
        int block = open.logicalBlockSize();
        if (choice < profile.flushes()) {
            request.operation = IoRequest.Operation.FLUSH;
            request.flush = oracle.beginFlush(node.id());
        } else {
            choice -= profile.flushes();
            boolean reading = choice < profile.reads();
            choice -= profile.reads();
            boolean trimming = !reading && choice < profile.trims();
            choice -= profile.trims();
            boolean zeroing = !reading && !trimming && choice < profile.zeroes();
            place(request, block);
            long first = request.offset / SECTOR;
            int count = request.length / SECTOR;
            if (reading || !(trimming || zeroing)) {
                Buffer buffer = pool.tryAcquire(request.length);
                if (buffer == null) {
                    return;
                }
                request.buffer = buffer;
            }
            if (reading) {
                request.operation = IoRequest.Operation.READ;
                request.read = oracle.beginRead(node.id(), first, count);
            } else {
                request.operation = trimming
                        ? IoRequest.Operation.TRIM
                        : zeroing ? IoRequest.Operation.WRITE_ZEROES : IoRequest.Operation.WRITE;
                request.forceUnitAccess = !trimming && !zeroing && random.chance(profile.fua());
                request.mayUnmap = zeroing && random.chance(0.5);
                WriteRecord.Kind kind =
                        trimming ? WriteRecord.Kind.TRIM : zeroing ? WriteRecord.Kind.ZEROES : WriteRecord.Kind.WRITE;
                WriteRecord write = oracle.begin(node.id(), kind, first, count, request.forceUnitAccess);
                request.write = write;
                if (request.buffer != null) {
                    SectorPattern.fill(request.buffer, oracle.volume(), write.id(), first, count);
                }
            }
        }
        issued++;
        outstanding++;
        timeline.request(node.name(), () -> "submit " + request.describe());
        open.submit(request);
    }

    private void place(Request request, int block) {
        long blocks = (long) oracle.sectors() * SECTOR / block;
        long most = Math.min(blocks, (64 << 10) / block);
        long length;
        double kind = random.unit();
        if (random.chance(profile.large())) {
            length = random.between(1, Math.min(blocks, VolumePort.MAX_TRANSFER / block));
        } else if (kind < 0.6) {
            length = Math.min(most, 4096 / block);
        } else if (kind < 0.85) {
            length = random.between(1, Math.min(most, (16 << 10) / block));
        } else {
            length = random.between(1, most);
        }
        long room = blocks - length;
        long start =
                switch (profile.pattern()) {
                    case UNIFORM -> random.between(0, room);
                    case ZIPF -> (long) (room * Math.pow(random.unit(), 4));
                    case OVERLAPPING -> random.between(0, Math.min(room, (32 << 10) / block));
                    case SPREAD -> {
                        long perExtent = (4L << 20) / block;
                        long extent = random.between(0, Math.max(0, blocks / perExtent - 1));
                        yield Math.min(room, extent * perExtent + random.between(0, (16 << 10) / block));
                    }
                    case SEQUENTIAL -> {
                        long next = sequential > room ? 0 : sequential;
                        sequential = next + length;
                        yield next;
                    }
                };
        if (kind < 0.6 && profile.pattern() != WorkloadProfile.Pattern.SEQUENTIAL) {
            start -= start % length;
        }
        request.offset = start * block;
        request.length = (int) (length * block);
    }

    private void finish(Request request) {
        timeline.request(node.name(), () -> "complete " + request.describe() + ": " + Errno.name(request.errno));
        boolean success = request.errno == Errno.OK;
        if (request.errno == Errno.EINVAL) {
            throw new Violation("I9", "a valid request was refused as invalid: " + request.describe());
        }
        if (!success) {
            failures++;
        }
        outstanding--;
        WriteRecord write = request.write;
        Read read = request.read;
        if (write != null) {
            oracle.completed(write, success);
            finished.add(request);
        } else if (request.flush != null && success) {
            finished.add(request);
        } else if (read != null) {
            if (success && request.buffer != null) {
                oracle.completed(read, request.buffer);
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
            } else if (request.flush != null) {
                oracle.settle(request.flush);
            }
        }
        finished.clear();
        if (stopping && outstanding == 0 && port != null) {
            clock.after(0, () -> node.inTurn(resource -> closeIfIdle()));
        }
    }
}
