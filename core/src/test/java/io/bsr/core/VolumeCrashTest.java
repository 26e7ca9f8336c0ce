package io.bsr.core;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.Minor;
import io.bsr.base.NodeId;
import io.bsr.base.VolumeNumber;
import io.bsr.base.memory.Buffer;
import io.bsr.base.memory.BufferPool;
import io.bsr.base.port.Entropy;
import io.bsr.base.port.IoRequest;
import io.bsr.base.port.Network;
import io.bsr.base.port.SocketOptions;
import io.bsr.base.port.Timers;
import io.bsr.base.port.VolumePort;
import io.bsr.core.disk.AttachRequest;
import io.bsr.core.disk.CrashStates;
import io.bsr.core.disk.Disk;
import io.bsr.core.disk.RecordedStore;
import io.bsr.core.disk.Recording;
import io.bsr.core.disk.Truth;
import io.bsr.core.option.DiskOptions;
import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.Placement;
import io.bsr.metadata.Superblock;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A whole resource whose peer is away, from fresh metadata to the end of its use: power fails at every point. What the
 * users write goes through the gates of the product, so this holds for their order as well (I1, I4, I7).
 */
class VolumeCrashTest {
    private static final VolumeNumber VOLUME = new VolumeNumber(0);
    private static final int EXTENT_SECTORS = 8192;

    /** A node of one volume in a world without a network, in which time passes when nothing else happens. */
    private static final class Node {
        private record Alarm(long due, long order, Runnable action) {}

        final Random random;
        final Recording recording;
        final RecordedStore data;
        final Truth truth;
        final BufferPool pool = new BufferPool(16 << 20);
        final Resource resource;
        private final AttachRequest request;
        private final PriorityQueue<Alarm> alarms = new PriorityQueue<>(
                (a, b) -> a.due != b.due ? Long.compare(a.due, b.due) : Long.compare(a.order, b.order));
        private final VolumePort.User user = new Someone();
        private final Map<Long, Long> acknowledged = new HashMap<>();
        private long time;
        private long alarmsSet;
        private long contents;
        private int commands;

        Node(boolean internal, ActivityLogRing ring, int extents, long seed) throws MetadataException {
            random = new Random(seed);
            recording = new Recording(new Random(~seed));
            data = new RecordedStore(recording, "data", (long) extents * EXTENT_SECTORS * 512);
            long metaBytes = (64 << 10) + ring.bytes() + MetadataLayout.bitmapBytes(data.size() / 512, 1);
            RecordedStore meta = internal ? data : new RecordedStore(recording, "metadata", metaBytes);
            Placement placement = internal ? new Placement.Internal() : new Placement.FlexibleExternal();
            MetadataLayout layout = MetadataLayout.forDevice(placement, meta.size(), 1, ring);
            request = new AttachRequest(
                    data,
                    meta,
                    internal ? AttachRequest.INTERNAL : AttachRequest.FLEXIBLE,
                    DiskOptions.from(Map.of("al-extents", "67")));
            truth = new Truth(recording, request, layout, 60);
            Superblock made = Superblock.create(layout);
            recording.prepareMetadata(meta, layout, made);
            truth.watch(() -> made);
            truth.look();
            CorePorts ports = new CorePorts(new Clock(), new NoNetwork(), new Chance(), pool, new Silent());
            resource = new Resource("r0", new NodeId(0), Map.of("node-name", "a"), ports);
            succeed(resource.newVolume(VOLUME, new Minor(1), Map.of()));
            succeed(resource.newPeer(new NodeId(1), Map.of("_name", "b")));
            truth.watch(this::superblock);
        }

        private @Nullable Superblock superblock() {
            Volume volume = resource.volume(VOLUME);
            Disk disk = volume == null ? null : volume.disk();
            return disk == null ? null : disk.superblock();
        }

        private static void succeed(io.bsr.base.error.Outcome outcome) {
            assertTrue(outcome.success(), outcome::toString);
        }

        /** A command that must succeed; what is in memory then is durable. */
        void command(java.util.function.Consumer<Reply> begin) {
            commands++;
            begin.accept(outcome -> {
                succeed(outcome);
                truth.look();
                truth.durable(truth.version());
                commands--;
            });
        }

        void await() {
            while (commands > 0) {
                turn();
            }
        }

        private void turn() {
            if (!recording.step()) {
                Alarm alarm = Objects.requireNonNull(alarms.poll(), "nothing will ever happen");
                time = Math.max(time, alarm.due);
                alarm.action.run();
            }
            while (!alarms.isEmpty() && alarms.peek().due <= time) {
                Objects.requireNonNull(alarms.poll()).action.run();
            }
        }

        void turns(int count) {
            for (int i = 0; i < count; i++) {
                if (!recording.step() && !alarms.isEmpty() && alarms.peek().due <= time) {
                    turn();
                }
            }
        }

        void attach() {
            truth.attaching();
            command(reply -> resource.attach(VOLUME, request, reply));
            await();
        }

        VolumePort port() {
            return Objects.requireNonNull(resource.port(VOLUME));
        }

        void open() {
            assertNull(port().open(user));
        }

        void close() {
            await();
            port().close(user);
        }

        void write(long sector, int sectors, boolean durable) {
            Buffer payload = Objects.requireNonNull(pool.tryAcquire(sectors * 512));
            long first = contents + 1;
            for (int i = 0; i < sectors; i++) {
                payload.bytes().putLong(i * 512, ++contents);
            }
            commands++;
            IoRequest write = new IoRequest() {
                @Override
                public void completed(int errno) {
                    assertTrue(errno == 0);
                    commands--;
                    payload.release();
                    for (int i = 0; i < sectors; i++) {
                        acknowledged.merge(sector + i, first + i, Math::max);
                        if (durable) {
                            truth.promised(sector + i, first + i);
                        }
                    }
                }
            };
            write.operation = IoRequest.Operation.WRITE;
            write.offset = sector * 512;
            write.length = sectors * 512;
            write.buffer = payload;
            write.forceUnitAccess = durable;
            port().submit(write);
        }

        void flush() {
            Map<Long, Long> before = Map.copyOf(acknowledged);
            commands++;
            port().submit(new IoRequest() {
                @Override
                public void completed(int errno) {
                    assertTrue(errno == 0);
                    commands--;
                    before.forEach(truth::promised);
                }
            });
        }

        void writeSomewhere() {
            int extent = random.nextInt(100);
            boolean border = random.nextInt(6) == 0;
            write(
                    border ? (extent + 1L) * EXTENT_SECTORS - 1 : (long) extent * EXTENT_SECTORS + random.nextInt(40),
                    border ? 2 : 1,
                    random.nextInt(6) == 0);
        }

        private final class Clock implements Timers {
            @Override
            public long now() {
                return time;
            }

            @Override
            public Timer schedule(long delayNanos, Runnable action) {
                Alarm alarm = new Alarm(time + Math.max(0, delayNanos), alarmsSet++, action);
                alarms.add(alarm);
                return () -> alarms.remove(alarm);
            }
        }

        private final class Chance implements Entropy {
            @Override
            public long nextLong() {
                return random.nextLong();
            }

            @Override
            public int nextInt(int bound) {
                return random.nextInt(bound);
            }

            @Override
            public void fill(byte[] bytes) {
                random.nextBytes(bytes);
            }
        }
    }

    private static final class NoNetwork implements Network {
        @Override
        public Closeable listen(io.bsr.base.port.Endpoint local, SocketOptions options, Acceptor acceptor) {
            return () -> {};
        }

        @Override
        public Closeable dial(
                io.bsr.base.port.Endpoint local,
                io.bsr.base.port.Endpoint remote,
                SocketOptions options,
                long timeoutNanos,
                Dialer dialer) {
            return () -> {};
        }
    }

    private static final class Silent implements Events {
        @Override
        public void log(Level level, String object, String text) {}

        @Override
        public void changed() {}
    }

    private static final class Someone implements VolumePort.User {
        @Override
        public String description() {
            return "a test";
        }

        @Override
        public void resized(long size) {}

        @Override
        public void revoked(String reason) {}
    }

    private static int life(boolean internal, ActivityLogRing ring, long seed) throws MetadataException {
        Node node = new Node(internal, ring, 110, seed);
        node.attach();
        node.command(reply -> node.resource.primary(true, reply));
        node.await();
        node.open();
        for (int i = 0; i < 70; i++) {
            node.write((long) i * EXTENT_SECTORS, 1, false);
        }
        node.await();
        for (int i = 0; i < 25; i++) {
            node.writeSomewhere();
            if (node.random.nextInt(5) == 0) {
                node.flush();
            }
            node.turns(3);
        }
        node.close();
        node.command(node.resource::secondary);
        node.await();
        node.command(reply -> node.resource.detach(VOLUME, false, reply));
        node.await();
        node.attach();
        node.command(reply -> node.resource.primary(false, reply));
        node.await();
        node.open();
        node.writeSomewhere();
        node.writeSomewhere();
        node.close();
        node.command(node.resource::down);
        node.await();
        return CrashStates.forEach(node.recording, seed, node.truth);
    }

    @Test
    void power_fails_at_every_point_of_the_life_of_a_volume() throws MetadataException {
        int states = life(true, new ActivityLogRing(1, 8), 1);
        states += life(false, new ActivityLogRing(4, 2), 2);
        states += life(true, new ActivityLogRing(2, 6), 3);

        System.out.println(states + " states after a power failure in the life of a volume");
        assertTrue(states > 3000, states + " states");
    }
}
