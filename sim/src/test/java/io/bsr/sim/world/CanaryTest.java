package io.bsr.sim.world;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.IoRequest;
import io.bsr.base.port.VolumePort;
import io.bsr.sim.disk.SimDisk;
import io.bsr.sim.time.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Plants a fault in each of some worlds and expects an oracle to find it within few seeds. */
final class CanaryTest {
    private static final int SEEDS = 40;

    /** The invariant by which the first seed that fails does so; the seeds pass without the plant. */
    private static void found(Plant plant, Set<String> expected) {
        List<String> seen = new ArrayList<>();
        for (long seed = 1; seed <= SEEDS; seed++) {
            SeedResult result = new World(
                            seed, new World.Options(Scale.SMOKE, false, Timeline.Detail.NOTHING, line -> {}, plant))
                    .run();
            if (result.failed()) {
                seen.add(result.invariant() + ": " + result.explanation());
                if (expected.contains(result.invariant())) {
                    return;
                }
            }
        }
        assertTrue(false, "not found in " + SEEDS + " seeds, only " + seen);
    }

    /** A volume between its user and the real one. */
    private abstract static class Decorated implements VolumePort {
        final VolumePort real;

        Decorated(VolumePort real) {
            this.real = real;
        }

        @Override
        public long size() {
            return real.size();
        }

        @Override
        public int logicalBlockSize() {
            return real.logicalBlockSize();
        }

        @Override
        public boolean discards() {
            return real.discards();
        }

        @Override
        public @Nullable String open(User user) {
            return real.open(user);
        }

        @Override
        public void close(User user) {
            real.close(user);
        }

        @Override
        public void mapAllocation(long offset, long length, BlockStore.AllocationSink sink) {
            real.mapAllocation(offset, length, sink);
        }
    }

    @Test
    void a_disk_that_ignores_flushes_is_found() {
        found(
                new Plant() {
                    @Override
                    public void disk(int node, int volume, SimDisk disk) {
                        disk.faults().plantLossyFlush();
                    }
                },
                Set.of("I1", "I4", "I7", "I8"));
    }

    @Test
    void a_disk_that_loses_one_write_is_found() {
        found(
                new Plant() {
                    @Override
                    public void disk(int node, int volume, SimDisk disk) {
                        if (node == 1) {
                            disk.faults().plantLostWrite(120);
                        }
                    }
                },
                Set.of("I1", "I4"));
    }

    @Test
    void a_disk_that_hangs_for_ever_is_found() {
        found(
                new Plant() {
                    @Override
                    public void disk(int node, int volume, SimDisk disk) {
                        disk.faults().plantHang(200);
                    }
                },
                Set.of("I6", "I9"));
    }

    /** Each write is reported complete when the next request comes, whether it is or not. */
    private static final class Hasty extends Decorated {
        private @Nullable IoRequest waiting;

        Hasty(VolumePort real) {
            super(real);
        }

        @Override
        public void submit(IoRequest request) {
            IoRequest earlier = waiting;
            waiting = null;
            if (earlier != null) {
                earlier.completed(0);
            }
            if (request.operation != IoRequest.Operation.WRITE) {
                real.submit(request);
                return;
            }
            Buffer buffer = request.buffer;
            IoRequest copy = new IoRequest() {
                @Override
                public void completed(int errno) {
                    if (buffer != null) {
                        buffer.release();
                    }
                    if (waiting == request) {
                        waiting = null;
                        request.completed(errno);
                    }
                }
            };
            if (buffer != null) {
                copy.buffer = buffer.retain();
            }
            copy.operation = request.operation;
            copy.offset = request.offset;
            copy.length = request.length;
            waiting = request;
            real.submit(copy);
        }
    }

    @Test
    void a_volume_that_acknowledges_early_is_found() {
        found(
                new Plant() {
                    @Override
                    public VolumePort port(int node, int volume, VolumePort real) {
                        return new Hasty(real);
                    }
                },
                Set.of("I1"));
    }

    @Test
    void a_volume_that_reads_zeroes_is_found() {
        found(
                new Plant() {
                    @Override
                    public VolumePort port(int node, int volume, VolumePort real) {
                        return new Decorated(real) {
                            @Override
                            public void submit(IoRequest request) {
                                if (request.operation == IoRequest.Operation.READ) {
                                    request.offset = 0;
                                }
                                real.submit(request);
                            }
                        };
                    }
                },
                Set.of("I2"));
    }

    @Test
    void a_run_that_depends_on_more_than_its_seed_has_another_hash() {
        Plant remembering = new Plant() {
            private long disks;

            @Override
            public void disk(int node, int volume, SimDisk disk) {
                disk.faults().failAfter(50 + ++disks);
            }
        };
        World.Options options = new World.Options(Scale.SMOKE, false, Timeline.Detail.NOTHING, line -> {}, remembering);

        long first = new World(3, options).run().hash();
        long second = new World(3, options).run().hash();

        assertNotEquals(first, second);
    }
}
