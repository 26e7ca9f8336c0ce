package io.bsr.control.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.port.Endpoint;
import io.bsr.control.RandomRecords;
import io.bsr.control.command.Command;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTest {
    private static final String HEAD = "{\"version\":1,\"id\":7,";

    @Test
    void a_request_has_the_documented_form() {
        Request request = new Request(1, 30000, new Command.Primary("r0", true));

        assertEquals(
                "{\"version\":1,\"id\":1,\"timeout-millis\":30000,\"command\":\"primary\","
                        + "\"arguments\":{\"resource\":\"r0\",\"force\":true,\"full-sync\":false}}",
                new String(request.encode(), UTF_8));
    }

    @Test
    void addresses_and_options_have_the_documented_form() {
        Request path = new Request(
                2, 1, new Command.NewPath("r0", 1, Endpoint.ipv4("10.0.0.1", 7788), Endpoint.ipv6("fd00::1", 7789)));
        Request peer = new Request(3, 1, new Command.NewPeer("r0", 1, Map.of("protocol", "C")));

        assertTrue(
                new String(path.encode(), UTF_8)
                        .endsWith("{\"resource\":\"r0\",\"peer-node-id\":1,"
                                + "\"local\":{\"family\":\"ipv4\",\"address\":\"10.0.0.1\",\"port\":7788},"
                                + "\"remote\":{\"family\":\"ipv6\",\"address\":\"fd00::1\",\"port\":7789}}}"),
                new String(path.encode(), UTF_8));
        assertTrue(new String(peer.encode(), UTF_8).endsWith("\"options\":{\"protocol\":\"C\"}}}"));
    }

    @Test
    void every_command_is_read_back_as_it_was_written() throws UnacceptableRequestException {
        RandomRecords records = new RandomRecords(1);
        for (Class<?> type : Objects.requireNonNull(Command.class.getPermittedSubclasses())) {
            for (int i = 0; i < 50; i++) {
                Request request = new Request(i, 1 + i, (Command) records.make(type));

                byte[] line = request.encode();

                assertEquals(request, Request.decode(line));
                assertFalse(new String(line, UTF_8).contains("\n"), "a line feed inside of a line");
            }
        }
    }

    @Test
    void missing_flags_options_and_nullable_arguments_have_their_natural_values() throws UnacceptableRequestException {
        assertEquals(
                new Command.Status(null),
                decode(HEAD + "\"command\":\"status\"}").command());
        assertEquals(
                new Command.NewResource("r0", 1, Map.of()),
                decode(HEAD + "\"command\":\"new-resource\",\"arguments\":{\"resource\":\"r0\",\"node-id\":1}}")
                        .command());
        assertEquals(
                new Command.Primary("r0", false),
                decode(HEAD + "\"command\":\"primary\",\"arguments\":{\"resource\":\"r0\",\"force\":null}}")
                        .command());
        assertEquals(
                Limits.DEFAULT_TIMEOUT.toMillis(),
                decode(HEAD + "\"command\":\"info\"}").timeoutMillis());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"id":7,"command":"info"}                                              | version
                    {"version":2,"id":7,"command":"info"}                                  | use the tools that came with the engine
                    {"version":1,"id":7}                                                   | needs a string "command"
                    {"version":1,"id":7,"command":5}                                       | needs a string "command"
                    {"version":1,"id":7,"command":"format-disk"}                           | there is no command "format-disk"
                    {"version":1,"id":7,"command":"info","then":1}                         | no member "then"
                    {"version":1,"id":7,"command":"down"}                                  | Down needs resource
                    {"version":1,"id":7,"command":"down","arguments":[]}                   | an array and must be an object
                    {"version":1,"id":7,"command":"down","arguments":{"resource":5}}       | resource is a number and must be a string
                    {"version":1,"id":7,"command":"down","arguments":{"resource":"r","x":1}} | no argument x; it takes resource
                    {"version":1,"id":7,"command":"del-minor","arguments":{"minor":4294967296}} | does not fit 32 bits
                    {"version":1,"id":7,"command":"del-minor","arguments":{"minor":"0"}}   | minor is a string and must be a number
                    {"version":1,"id":7,"command":"primary","arguments":{"resource":"r","force":"yes"}} | must be true or false
                    {"version":1,"id":7,"command":"new-resource","arguments":{"resource":"r","node-id":0,"options":{"a":1}}} | a is a number and must be a string
                    {"version":1,"id":7,"timeout-millis":0,"command":"info"}               | timeout-millis must be a number from 1
                    {"version":1,"id":7,"timeout-millis":600001,"command":"info"}          | timeout-millis must be a number from 1
                    {"version":1,"id":7,"command":"new-path","arguments":{"resource":"r","peer-node-id":1,"local":{"family":"ipx","address":"","port":1},"remote":{}}} | "ipx" is none of ipv4, ipv6, unix
                    {"version":1,"id":7,"command":"new-path","arguments":{"resource":"r","peer-node-id":1,"local":{"family":"ipv4","address":"","port":70000},"remote":{}}} | port 70000 is not in
                    """)
    void a_request_that_makes_no_sense_is_refused_with_its_id(String line, String reason) {
        UnacceptableRequestException refusal =
                assertThrows(UnacceptableRequestException.class, () -> Request.decode(line.getBytes(UTF_8)));

        assertTrue(String.valueOf(refusal.getMessage()).contains(reason), refusal.getMessage());
        assertEquals(7, refusal.id());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "5",
                "[]",
                "\"text\"",
                "{",
                "{\"version\":1",
                "{\"version\":1}{\"version\":1}",
                "{\"version\":1,\"version\":1}",
                "{\"version\":1.5,\"command\":\"info\"}",
                "{\"version\":99999999999999999999999999,\"command\":\"info\"}",
                "{'version':1}",
                "GET / HTTP/1.1",
                "\u0000\u0001\u0002",
                "{\"version\":1,\"id\":-5,\"command\":\"info\"}",
                "{\"version\":NaN}"
            })
    void what_is_no_request_is_refused_without_an_id(String line) {
        UnacceptableRequestException refusal =
                assertThrows(UnacceptableRequestException.class, () -> Request.decode(line.getBytes(UTF_8)));

        assertEquals(0, refusal.id());
    }

    @Test
    void nesting_beyond_the_limit_is_refused_and_does_not_exhaust_the_stack() {
        byte[] bomb = "[".repeat(100_000).getBytes(UTF_8);

        assertThrows(UnacceptableRequestException.class, () -> Request.decode(bomb));
    }

    @Test
    void every_prefix_of_a_request_is_refused() {
        byte[] line = new Request(1, 2, new Command.NewMinor("r0", 3, 4, Map.of("a", "b"))).encode();

        for (int length = 0; length < line.length; length++) {
            byte[] prefix = java.util.Arrays.copyOf(line, length);
            assertThrows(UnacceptableRequestException.class, () -> Request.decode(prefix));
        }
    }

    @Test
    void damaged_requests_are_read_or_refused_and_never_anything_else() {
        RandomRecords records = new RandomRecords(2);
        Random random = new Random(3);
        int accepted = 0;
        int refused = 0;
        for (int i = 0; i < 2_000; i++) {
            byte[] whole = new Request(1, 1000, records.make(Command.class)).encode();
            for (int j = 0; j < 25; j++) {
                byte[] line = whole.clone();
                for (int damage = random.nextInt(3); damage >= 0; damage--) {
                    line[random.nextInt(line.length)] = random.nextBoolean()
                            ? (byte) random.nextInt()
                            : (byte) "{}[]\",:0-9.e\\tn".charAt(random.nextInt(15));
                }
                try {
                    Request.decode(line);
                    accepted++;
                } catch (UnacceptableRequestException e) {
                    refused++;
                }
            }
        }

        assertTrue(accepted > 500 && refused > 10_000, accepted + " accepted, " + refused + " refused");
    }

    private static Request decode(String line) throws UnacceptableRequestException {
        return Request.decode(line.getBytes(UTF_8));
    }
}
