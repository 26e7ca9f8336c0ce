package io.bsr.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code outdate-peer.sh}, with an ssh that only takes notes; a file per address says how the peer answers. */
class OutdatePeerTest {
    private static final String[] HOSTS = {
        "on", "alpha", "192.0.2.1", "198.51.100.1", "on", "beta", "192.0.2.2", "2001:db8::2"
    };

    @TempDir
    private Path folder = Path.of("/");

    private HandlerRun handler() throws IOException {
        HandlerRun handler = new HandlerRun(folder);
        handler.with("BSR_RESOURCE", "r0").with("BSR_NODE_ID_0", "alpha").with("BSR_NODE_ID_1", "beta");
        handler.with("BSR_PEER_NODE_ID", "1").with("BSR_MY_NODE_ID", "0");
        handler.tool("ssh", """
                case $* in
                    *" 192.0.2.2 "*) answer=first ;;
                    *" 2001:db8::2 "*) answer=second ;;
                    *) exit 99 ;;
                esac
                case $* in
                    *" bsradm outdate r0") exit $(cat $answer) ;;
                    *" bsradm role r0") cat role ;;
                esac
                """);
        handler.state("first", "255");
        handler.state("second", "255");
        handler.state("role", "Secondary/Unknown\n");
        return handler;
    }

    @ParameterizedTest
    @CsvSource({"0, 4", "5, 3", "17, 6", "255, 5", "20, 1", "127, 1"})
    void what_the_peer_answers_is_what_the_engine_is_told(String answer, int told) throws Exception {
        HandlerRun handler = handler();
        handler.state("first", answer);

        Host.Said said = handler.run("outdate-peer.sh", HOSTS);

        assertEquals(told, said.code(), said.text());
    }

    @Test
    void each_address_of_the_peer_is_tried_until_one_answers_and_none_of_this_node() throws Exception {
        HandlerRun handler = handler();
        handler.state("second", "0");

        assertEquals(4, handler.run("outdate-peer.sh", HOSTS).code());

        List<String> calls = handler.calls("ssh");
        assertEquals(2, calls.size(), calls.toString());
        assertTrue(calls.getFirst().endsWith(" 192.0.2.2 bsradm outdate r0"), calls.toString());
        assertTrue(
                calls.getFirst().contains("BatchMode=yes") && calls.getFirst().contains("ConnectTimeout="));
    }

    @Test
    void a_primary_that_refuses_is_told_as_one_whatever_its_exit_code_is() throws Exception {
        HandlerRun handler = handler();
        handler.state("first", "20");
        handler.state("role", "Primary/Unknown\n");

        assertEquals(6, handler.run("outdate-peer.sh", HOSTS).code());
    }

    @Test
    void another_command_may_take_the_place_of_ssh() throws Exception {
        HandlerRun handler = handler();
        handler.tool("rsh", "exit 5\n");

        assertEquals(
                3,
                handler.with("OUTDATE_PEER_SSH", "rsh -x")
                        .run("outdate-peer.sh", HOSTS)
                        .code());

        assertEquals(List.of("rsh -x 192.0.2.2 bsradm outdate r0"), handler.calls("rsh"));
    }

    @Test
    void wrong_use_is_10_and_nobody_is_asked() throws Exception {
        HandlerRun handler = handler();

        assertEquals(10, handler.run("outdate-peer.sh").code());
        assertEquals(10, handler.run("outdate-peer.sh", "alpha", "192.0.2.1").code());
        assertEquals(
                10,
                handler.run("outdate-peer.sh", "on", "alpha", "on", "beta", "192.0.2.2")
                        .code());
        assertEquals(
                10,
                handler.run("outdate-peer.sh", "on", "alpha", "192.0.2.1", "on").code());
        Host.Said stranger = handler.run("outdate-peer.sh", "on", "alpha", "192.0.2.1", "on", "gamma", "192.0.2.3");
        assertEquals(10, stranger.code());
        assertTrue(stranger.text().contains("beta is none of the hosts given: alpha gamma"), stranger.text());
        handler.with("BSR_RESOURCE", "r0; reboot");
        assertEquals(10, handler.run("outdate-peer.sh", HOSTS).code());

        assertEquals(List.of(), handler.calls("ssh"));
    }
}
