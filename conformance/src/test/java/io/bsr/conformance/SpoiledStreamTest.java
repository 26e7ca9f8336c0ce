package io.bsr.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.state.ConnectionState;
import io.bsr.conformance.SpoilingProxy.Fault;
import io.bsr.conformance.SpoilingProxy.Order;
import io.bsr.frontend.nbd.ExportClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bytes that change on the way between two connected nodes: noticed, told, and nothing is lost. */
class SpoiledStreamTest {
    /** Silence is noticed after a second or two. */
    private static final String PATIENCE = "ping-timeout 10;";

    /** No body, or none that names a volume's sector. */
    private static final Set<Fault> ON_ANY_PACKET = EnumSet.of(
            Fault.BAD_MAGIC,
            Fault.HUGE_LENGTH,
            Fault.NEGATIVE_LENGTH,
            Fault.WRONG_LENGTH,
            Fault.NONZERO_PAD,
            Fault.GARBAGE,
            Fault.TRUNCATED);

    /** The header is read by the same code on both streams. */
    private static final Set<Fault> ON_ACKNOWLEDGEMENT = EnumSet.of(
            Fault.BAD_MAGIC, Fault.WRONG_LENGTH, Fault.UNKNOWN_VOLUME, Fault.SECTOR_OUT_OF_RANGE, Fault.TRUNCATED);

    private static final Set<Fault> ON_BLOCKS = EnumSet.of(Fault.UNKNOWN_VOLUME, Fault.SECTOR_OUT_OF_RANGE);

    private final Path folder;

    SpoiledStreamTest(@TempDir Path folder) {
        this.folder = folder;
    }

    /** Both ways between the nodes lead through a proxy each; which of them a stream takes depends on who dialled it. */
    private record Way(Pair pair, SpoilingProxy toAlpha, SpoilingProxy toBeta) implements AutoCloseable {
        static Way of(Path folder) throws IOException {
            return of(folder, PATIENCE);
        }

        static Way of(Path folder, String net) throws IOException {
            Pair pair = new Pair(folder);
            int alphaSeen = Pair.freePort();
            int betaSeen = Pair.freePort();
            Way way = new Way(
                    pair,
                    SpoilingProxy.between(alphaSeen, pair.alphaPort()),
                    SpoilingProxy.between(betaSeen, pair.betaPort()));
            pair.configure(pair.alpha(), net, pair.alphaPort(), betaSeen);
            pair.configure(pair.beta(), net, alphaSeen, pair.betaPort());
            return way;
        }

        /** Spoils one packet that alpha, or beta, sends. */
        void spoil(Fault fault, boolean fromAlpha, boolean dataStream, IntPredicate command) {
            toBeta.spoil(new Order(fault, fromAlpha, dataStream, command));
            toAlpha.spoil(new Order(fault, !fromAlpha, dataStream, command));
        }

        /** One of the two proxies had the packet; the other is not to wait for another. */
        boolean spoiled() {
            boolean done = toAlpha.done() || toBeta.done();
            if (done) {
                forgive();
            }
            return done;
        }

        void forgive() {
            toAlpha.forget();
            toBeta.forget();
        }

        @Override
        public void close() throws IOException {
            pair.close();
            toAlpha.close();
            toBeta.close();
        }
    }

    /** Waits for the fault, for the end of the connection that it causes, and for what comes after it. */
    private static void spoilAndRecover(Way way, Fault fault, boolean fromAlpha, boolean dataStream, int command) {
        Pair pair = way.pair();
        Node receiver = fromAlpha ? pair.beta() : pair.alpha();
        long before = lost(receiver);

        way.spoil(fault, fromAlpha, dataStream, c -> c == command);

        receiver.until(fault + " on packet " + command, way::spoiled);
        receiver.until("the end of the connection after " + fault, () -> lost(receiver) > before);
        pair.awaitInSync();
    }

    /** How often a node has lost its connection. */
    private static long lost(Node node) {
        return node.countLogged("conn( Connected -> ");
    }

    @Test
    void whatever_is_wrong_with_a_replicated_write_the_nodes_reconnect_and_no_byte_is_lost() throws Exception {
        try (Way way = Way.of(folder)) {
            Pair pair = way.pair();
            pair.bringUpInSync();
            Ledger ledger = new Ledger(8 << 20, 512, 21);
            EnumSet<Fault> faults = EnumSet.copyOf(ON_ANY_PACKET);
            faults.addAll(ON_BLOCKS);
            faults.add(Fault.UNKNOWN_COMMAND);

            try (Load load = new Load(pair.alpha(), ledger)) {
                for (Fault fault : faults) {
                    spoilAndRecover(way, fault, true, true, SpoilingProxy.DATA);
                }
                assertTrue(load.finish(), "the application notices nothing");
            }

            pair.beta().awaitLogged("conn( Connected -> ProtocolError )");
            assertNothingLost(pair, ledger);
        }
    }

    @Test
    void data_that_were_changed_on_their_way_are_never_stored_if_there_is_a_digest() throws Exception {
        try (Way way = Way.of(folder, PATIENCE + " data-integrity-alg sha256;")) {
            Pair pair = way.pair();
            pair.bringUpInSync();
            Ledger ledger = new Ledger(8 << 20, 512, 23);

            try (Load load = new Load(pair.alpha(), ledger)) {
                for (int i = 0; i < 3; i++) {
                    spoilAndRecover(way, Fault.CHANGED_DATA, true, true, SpoilingProxy.DATA);
                }
                assertTrue(load.finish(), "the application notices nothing");
            }

            pair.beta().awaitLogged("data-integrity-alg: the digest of");
            assertNothingLost(pair, ledger);
        }
    }

    @Test
    void whatever_is_wrong_with_an_acknowledgement_the_nodes_reconnect_and_no_byte_is_lost() throws Exception {
        try (Way way = Way.of(folder)) {
            Pair pair = way.pair();
            pair.bringUpInSync();
            Ledger ledger = new Ledger(8 << 20, 512, 22);

            try (Load load = new Load(pair.alpha(), ledger)) {
                for (Fault fault : ON_ACKNOWLEDGEMENT) {
                    spoilAndRecover(way, fault, false, false, SpoilingProxy.WRITE_ACK);
                }
                assertTrue(load.finish(), "the application notices nothing");
            }

            assertNothingLost(pair, ledger);
        }
    }

    @Test
    void an_unknown_command_on_the_control_stream_ends_in_stand_alone_with_the_reason() throws Exception {
        try (Way way = Way.of(folder)) {
            Pair pair = way.pair();
            pair.bringUpInSync();

            way.spoil(Fault.UNKNOWN_COMMAND, false, false, c -> c == SpoilingProxy.PING_ACK);
            State state = pair.alpha().await("StandAlone", s -> s.is(ConnectionState.STANDALONE));

            String reason = state.connection().reason();
            assertTrue(reason.contains("control stream") && reason.contains("7ffe"), reason);
            way.forgive();
            pair.alpha().must("connect", Pair.RESOURCE);
            pair.awaitInSync();
            assertNothingLost(pair, new Ledger(0, 1, 0));
        }
    }

    @Test
    void a_stream_that_falls_silent_in_the_middle_of_a_packet_does_not_hang_the_application() throws Exception {
        try (Way way = Way.of(folder)) {
            Pair pair = way.pair();
            pair.bringUpInSync();
            Ledger ledger = new Ledger(8 << 20, 512, 23);

            try (Load load = new Load(pair.alpha(), ledger)) {
                spoilAndRecover(way, Fault.SILENCE, false, false, SpoilingProxy.WRITE_ACK);
                long before = ledger.count();
                pair.alpha().until("writes to go on", () -> ledger.count() > before + 50);
                assertTrue(load.finish(), "the application notices a pause only");
            }

            assertNothingLost(pair, ledger);
        }
    }

    private static void assertNothingLost(Pair pair, Ledger ledger) throws IOException {
        pair.awaitInSync();
        try (ExportClient client = pair.alpha().openVolume()) {
            ledger.verify(client);
        }
        for (Node node : List.of(pair.alpha(), pair.beta())) {
            assertTrue(node.alive(), node.log());
            assertEquals("", node.now().resource().failed());
        }
        assertEquals(-1, pair.firstDifference());
    }
}
