package io.bsr.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A peer that does not keep up, under protocol A. */
class CongestionTest {
    private final Path folder;

    CongestionTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static void protocolA(Pair pair, Node node) throws IOException {
        pair.configure(node, "on-congestion pull-ahead; congestion-fill 4K;");
        Path file = node.root().resolve("etc/bsr.conf");
        Files.writeString(file, Files.readString(file).replace("protocol C;", "protocol A;"));
    }

    @Test
    void a_peer_that_falls_behind_is_told_what_it_lacks_and_gets_it_by_a_resync() throws Exception {
        try (Pair pair = new Pair(folder)) {
            protocolA(pair, pair.alpha());
            protocolA(pair, pair.beta());
            pair.bringUpInSync();
            Ledger ledger = new Ledger(8 << 20, 512, 31);

            try (Load load = new Load(pair.alpha(), ledger)) {
                pair.alpha().awaitLogged("Established -> Ahead", "congested");
                pair.beta().awaitLogged("Established -> Behind");
                assertTrue(load.finish(), "the application notices nothing");
            }

            pair.beta().awaitLogged("Behind -> SyncTarget");
            pair.awaitInSync();
            assertEquals(-1, pair.firstDifference());
        }
    }
}
