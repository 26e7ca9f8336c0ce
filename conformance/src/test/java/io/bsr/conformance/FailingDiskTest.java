package io.bsr.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.state.DiskState;
import io.bsr.frontend.nbd.ExportClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks that fail while they are in use: with EIO on demand, and with ENOSPC as a file system that is full. */
class FailingDiskTest {
    private static final int BLOCK = Ledger.BLOCK;

    private final Path folder;

    FailingDiskTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static void configure(Pair pair, String onError) throws IOException {
        pair.disk(Pair.FAST + " on-io-error " + onError + ";");
        pair.configure(pair.alpha(), "");
        pair.configure(pair.beta(), "");
    }

    private static void assertInSyncAndEqual(Pair pair, Ledger ledger) throws IOException {
        pair.awaitInSync();
        try (ExportClient client = pair.alpha().openVolume()) {
            ledger.verify(client);
        }
        assertEquals(-1, pair.firstDifference());
    }

    @Test
    void a_secondary_whose_disk_fails_gives_it_up_and_the_application_notices_nothing() throws Exception {
        Pair pair = new Pair(folder);
        try (BrittleDisk disk = BrittleDisk.of(folder, pair.beta(), "pwrite");
                pair) {
            configure(pair, "detach");
            pair.bringUpInSync();
            Ledger ledger = new Ledger(0, 512, 41);

            try (Load load = new Load(pair.alpha(), ledger)) {
                pair.alpha().until("writes", () -> ledger.count() > 50);
                disk.breaks();
                pair.beta().await("no disk", s -> s.volume().disk() == DiskState.DISKLESS);
                long before = ledger.count();
                pair.alpha().until("writes go on", () -> ledger.count() > before + 50);
                assertTrue(load.finish(), "the application notices nothing");
            }
            String told = pair.beta().awaitLogged("EIO");
            String shown =
                    pair.beta().setup("status", "--verbose", Pair.RESOURCE).text();
            disk.heals();
            pair.beta().must("attach", Pair.RESOURCE);

            assertTrue(told.contains("r0/0"), told);
            assertTrue(shown.matches("(?s).*r0/0 is Diskless since 20\\d\\d-.*gave up .*failed: EIO.*"), shown);
            assertEquals("", pair.beta().now().volume().failure(), "attached again");
            assertInSyncAndEqual(pair, ledger);
        }
    }

    @Test
    void a_secondary_that_passes_errors_on_marks_the_blocks_and_resyncs_them() throws Exception {
        Pair pair = new Pair(folder);
        try (BrittleDisk disk = BrittleDisk.of(folder, pair.beta(), "pwrite");
                pair) {
            configure(pair, "passthrough");
            pair.bringUpInSync();
            Ledger ledger = new Ledger(0, 512, 42);

            try (Load load = new Load(pair.alpha(), ledger)) {
                pair.alpha().until("writes", () -> ledger.count() > 50);
                disk.breaks();
                long before = ledger.count();
                pair.alpha().until("writes go on", () -> ledger.count() > before + 10);
                disk.heals();
                assertTrue(load.finish(), "the application notices nothing");
            }
            pair.alpha().until("blocks out of sync", () -> {
                State state = pair.alpha().now();
                return state.outOfSyncBytes() > 0 || !state.isInSync();
            });
            pair.beta().adm("disconnect", Pair.RESOURCE);
            pair.beta().must("adjust", Pair.RESOURCE);

            assertInSyncAndEqual(pair, ledger);
        }
    }

    @Test
    void a_primary_whose_disk_fails_goes_on_with_its_peers_and_takes_it_back_under_its_users() throws Exception {
        Pair pair = new Pair(folder);
        try (BrittleDisk disk = BrittleDisk.of(folder, pair.alpha(), "pwrite");
                pair) {
            configure(pair, "detach");
            pair.bringUpInSync();
            Ledger ledger = new Ledger(0, 512, 43);

            try (Load load = new Load(pair.alpha(), ledger)) {
                pair.alpha().until("writes", () -> ledger.count() > 50);
                disk.breaks();
                pair.alpha().await("no disk", s -> s.volume().disk() == DiskState.DISKLESS);
                long without = ledger.count();
                pair.alpha().until("writes go on", () -> ledger.count() > without + 50);
                pair.alpha().awaitLogged("EIO");
                disk.heals();
                pair.alpha().must("attach", Pair.RESOURCE);
                pair.alpha().await("the disk is good again", s -> s.volume().disk() == DiskState.UP_TO_DATE);
                long with = ledger.count();
                pair.alpha().until("writes go on", () -> ledger.count() > with + 50);
                assertTrue(load.finish(), "the application notices nothing");
            }

            assertInSyncAndEqual(pair, ledger);
        }
    }

    @Test
    void a_primary_without_disk_has_acknowledged_nothing_that_its_peer_lacks() throws Exception {
        Pair pair = new Pair(folder);
        try (BrittleDisk disk = BrittleDisk.of(folder, pair.alpha(), "pwrite");
                pair) {
            configure(pair, "detach");
            pair.bringUpInSync();
            Ledger ledger = new Ledger(0, 512, 44);

            try (Load load = new Load(pair.alpha(), ledger)) {
                pair.alpha().until("writes", () -> ledger.count() > 50);
                disk.breaks();
                pair.alpha().await("no disk", s -> s.volume().disk() == DiskState.DISKLESS);
                long without = ledger.count();
                pair.alpha().until("writes go on", () -> ledger.count() > without + 50);
                pair.alpha().kill();
                load.finish();
            }
            pair.beta()
                    .until(
                            "Primary",
                            () -> pair.beta().adm("primary", Pair.RESOURCE).code() == 0);
            try (ExportClient client = pair.beta().openVolume()) {
                ledger.verify(client);
            }
            disk.heals();
            pair.alpha().start();
            pair.alpha().must("up", Pair.RESOURCE);

            pair.awaitInSync();
            assertEquals(-1, pair.firstDifference());
        }
    }

    @Test
    void a_read_that_fails_is_an_error_of_that_read_and_the_volume_serves_the_rest() throws Exception {
        Pair pair = new Pair(folder);
        try (BrittleDisk disk = BrittleDisk.of(folder, pair.alpha(), "pread");
                pair) {
            configure(pair, "passthrough");
            pair.bringUpInSync();
            byte[] data = "readable".repeat(BLOCK / 8).getBytes(StandardCharsets.US_ASCII);

            try (ExportClient client = pair.alpha().openVolume()) {
                client.write(0, data);
                disk.breaks();
                String error = "";
                try {
                    client.read(0, BLOCK);
                } catch (IOException e) {
                    error = String.valueOf(e.getMessage());
                }
                disk.heals();

                assertTrue(error.endsWith("error 5"), error);
                assertEquals(ByteBuffer.wrap(data), ByteBuffer.wrap(client.read(0, BLOCK)), "afterwards");
            }
            pair.alpha().awaitLogged("EIO");
        }
    }

    @Test
    void a_full_file_system_under_a_secondary_is_told_and_costs_no_data() throws Exception {
        Pair pair = new Pair(folder);
        try (SmallFileSystem small = SmallFileSystem.of(folder, pair.beta());
                pair) {
            configure(pair, "detach");
            Pair.bringUp(pair.alpha());
            Pair.bringUp(pair.beta());
            pair.alpha().await("connected", State::isConnected);
            // Without an initial sync, which would fill the file system at once.
            pair.alpha().must("primary", "--force", Pair.RESOURCE);
            Ledger ledger = new Ledger(0, 4096, 44);
            try (Load load = new Load(pair.alpha(), ledger)) {
                pair.beta().await("no disk", s -> s.volume().disk() == DiskState.DISKLESS);
                long before = ledger.count();
                pair.alpha().until("writes go on", () -> ledger.count() > before + 50);
                assertTrue(load.finish(), "the application notices nothing");
            }
            String told = pair.beta().awaitLogged("ENOSPC");

            small.grow();
            pair.beta().must("attach", Pair.RESOURCE);

            assertTrue(told.contains("r0/0"), told);
            assertInSyncAndEqual(pair, ledger);
        }
    }

    @Test
    void a_full_file_system_under_a_lone_primary_fails_the_write_and_nothing_that_was_acknowledged_is_lost()
            throws Exception {
        Pair pair = new Pair(folder);
        try (SmallFileSystem small = SmallFileSystem.of(folder, pair.alpha());
                pair) {
            configure(pair, "passthrough");
            Pair.bringUp(pair.alpha());
            pair.alpha().must("primary", "--force", Pair.RESOURCE);
            Ledger ledger = new Ledger(0, 4096, 45);
            String error = "";
            try (ExportClient client = pair.alpha().openVolume()) {
                for (int i = 0; i < 4096; i++) {
                    ledger.writeOne(client);
                }
            } catch (IOException e) {
                error = String.valueOf(e.getMessage());
            }

            assertTrue(error.endsWith("error 28"), error);
            pair.alpha().awaitLogged("ENOSPC");
            small.grow();
            try (ExportClient client = pair.alpha().openVolume()) {
                ledger.verify(client);
                ledger.writeOne(client);
            }
        }
    }
}
