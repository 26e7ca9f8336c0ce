package io.bsr.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.frontend.nbd.ExportClient;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrashTest {
    private static final long PART = 8L << 20;
    private static final int BLOCKS = 1024;
    private static final int SOME = 150;
    private static final int CYCLES = 5;

    private final Path folder;

    CrashTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void nodes_that_are_killed_under_load_come_back_and_only_marked_blocks_travel() throws Exception {
        try (Pair pair = new Pair(folder)) {
            pair.bringUpInSync();
            Ledger ledger = new Ledger(PART, BLOCKS, 1);
            Node primary = pair.alpha();
            Node secondary = pair.beta();

            for (int cycle = 0; cycle < CYCLES; cycle++) {
                boolean primaryDies = cycle % 2 == 1;
                if (primaryDies) {
                    killUnderLoad(primary, primary, ledger);
                    Node survivor = secondary;
                    survivor.await("alone", s -> !s.isConnected());
                    survivor.must("primary", Pair.RESOURCE);
                    secondary = primary;
                    primary = survivor;
                } else {
                    killUnderLoad(secondary, primary, ledger);
                }
                writeAlone(primary, ledger);
                long marked = primary.now().outOfSyncBytes();
                Pair.comeBack(secondary);
                pair.awaitInSync();

                long travelled = secondary.now().receivedBytes();
                long bound = primaryDies ? activityLogExtents() : marked;
                assertTrue(marked > 0, "writes without the peer are marked");
                assertTrue(travelled > 0, "what is marked travels");
                assertTrue(travelled <= bound, "cycle " + cycle + ": " + travelled + " bytes of " + bound);
                try (ExportClient client = primary.openVolume()) {
                    ledger.verify(client);
                }
                assertEquals(-1, pair.firstDifference(), "cycle " + cycle + ": first difference");
            }
        }
    }

    /** A crashed Primary marks the 4 MiB extents that its activity log names. */
    private static long activityLogExtents() {
        long extent = 4L << 20;
        long first = PART / extent;
        long last = (PART + (long) BLOCKS * Ledger.BLOCK - 1) / extent;
        return (last - first + 1) * extent;
    }

    private static void killUnderLoad(Node victim, Node primary, Ledger ledger)
            throws IOException, InterruptedException {
        try (Load load = new Load(primary, ledger)) {
            long before = ledger.count();
            primary.until("writes", () -> ledger.count() >= before + SOME);
            victim.kill();
            if (victim == primary) {
                assertFalse(load.finish(), "a volume without engine takes no writes");
            } else {
                long atCrash = ledger.count();
                primary.until("writes go on", () -> ledger.count() >= atCrash + SOME);
                assertTrue(load.finish(), "the application notices nothing");
            }
        }
    }

    private static void writeAlone(Node primary, Ledger ledger) throws IOException {
        try (ExportClient client = primary.openVolume()) {
            for (int i = 0; i < SOME; i++) {
                ledger.writeOne(client);
            }
        }
    }

    @Test
    void what_was_acknowledged_survives_sigkill_of_both_nodes_at_once() throws Exception {
        try (Pair pair = new Pair(folder)) {
            pair.bringUpInSync();
            Ledger ledger = new Ledger(PART, BLOCKS, 2);
            try (Load load = new Load(pair.alpha(), ledger)) {
                pair.alpha().until("writes", () -> ledger.count() >= SOME);
                pair.alpha().kill();
                pair.beta().kill();
                assertFalse(load.finish());
            }

            Pair.comeBack(pair.alpha());
            Pair.comeBack(pair.beta());
            pair.awaitInSync();
            pair.beta().must("primary", Pair.RESOURCE);

            try (ExportClient client = pair.beta().openVolume()) {
                ledger.verify(client);
            }
            assertEquals(-1, pair.firstDifference());
        }
    }

    @Test
    void sigterm_is_a_clean_down_after_which_nothing_needs_a_resync() throws Exception {
        try (Pair pair = new Pair(folder)) {
            pair.bringUpInSync();
            Ledger ledger = new Ledger(PART, BLOCKS, 3);
            writeAlone(pair.alpha(), ledger);

            assertEquals(0, pair.alpha().terminate(), pair.alpha().log());
            // The activity log is applied by the next attach, so that the metadata is not clean in this sense.
            String metadata = pair.alpha().must("dump-md", Pair.RESOURCE, "--", "--force");
            Pair.comeBack(pair.alpha());
            pair.awaitInSync();

            assertEquals(0, Metadata.flags(metadata) & Metadata.PRIMARY, metadata);
            assertEquals(0, pair.alpha().now().receivedBytes());
            assertEquals(0, pair.alpha().now().sentBytes());
            pair.alpha().must("primary", Pair.RESOURCE);
            try (ExportClient client = pair.alpha().openVolume()) {
                ledger.verify(client);
            }
        }
    }
}
