package io.bsr.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.port.Endpoint;
import io.bsr.engine.log.EngineLog;
import io.bsr.loop.LoopKind;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EngineOptionsTest {
    @Test
    void without_options_the_engine_is_that_of_the_host() throws StartException {
        EngineOptions options = run(Map.of(), "");

        assertEquals(Path.of("/"), options.root());
        assertEquals("host", options.node());
        assertEquals(LoopKind.AUTO, options.loop());
        assertEquals(List.of(), options.nbdListen());
        assertEquals(EngineLog.Console.TERMINAL, options.console());
        assertEquals(
                EngineLog.Console.JOURNAL,
                run(Map.of("JOURNAL_STREAM", "8:1"), "").console());
    }

    @Test
    void the_environment_names_root_and_node_and_options_win() throws StartException {
        Map<String, String> environment = Map.of("BSR_ROOT", "/a/../b", "__BSR_NODE__", "alpha");

        assertEquals(Path.of("/b"), run(environment, "").root());
        assertEquals("alpha", run(environment, "").node());
        assertEquals(Path.of("/c"), run(environment, "--root /c --node=beta").root());
        assertEquals("beta", run(environment, "--root /c --node=beta").node());
    }

    @Test
    void every_option_is_understood() throws StartException {
        EngineOptions options = run(
                Map.of(),
                "--loop portable --loops 3 --nbd-listen 127.0.0.1 --nbd-listen=[::1]:99 --nbd-listen unix:/x/y"
                        + " --quiet --foreground");

        assertEquals(LoopKind.PORTABLE, options.loop());
        assertEquals(3, options.loops());
        assertEquals(
                List.of(Endpoint.ipv4("127.0.0.1", 10809), Endpoint.ipv6("::1", 99), Endpoint.unix("/x/y")),
                options.nbdListen());
        assertEquals(EngineLog.Console.NONE, options.console());
    }

    @Test
    void there_is_one_loop_for_two_processors_and_at_most_four() {
        assertEquals(1, EngineOptions.defaultLoops(1));
        assertEquals(1, EngineOptions.defaultLoops(2));
        assertEquals(2, EngineOptions.defaultLoops(4));
        assertEquals(4, EngineOptions.defaultLoops(64));
    }

    @Test
    void the_sockets_of_further_loops_are_beside_that_of_the_first() throws StartException {
        EngineOptions options = run(Map.of(), "--root /r --nbd-listen 127.0.0.1:5000");
        io.bsr.control.EngineFiles files = new io.bsr.control.EngineFiles(options.root());

        assertEquals(
                List.of(Endpoint.unix("/r/run/bsr/nbd.sock"), Endpoint.ipv4("127.0.0.1", 5000)),
                NbdAddresses.of(files, options, 0));
        assertEquals(
                List.of(Endpoint.unix("/r/run/bsr/nbd-2.sock"), Endpoint.ipv4("127.0.0.1", 5002)),
                NbdAddresses.of(files, options, 2));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --frobnicate            | no option "--frobnicate"
                    extra                   | no option "extra"
                    --root                  | --root needs a value
                    --root=                 | --root needs a value
                    --loop fast             | none of auto, uring, portable
                    --loops 0               | not a number from 1 to 64
                    --loops 65              | not a number from 1 to 64
                    --loops -1              | not a number from 1 to 64
                    --nbd-listen 1.2.3.4:0  | is not an address
                    --nbd-listen 1.2.3.4:x  | is not an address
                    --nbd-listen [::1]x     | is not an address
                    --node a/b              | cannot be the name of a node
                    --quiet=yes             | takes no value
                    """)
    void what_makes_no_sense_is_refused(String line, String reason) {
        StartException refusal = assertThrows(StartException.class, () -> run(Map.of(), line));

        assertTrue(String.valueOf(refusal.getMessage()).contains(reason), refusal.getMessage());
    }

    private static EngineOptions run(Map<String, String> environment, String line) throws StartException {
        List<String> words =
                line.isEmpty() ? List.of() : Arrays.stream(line.split(" ", -1)).toList();
        return assertInstanceOf(EngineOptions.Wish.Run.class, EngineOptions.parse(words, environment, "host"))
                .options();
    }
}
