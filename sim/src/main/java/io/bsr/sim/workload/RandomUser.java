package io.bsr.sim.workload;

import io.bsr.base.memory.BufferPool;
import io.bsr.base.port.IoRequest;
import io.bsr.base.port.VolumePort;
import io.bsr.sim.node.SimNode;
import io.bsr.sim.oracle.VolumeOracle;
import io.bsr.sim.oracle.WriteRecord;
import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.Timeline;
import io.bsr.sim.time.VirtualClock;
import java.util.function.UnaryOperator;

/** Reads and writes at random, as its profile says. */
public final class RandomUser extends VolumeUser {
    private final WorkloadProfile profile;
    private boolean ticking;
    private boolean busy;
    private long phaseEnds;
    private long sequential;

    /** See {@link VolumeUser}. */
    public RandomUser(
            VolumeOracle oracle,
            SimNode node,
            WorkloadProfile profile,
            VirtualClock clock,
            SimRandom random,
            Timeline timeline,
            UnaryOperator<VolumePort> decorator) {
        super(oracle, node, clock, random, timeline, decorator);
        this.profile = profile;
    }

    @Override
    void opened() {
        tick();
    }

    private void tick() {
        if (!ticking) {
            ticking = true;
            clock.after(random.exponential(profile.think()), this::tock);
        }
    }

    private void tock() {
        ticking = false;
        if (usable() == null) {
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
        if (outstanding() < profile.depth() && mayIssue()) {
            node.inTurn(resource -> issue());
        }
        tick();
    }

    private void issue() {
        VolumePort open = usable();
        BufferPool pool = node.pool();
        if (open == null || pool == null || outstanding() >= profile.depth()) {
            return;
        }
        Request request = new Request();
        if (prepare(request, pool, open.logicalBlockSize())) {
            submit(open, request);
        }
    }

    private boolean prepare(Request request, BufferPool pool, int block) {
        double choice = random.unit();
        if (choice < profile.flushes()) {
            flush(request);
            return true;
        }
        choice -= profile.flushes();
        boolean reading = choice < profile.reads();
        choice -= profile.reads();
        boolean trimming = !reading && choice < profile.trims();
        choice -= profile.trims();
        boolean zeroing = !reading && !trimming && choice < profile.zeroes();
        place(request, block);
        if (trimming || zeroing) {
            request.operation = trimming ? IoRequest.Operation.TRIM : IoRequest.Operation.WRITE_ZEROES;
            request.mayUnmap = zeroing && random.chance(0.5);
            begin(request, trimming ? WriteRecord.Kind.TRIM : WriteRecord.Kind.ZEROES);
            return true;
        }
        if (!withBuffer(request, pool)) {
            return false;
        }
        if (reading) {
            read(request);
        } else {
            write(request, random.chance(profile.fua()));
        }
        return true;
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
}
