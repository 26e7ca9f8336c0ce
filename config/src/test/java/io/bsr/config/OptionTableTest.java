package io.bsr.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.config.diagnostic.DiagnosticCode;
import io.bsr.config.option.OptionDefinition;
import io.bsr.config.option.OptionGroup;
import io.bsr.config.option.OptionTable;
import io.bsr.config.option.OptionType;
import io.bsr.config.option.OptionValue;
import io.bsr.config.option.Quantity;
import io.bsr.config.option.Scale;
import io.bsr.config.option.Settings;
import io.bsr.config.running.RunningReader;
import io.bsr.config.running.RunningResource;
import io.bsr.config.running.ShowText;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class OptionTableTest {
    private static OptionDefinition net(String name) {
        return OptionTable.get(OptionGroup.NET, name);
    }

    private static Optional<DiagnosticCode> check(OptionDefinition option, String value) {
        return OptionValue.check(option, value).map(OptionValue.Refusal::code);
    }

    @Test
    void names_order_defaults_and_units_are_those_that_the_original_shows() throws Exception {
        String shown = Texts.resource("show-defaults.txt");

        var running = RunningReader.read(Texts.resource("show.txt")).getFirst();

        assertEquals(shown, ShowText.of(withEmptyPeerDevice(running), true));
    }

    @Test
    void values_that_differ_from_the_default_are_shown_as_the_original_shows_them() throws Exception {
        String shown = Texts.resource("show.txt");

        assertEquals(shown, ShowText.of(RunningReader.read(shown).getFirst(), false));
    }

    private static RunningResource withEmptyPeerDevice(RunningResource running) {
        var connection = running.connections().getFirst();
        var peerDevices = new TreeMap<Integer, Settings>();
        peerDevices.put(0, Settings.NONE);
        var withVolume = new RunningResource.RunningConnection(
                connection.peerNodeId(),
                connection.peerName(),
                connection.peerGroup(),
                connection.paths(),
                connection.net(),
                peerDevices,
                connection.standAlone());
        return new RunningResource(
                running.name(),
                running.options(),
                running.nodeId(),
                running.nodeName(),
                running.group(),
                running.nodeOptions(),
                running.volumes(),
                List.of(withVolume));
    }

    @Test
    void every_default_is_a_value_that_the_option_accepts() {
        for (OptionDefinition option : OptionTable.all()) {
            boolean zeroMeansOff = option.type() instanceof OptionType.Numeric n && n.defaultValue() < n.min();
            boolean unset = option.defaultText().isEmpty() || zeroMeansOff;

            assertTrue(unset || check(option, option.defaultText()).isEmpty(), option.name());
            assertFalse(option.text().isEmpty(), option.name());
        }
    }

    @Test
    void a_plain_number_counts_in_the_scale_of_the_option() {
        assertEquals(Optional.of(BigInteger.valueOf(7)), Quantity.parse("7", Scale.KIB));
        assertEquals(Optional.of(BigInteger.valueOf(10240)), Quantity.parse("10M", Scale.KIB));
        assertEquals(Optional.of(BigInteger.valueOf(2048)), Quantity.parse("1m", Scale.SECTOR));
        assertEquals(Optional.of(BigInteger.valueOf(512)), Quantity.parse("1s", Scale.ONE));
    }

    @Test
    void conversion_to_a_larger_unit_rounds_up() {
        assertEquals(Optional.of(BigInteger.TWO), Quantity.parse("3s", Scale.KIB));
        assertEquals(Optional.of(BigInteger.ONE), Quantity.parse("1s", Scale.KIB));
    }

    @Test
    void only_one_known_letter_may_follow_a_number() {
        for (String text : new String[] {"10MB", "10T", "", "k", "1.5M", "0x10", "1 0", "--1", "٣"}) {
            assertEquals(Optional.empty(), Quantity.parse(text, Scale.ONE), text);
        }
    }

    @Test
    void numbers_outside_the_range_are_refused() {
        assertEquals(Optional.of(DiagnosticCode.VALUE_TOO_SMALL), check(net("ping-int"), "0"));
        assertEquals(Optional.of(DiagnosticCode.VALUE_TOO_BIG), check(net("ping-int"), "121"));
        assertEquals(Optional.empty(), check(net("ping-int"), "120"));
        assertEquals(Optional.of(DiagnosticCode.VALUE_TOO_BIG), check(net("ping-int"), "9".repeat(100)));
    }

    @Test
    void clamped_options_pass_values_outside_the_range_on() {
        assertEquals(Optional.empty(), check(net("sndbuf-size"), "1"));
        assertEquals(Optional.empty(), check(OptionTable.get(OptionGroup.DISK, "al-extents"), "7"));
        assertEquals(Optional.of(DiagnosticCode.VALUE_NOT_A_NUMBER), check(net("sndbuf-size"), "much"));
    }

    @Test
    void only_the_protocol_ignores_the_case_of_letters() {
        assertEquals(Optional.empty(), check(net("protocol"), "a"));
        assertEquals(Optional.of(DiagnosticCode.VALUE_NOT_VALID), check(net("fencing"), "Dont-Care"));
        assertTrue(OptionValue.same(net("protocol"), "c", "C"));
    }

    @Test
    void booleans_are_yes_or_no_and_nothing_else() {
        for (String text : new String[] {"true", "on", "1", "", "YES"}) {
            assertEquals(Optional.of(DiagnosticCode.VALUE_NOT_BOOLEAN), check(net("tcp-cork"), text), text);
        }
    }

    @Test
    void quorum_is_a_word_or_a_number_of_nodes() {
        OptionDefinition quorum = OptionTable.get(OptionGroup.RESOURCE, "quorum");

        assertEquals(Optional.empty(), check(quorum, "majority"));
        assertEquals(Optional.empty(), check(quorum, "32"));
        assertEquals(Optional.of(DiagnosticCode.VALUE_NOT_VALID), check(quorum, "33"));
        assertEquals(Optional.of(DiagnosticCode.VALUE_NOT_VALID), check(quorum, "most"));
    }

    @Test
    void a_resync_ratio_has_two_parts() {
        OptionDefinition ratio = OptionTable.get(OptionGroup.PEER_DEVICE, "resync-ratio");

        assertEquals(Optional.empty(), check(ratio, "1:10000"));
        for (String text : new String[] {"1", "0:1", "1:10001", "1:2:3", ":", "a:b"}) {
            assertEquals(Optional.of(DiagnosticCode.VALUE_NOT_VALID), check(ratio, text), text);
        }
    }

    @Test
    void a_shared_secret_has_at_most_63_characters() {
        assertEquals(Optional.empty(), check(net("shared-secret"), "x".repeat(63)));
        assertEquals(Optional.of(DiagnosticCode.VALUE_TOO_LONG), check(net("shared-secret"), "x".repeat(64)));
    }
}
