package io.bsr.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.config.diagnostic.ConfigException;
import io.bsr.config.diagnostic.Diagnostic;
import io.bsr.config.diagnostic.DiagnosticCode;
import io.bsr.config.diagnostic.Diagnostics;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DiagnosticsTest {
    private static String messages(String text) {
        return Texts.read(text).diagnostics().stream().map(Diagnostic::render).collect(Collectors.joining("\n"));
    }

    private static String resource(String content) {
        return "resource r0 {\n" + Texts.TWO_HOSTS + content + "\n}\n";
    }

    @Test
    void a_mistyped_option_is_shown_with_its_line_and_the_nearest_name() {
        assertEquals("""
                /etc/bsr.d/r0.res:5:9: error[C202]: 'pingint' is no option of section 'net'
                    5 |   net { pingint 10; }
                      |         ^~~~~~~
                    did you mean 'ping-int'?""", messages(resource("  net { pingint 10; }")));
    }

    @Test
    void a_value_out_of_range_is_shown_with_the_range() {
        assertEquals("""
                /etc/bsr.d/r0.res:5:18: error[C305]: value '121' of 'ping-int' is too big
                    5 |   net { ping-int 121; }
                      |                  ^~~
                    expected: 1 … 120""", messages(resource("  net { ping-int 121; }")));
    }

    @Test
    void a_missing_semicolon_is_shown_where_it_belongs_and_reading_goes_on_with_the_next_line() {
        assertEquals("""
                /etc/bsr.d/r0.res:6:16: error[C105]: ';' expected behind '10'
                    6 |     ping-int 10
                      |                ^
                    expected: ';'
                /etc/bsr.d/r0.res:7:13: error[C304]: value '0' of 'timeout' is too small
                    7 |     timeout 0;
                      |             ^
                    expected: 1 … 600""", messages(resource("  net {\n    ping-int 10\n    timeout 0;\n  }")));
    }

    @Test
    void ambiguous_inheritance_is_shown_with_both_places() {
        assertEquals(
                """
                /etc/bsr.d/r0.res:6:36: error[C601]: ambiguous inheritance in resource 'r0': 'ping-int' should be '8' and '7' at the same time
                    6 | connection-mesh { hosts a b; net { ping-int 8; } }
                      |                                    ^~~~~~~~
                    /etc/bsr.d/r0.res:5:7: the other value stands here
                    Set the value in one of the two places, or the same value in both.""", messages(resource("net { ping-int 7; }\nconnection-mesh { hosts a b; net { ping-int 8; } }")));
    }

    @Test
    void a_duplicate_is_shown_with_the_place_of_the_first() {
        assertEquals("""
                /etc/bsr.d/r0.res:6:1: error[C401]: 'net' is given twice
                    6 | net { }
                      | ^~~
                    /etc/bsr.d/r0.res:5:1: 'net' was first given here
                    Remove one of the two.""", messages(resource("net { }\nnet { }")));
    }

    @Test
    void an_option_in_the_wrong_section_is_told_where_it_belongs() {
        assertEquals("""
                /etc/bsr.d/r0.res:5:8: error[C203]: option 'fencing' cannot stand in this 'disk' section, it belongs into 'net'
                    5 | disk { fencing resource-only; }
                      |        ^~~~~~~""", messages(resource("disk { fencing resource-only; }")));
    }

    @Test
    void a_reserved_word_as_a_name_needs_quotes() {
        assertEquals("""
                /etc/bsr.d/r0.res:1:10: error[C105]: 'disk' is a reserved word; put it into quotes to use it as a resource name
                    1 | resource disk { }
                      |          ^~~~
                    expected: a resource name""", messages("resource disk { }"));
        assertEquals(List.of("C507"), Texts.codes("resource \"disk\" { }"));
    }

    @Test
    void the_caret_stays_below_its_word_behind_tabs_and_on_very_long_lines() {
        String far = " ".repeat(5000);

        String tab = messages(resource("\tnet {\tpingint 1; }"));
        String longLine = messages(resource(far + "net { pingint 1; }"));

        assertTrue(tab.contains("    5 |  net { pingint 1; }\n      |        ^~~~~~~"), tab);
        assertTrue(longLine.lines().allMatch(line -> line.length() < 200), longLine);
        String[] lines = longLine.split("\n", -1);
        assertEquals(lines[1].indexOf("pingint"), lines[2].indexOf('^'), longLine);
    }

    @Test
    void all_mistakes_of_a_file_are_reported_at_once() {
        String text = """
                global { minor-count 0; nonsense; }
                common { net { timeout 601; tcp-cork; } on x { } }
                resource r0 {
                  protocol D;
                  volume x { }
                  on a { node-id 32; address 10.0.0.1; }
                  connection { host a host b; }
                  floating 10.0.0.2:99999;
                }
                resource r0 { }
                oops;
                """;

        assertEquals(
                List.of(
                        "C304", "C201", "C305", "C307", "C203", "C301", "C105", "C305", "C105", "C105", "C305", "C401",
                        "C201"),
                Texts.codes(text).stream().filter(code -> !code.equals("C703")).toList());
    }

    @Test
    void a_resource_with_a_mistake_is_not_blamed_for_what_it_lacks() {
        assertEquals(List.of("C201"), Texts.codes("resource r0 { onn a { node-id 0; } }"));
    }

    @Test
    void what_was_read_wrongly_stops_the_configuration_from_being_used() {
        ReadResult result = Texts.read(resource("net { ping-int 121; }"));

        ConfigException thrown = assertThrows(ConfigException.class, result::orThrow);
        assertEquals(result.diagnostics(), thrown.diagnostics());
    }

    @Test
    void warnings_leave_a_configuration_valid() {
        ReadResult result = Texts.read(resource("") + "global { }");

        assertEquals(List.of("W801"), Texts.codes(result));
        assertTrue(result.valid());
    }

    @Test
    void control_characters_of_a_file_do_not_reach_the_terminal() {
        String message = messages("resource \u001b[31mred { }");

        assertFalse(message.contains("\u001b"), message);
    }

    @Test
    void the_number_of_findings_is_bounded() {
        ReadResult result = Texts.read("oops;\n".repeat(100_000));

        assertEquals(Diagnostics.LIMIT + 1, result.diagnostics().size());
        assertEquals("C099", result.diagnostics().getLast().code().code());
    }

    @Test
    void codes_are_unique() {
        Set<String> seen = new HashSet<>();

        Arrays.stream(DiagnosticCode.values()).forEach(code -> assertTrue(seen.add(code.code()), code.code()));
    }
}
