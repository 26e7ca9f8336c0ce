package io.bsr.metadata.tool;

import io.bsr.metadata.MetadataException;
import io.bsr.metadata.tool.SparseDevice.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Every state in which a crash can leave a device, from the record of an operation: each prefix of the writes; each with
 * the last write torn at each 512 bytes (at the borders and at random, if it is long); and prefixes in which a random
 * subset of the 512-byte sectors not yet flushed is missing.
 */
final class CrashPoints {
    /** What must hold of a state. */
    @FunctionalInterface
    interface Check {
        void state(SparseDevice crashed, String name) throws MetadataException;
    }

    private static final int SECTOR = 512;
    private static final int ALL_TEARS_UP_TO = 32;
    private static final int SUBSETS_PER_PREFIX = 3;

    private CrashPoints() {}

    /** Calls the check for each state; returns how many there were. */
    static int forEach(SparseDevice before, List<Operation> operations, long seed, Check check)
            throws MetadataException {
        Random random = new Random(seed);
        int states = 0;
        SparseDevice durable = before.copy();
        List<Operation> cached = new ArrayList<>();
        SparseDevice written = before.copy();
        check.state(written.copy(), "before the first operation");
        for (int i = 0; i < operations.size(); i++) {
            Operation operation = operations.get(i);
            if (operation.flush()) {
                durable = written.copy();
                cached.clear();
            } else {
                for (int tear : tears(operation.bytes.length / SECTOR, random)) {
                    SparseDevice torn = written.copy();
                    torn.put(operation.offset, operation.bytes, tear * SECTOR);
                    check.state(torn, "operation " + i + " torn after " + tear + " sectors");
                    states++;
                }
                written.put(operation.offset, operation.bytes, operation.bytes.length);
                cached.add(operation);
                for (int subset = 0; subset < SUBSETS_PER_PREFIX; subset++) {
                    check.state(lossy(durable, cached, random), "subset " + subset + " of the cache at operation " + i);
                    states++;
                }
            }
            check.state(written.copy(), "after operation " + i);
            states++;
        }
        return states;
    }

    private static List<Integer> tears(int sectors, Random random) {
        List<Integer> tears = new ArrayList<>();
        for (int tear = 1; tear < sectors; tear++) {
            if (sectors <= ALL_TEARS_UP_TO || tear <= 8 || tear >= sectors - 8 || random.nextInt(sectors) < 16) {
                tears.add(tear);
            }
        }
        return tears;
    }

    private static SparseDevice lossy(SparseDevice durable, List<Operation> cached, Random random) {
        SparseDevice state = durable.copy();
        int keptOfEight = 1 + random.nextInt(7);
        for (Operation operation : cached) {
            for (int at = 0; at < operation.bytes.length; at += SECTOR) {
                if (random.nextInt(8) < keptOfEight) {
                    byte[] sector = Arrays.copyOfRange(operation.bytes, at, at + SECTOR);
                    state.put(operation.offset + at, sector, SECTOR);
                }
            }
        }
        return state;
    }
}
