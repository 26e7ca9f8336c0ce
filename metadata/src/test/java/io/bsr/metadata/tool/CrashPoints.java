package io.bsr.metadata.tool;

import io.bsr.metadata.MetadataException;
import io.bsr.metadata.tool.SparseDevice.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Every state in which a crash can leave a device, from the record of an operation: each prefix of the writes; each with
 * the last write torn at each 512 bytes (at the borders and at random, if it is long); and, before each flush, subsets of
 * the 512-byte sectors not yet flushed: all of them if few sectors have changed, else each with one missing, each alone,
 * and random ones, up to a limit.
 */
final class CrashPoints {
    /** What must hold of a state. */
    @FunctionalInterface
    interface Check {
        void state(SparseDevice crashed, String name) throws MetadataException, IOException, InterruptedException;
    }

    /** A sector that a crash may lose or keep. */
    private static final class Sector {
        final long offset;
        final byte[] bytes;

        Sector(long offset, byte[] bytes) {
            this.offset = offset;
            this.bytes = bytes;
        }
    }

    private static final int SECTOR = 512;
    private static final int ALL_TEARS_UP_TO = 32;
    private static final int ALL_SUBSETS_UP_TO = 7;
    private static final int RANDOM_SUBSETS = 24;
    private static final int SINGLE_SECTORS = 12;

    private final Random random;
    private final Check check;
    private int states;

    private CrashPoints(long seed, Check check) {
        random = new Random(seed);
        this.check = check;
    }

    /** Calls the check for each state; returns how many there were. */
    static int forEach(SparseDevice before, List<Operation> operations, long seed, Check check)
            throws MetadataException, IOException, InterruptedException {
        CrashPoints points = new CrashPoints(seed, check);
        points.all(before, operations);
        return points.states;
    }

    private void all(SparseDevice before, List<Operation> operations)
            throws MetadataException, IOException, InterruptedException {
        SparseDevice durable = before.copy();
        List<Operation> cached = new ArrayList<>();
        SparseDevice written = before.copy();
        state(written.copy(), "before the first operation");
        for (int i = 0; i < operations.size(); i++) {
            Operation operation = operations.get(i);
            if (operation.flush()) {
                lossy(durable, cached, i);
                durable = written.copy();
                cached.clear();
                continue;
            }
            for (int tear : tears(operation.bytes.length / SECTOR)) {
                SparseDevice torn = written.copy();
                torn.put(operation.offset, operation.bytes, tear * SECTOR);
                state(torn, "operation " + i + " torn after " + tear + " sectors");
            }
            written.put(operation.offset, operation.bytes, operation.bytes.length);
            cached.add(operation);
            state(written.copy(), "after operation " + i);
        }
        lossy(durable, cached, operations.size());
    }

    private void state(SparseDevice crashed, String name) throws MetadataException, IOException, InterruptedException {
        states++;
        check.state(crashed, name);
    }

    private List<Integer> tears(int sectors) {
        List<Integer> tears = new ArrayList<>();
        for (int tear = 1; tear < sectors; tear++) {
            if (sectors <= ALL_TEARS_UP_TO || tear <= 8 || tear >= sectors - 8 || random.nextInt(sectors) < 16) {
                tears.add(tear);
            }
        }
        return tears;
    }

    private void lossy(SparseDevice durable, List<Operation> cached, int flush)
            throws MetadataException, IOException, InterruptedException {
        List<Sector> sectors = new ArrayList<>();
        for (Operation operation : cached) {
            for (int at = 0; at < operation.bytes.length; at += SECTOR) {
                byte[] bytes = Arrays.copyOfRange(operation.bytes, at, at + SECTOR);
                if (!Arrays.equals(bytes, durable.bytes(operation.offset + at, SECTOR))) {
                    sectors.add(new Sector(operation.offset + at, bytes));
                }
            }
        }
        int n = sectors.size();
        if (n <= ALL_SUBSETS_UP_TO) {
            for (int kept = 0; kept < 1 << n; kept++) {
                int mask = kept;
                subset(durable, sectors, i -> (mask >>> i & 1) != 0, flush);
            }
            return;
        }
        for (int i = 0; i < SINGLE_SECTORS; i++) {
            int one = random.nextInt(n);
            subset(durable, sectors, j -> j == one, flush);
            subset(durable, sectors, j -> j != one, flush);
        }
        for (int i = 0; i < RANDOM_SUBSETS; i++) {
            int keptOfEight = 1 + random.nextInt(7);
            subset(durable, sectors, j -> random.nextInt(8) < keptOfEight, flush);
        }
    }

    private interface Kept {
        boolean sector(int index);
    }

    private void subset(SparseDevice durable, List<Sector> sectors, Kept kept, int flush)
            throws MetadataException, IOException, InterruptedException {
        SparseDevice crashed = durable.copy();
        StringBuilder name = new StringBuilder("before flush " + flush + " with sectors");
        for (int i = 0; i < sectors.size(); i++) {
            if (kept.sector(i)) {
                crashed.put(sectors.get(i).offset, sectors.get(i).bytes, SECTOR);
                name.append(' ').append(i);
            }
        }
        state(crashed, name + " of " + sectors.size());
    }
}
