package io.bsr.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.frontend.nbd.ExportClient;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Volumes that grow while they are used (wire-protocol reference, section 15.6). */
class ResizeTest {
    private static final int KILLS = 4;
    private static final long STEP = 8L << 20;
    private static final byte[] PATTERN = new byte[64 << 10];

    static {
        new Random(42).nextBytes(PATTERN);
    }

    private final Path folder;

    ResizeTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static void grow(Node node, long bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(node.disk().toFile(), "rw")) {
            file.setLength(file.length() + bytes);
        }
    }

    private static void growBoth(Pair pair) throws IOException {
        grow(pair.alpha(), STEP);
        grow(pair.beta(), STEP);
    }

    private static void awaitSize(Pair pair, long atLeast) {
        pair.alpha().await("the new size", s -> s.volumeBytes() >= atLeast);
        pair.beta().await("the new size", s -> s.volumeBytes() >= atLeast);
        pair.awaitInSync();
        assertEquals(pair.alpha().now().volumeBytes(), pair.beta().now().volumeBytes());
    }

    @Test
    void a_volume_grows_under_load_and_its_new_space_is_usable_and_equal_also_after_a_restart() throws Exception {
        Ledger ledger = new Ledger(0, 200, 1);
        try (Pair pair = new Pair(folder)) {
            pair.bringUpInSync();
            long before = pair.alpha().now().volumeBytes();

            try (Load load = new Load(pair.alpha(), ledger)) {
                growBoth(pair);
                pair.alpha().must("resize", Pair.RESOURCE);
                awaitSize(pair, before + STEP - (1 << 20));
                assertTrue(load.finish());
            }
            long after = pair.alpha().now().volumeBytes();
            try (ExportClient client = pair.alpha().openVolume()) {
                assertEquals(after, client.size());
                ledger.verify(client);
                client.write(after - PATTERN.length, PATTERN);
                client.flush();
            }
            pair.awaitInSync();
            assertEquals(-1, pair.firstDifference());

            pair.beta().kill();
            pair.alpha().kill();
            Pair.comeBack(pair.alpha());
            Pair.comeBack(pair.beta());
            pair.alpha().await("connected", State::isConnected);
            pair.alpha().must("primary", Pair.RESOURCE);
            awaitSize(pair, after);
            assertEquals(after, pair.alpha().now().volumeBytes());
            try (ExportClient client = pair.alpha().openVolume()) {
                assertArrayEquals(PATTERN, client.read(after - PATTERN.length, PATTERN.length));
            }
            assertEquals(-1, pair.firstDifference());
        }
    }

    @Test
    void an_engine_that_is_killed_during_a_resize_finds_old_or_new_metadata_and_ends_equal() throws Exception {
        Ledger ledger = new Ledger(0, 100, 2);
        Random random = new Random(3);
        try (Pair pair = new Pair(folder)) {
            pair.bringUpInSync();
            pair.alpha().must("check-resize", Pair.RESOURCE);

            for (int kill = 0; kill < KILLS; kill++) {
                long before = pair.alpha().now().volumeBytes();
                Node victim = kill % 2 == 0 ? pair.alpha() : pair.beta();
                growBoth(pair);
                Thread resize = Thread.ofPlatform().start(() -> pair.alpha().adm("resize", Pair.RESOURCE));
                long until = System.nanoTime() + random.nextInt(40) * 1_000_000L;
                pair.alpha().until("the moment", () -> System.nanoTime() >= until);
                victim.kill();
                resize.join();
                victim.start();
                victim.adm("check-resize", Pair.RESOURCE);
                victim.must("up", Pair.RESOURCE);
                pair.alpha().await("connected", State::isConnected);
                pair.alpha().adm("primary", Pair.RESOURCE);
                pair.awaitInSync();
                pair.alpha().must("resize", Pair.RESOURCE);
                awaitSize(pair, before + STEP - (1 << 20));
                pair.beta().must("check-resize", Pair.RESOURCE);

                try (ExportClient client = pair.alpha().openVolume()) {
                    for (int i = 0; i < 50; i++) {
                        ledger.writeOne(client);
                    }
                    client.flush();
                    ledger.verify(client);
                }
                pair.awaitInSync();
                assertEquals(-1, pair.firstDifference());
            }
        }
    }

    @Test
    void a_resize_is_refused_with_the_reason_where_it_is_not_possible() throws Exception {
        try (Pair pair = new Pair(folder)) {
            pair.bringUpInSync();

            Node.Said tooLarge = pair.alpha().setup("resize", "0", "--size=1000G");
            pair.alpha().must("secondary", Pair.RESOURCE);
            Node.Said noPrimary = pair.alpha().setup("resize", "0");

            assertEquals(10, tooLarge.code());
            assertTrue(tooLarge.text().contains("(111)"), tooLarge.text());
            assertEquals(10, noPrimary.code());
            assertTrue(noPrimary.text().contains("(131)"), noPrimary.text());
        }
    }
}
