package io.bsr.engine.parameter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.control.EngineFiles;
import io.bsr.control.parameter.Parameter;
import io.bsr.control.status.ParameterStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ParametersTest {
    @TempDir
    Path root = Path.of("/");

    @Test
    void the_file_of_the_service_names_parameters_and_the_command_line_wins() throws Exception {
        defaults("""
                hook_start() { mount /srv/data; }
                ADD_MOD_PARAM=minor_count=3
                # ADD_MOD_PARAM="fault_rate=1"
                ADD_MOD_PARAM="fault_rate=25 fault_devs=0x3  usermode_helper=/bin/h"   # for the test
                """);

        Parameters parameters = of("fault_rate=50");

        assertEquals(50, parameters.number(Parameter.FAULT_RATE));
        assertEquals(3, parameters.number(Parameter.FAULT_DEVS));
        assertEquals("/bin/h", parameters.text(Parameter.USERMODE_HELPER));
        assertEquals("32", parameters.text(Parameter.MINOR_COUNT));
        assertEquals(List.of(), parameters.remarks());
    }

    @ParameterizedTest
    @CsvSource({"fault_rate=5", "'fault_rate=5'", "  export ADD_MOD_PARAM=fault_rate=5;"})
    void an_assignment_may_be_written_as_a_shell_takes_it(String text) throws Exception {
        defaults(text.contains("export") ? text + "\n" : "ADD_MOD_PARAM=" + text + "\n");

        assertEquals(5, of().number(Parameter.FAULT_RATE));
    }

    @Test
    void what_only_a_shell_can_expand_is_refused() throws Exception {
        defaults("ADD_MOD_PARAM=\"fault_rate=$RATE\"\n");

        ParameterException refusal = assertThrows(ParameterException.class, this::of);

        assertTrue(String.valueOf(refusal.getMessage()).contains("only a shell can expand"), refusal.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "minor_count=0, 1 to 255",
        "minor_count=256, 1 to 255",
        "fault_rate=101, 0 to 100",
        "fault_rate=-1, 0 to 100",
        "fault_rate=, 0 to 100",
        "fault_devs=99999999999, 0 or more",
        "disable_sendpage=maybe, Y or N",
        "daemon_tcp_port=70000, 1 to 65535"
    })
    void a_value_out_of_range_keeps_the_engine_from_starting(String word, String range) {
        ParameterException refusal = assertThrows(ParameterException.class, () -> of(word));

        assertTrue(String.valueOf(refusal.getMessage()).contains(range), refusal.getMessage());
    }

    @Test
    void an_unknown_parameter_is_ignored_and_mentioned_as_is_one_without_effect() throws Exception {
        Parameters parameters = of("use_fast_sync=1", "disable_sendpage");

        assertEquals("Y", parameters.text(Parameter.DISABLE_SENDPAGE));
        assertEquals(2, parameters.remarks().size());
        assertTrue(parameters.remarks().getFirst().contains("\"use_fast_sync\""), parameters.remarks()::toString);
        assertTrue(parameters.remarks().getLast().contains("has no effect"), parameters.remarks()::toString);
    }

    @Test
    void what_counts_from_the_start_or_not_at_all_is_not_changed_later() throws Exception {
        Parameters parameters = of();

        parameters.change("fault_rate", "7");

        assertEquals(7, parameters.number(Parameter.FAULT_RATE));
        for (String name : List.of("usermode_helper", "minor_count", "frobnicate")) {
            assertThrows(ParameterException.class, () -> parameters.change(name, "1"), name);
        }
        assertThrows(ParameterException.class, () -> parameters.change("fault_rate", "700"));
        assertEquals(7, parameters.number(Parameter.FAULT_RATE));
    }

    @ParameterizedTest
    @EnumSource(Parameter.class)
    void every_parameter_takes_its_default_and_says_why_it_has_no_effect(Parameter parameter) {
        assertEquals(
                parameter.standard(), parameter.canonical(parameter.standard()).orElse("refused"));
        assertEquals(
                parameter.change() == Parameter.Change.NONE, !parameter.why().isEmpty());
        String line = ParameterStatus.of(parameter, parameter.standard()).line();
        assertTrue(line.startsWith("parm:    " + parameter.shown() + "=" + parameter.standard()), line);
    }

    private void defaults(String text) throws IOException {
        Files.createDirectories(root.resolve("etc/default"));
        Files.writeString(root.resolve("etc/default/bsr"), text);
    }

    private Parameters of(String... given) throws ParameterException {
        return Parameters.of(new EngineFiles(root), List.of(given));
    }
}
