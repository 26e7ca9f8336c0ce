package io.bsr.sim.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.IoRequest;
import io.bsr.core.option.Protocol;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A volume whose two nodes are Primary and write to it, and what users of a shared disk may expect of it. */
final class SharedVolume {
    static final Map<String, String> ALLOWED = Map.of("peer-family", "drbd84", "allow-two-primaries", "yes");
    private static final int SECTOR = 512;

    final ScriptedPair pair;
    private final List<Write> writes = new ArrayList<>();

    /** A write of one of the users; its sectors carry its number, or nothing if it writes zeroes. */
    static final class Write extends IoRequest {
        final int node;
        final long number;
        final int firstSector;
        final int sectors;
        final long begun;
        long ended = -1;
        int errno = -1;
        private final ScriptedPair pair;

        Write(ScriptedPair pair, int node, long number, int firstSector, int sectors) {
            this.pair = pair;
            this.node = node;
            this.number = number;
            this.firstSector = firstSector;
            this.sectors = sectors;
            begun = pair.clock.now();
        }

        @Override
        public void completed(int code) {
            errno = code;
            ended = pair.clock.now();
            Buffer used = buffer;
            if (used != null) {
                used.release();
                buffer = null;
            }
        }
    }

    SharedVolume(ScriptedPair.Physics physics, Map<String, String> moreNetOptions) {
        Map<String, String> net = new HashMap<>(ALLOWED);
        net.putAll(moreNetOptions);
        pair = new ScriptedPair(Protocol.C, true, 1, Map.of(), net, physics).connected();
    }

    SharedVolume() {
        this(ScriptedPair.Physics.PLAIN, Map.of());
    }

    SharedVolume bothPrimary() {
        assertTrue(pair.primary(0, false).outcome().success());
        assertTrue(pair.primary(1, false).outcome().success());
        return this;
    }

    Write write(int node, int firstSector, int sectors) {
        return submit(node, firstSector, sectors, IoRequest.Operation.WRITE);
    }

    Write zeroes(int node, int firstSector, int sectors) {
        return submit(node, firstSector, sectors, IoRequest.Operation.WRITE_ZEROES);
    }

    private Write submit(int node, int firstSector, int sectors, IoRequest.Operation operation) {
        boolean data = operation == IoRequest.Operation.WRITE;
        Write write = new Write(pair, node, data ? writes.size() + 1 : 0, firstSector, sectors);
        writes.add(write);
        write.operation = operation;
        write.offset = (long) firstSector * SECTOR;
        write.length = sectors * SECTOR;
        pair.nodes[node].inTurn(r -> {
            if (data) {
                Buffer buffer = Objects.requireNonNull(
                        Objects.requireNonNull(pair.nodes[node].pool()).tryAcquire(write.length));
                for (int s = 0; s < sectors; s++) {
                    buffer.bytes().putLong(s * SECTOR, write.number);
                }
                write.buffer = buffer;
            }
            pair.port(node).submit(write);
        });
        return write;
    }

    void allAnswered() {
        pair.waitFor(() -> writes.stream().allMatch(w -> w.errno >= 0));
        for (Write w : writes) {
            assertEquals(0, w.errno, "a write was refused");
        }
    }

    long sector(int node, int number) {
        byte[] bytes = new byte[8];
        pair.data.get(node).current().read((long) number * SECTOR, bytes, 0, 8);
        return ByteBuffer.wrap(bytes).getLong();
    }

    /**
     * Both disks are equal, and each sector has what a write left there after which no other has begun.
     *
     * @param sectors of the volume that were written to
     */
    void checkContents(int sectors) {
        for (int s = 0; s < sectors; s++) {
            long here = sector(0, s);
            if (here != sector(1, s)) {
                fail("sector " + s + " has write " + here + " on node 0 and " + sector(1, s) + " on node 1");
            }
            checkPlausible(s, here);
        }
    }

    private void checkPlausible(int sector, long content) {
        long newestBegin = -1;
        for (Write w : writes) {
            if (has(w, sector)) {
                newestBegin = Math.max(newestBegin, beginOfLaterThan(w, sector, content));
            }
        }
        if (newestBegin >= 0) {
            fail("sector " + sector + " has write " + content + ", and one begun at " + newestBegin
                    + " ns, after that had ended, is lost");
        }
    }

    /** When {@code w} began, if it can only have come after all writes that left this content; else -1. */
    private long beginOfLaterThan(Write w, int sector, long content) {
        if (w.number == content) {
            return -1;
        }
        for (Write left : writes) {
            if (left.number == content && has(left, sector) && left.ended >= w.begun) {
                return -1;
            }
        }
        return w.begun;
    }

    private static boolean has(Write w, int sector) {
        return sector >= w.firstSector && sector < w.firstSector + w.sectors;
    }

    /** What status says of the connection. */
    String error(int node) {
        return Objects.requireNonNull(pair.snapshot(node))
                .connections()
                .getFirst()
                .error();
    }
}
