package io.bsr.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.wire.PacketType.Layout;
import io.bsr.wire.PacketType.Place;
import io.bsr.wire.ProtocolException.Fault;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PacketTypeTest {
    private static final Agreement BSR = new Agreement(118, Feature.ALL);

    @Test
    void the_table_is_that_of_the_reference() throws Exception {
        Set<String> expected = new TreeSet<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(getClass().getResourceAsStream("/packet-table.txt")), StandardCharsets.UTF_8))) {
            lines.lines().filter(line -> !line.startsWith("#")).forEach(expected::add);
        }

        Set<String> table = new TreeSet<>();
        for (PacketType type : PacketType.values()) {
            String number = String.format("0x%02x", type.number());
            String size = type.layout().bytes() + " " + (type.payload() == Payload.NONE ? "-" : "payload");
            if (type.place() != Place.CONTROL) {
                table.add(number + " " + type + " data " + size);
            }
            if (type.place() == Place.CONTROL || type.place() == Place.BOTH) {
                table.add(number + " " + type + " control " + size);
            }
        }

        assertEquals(String.join("\n", expected), String.join("\n", table));
    }

    @Test
    void every_number_finds_its_packet_and_no_other_number_finds_one() {
        int found = 0;
        for (int number = -1; number <= 0x1ffff; number++) {
            PacketType type = PacketType.ofNumber(number);
            if (type != null) {
                assertEquals(number, type.number());
                found++;
            }
        }

        assertEquals(PacketType.values().length, found);
        assertNull(PacketType.ofNumber(0x05));
        assertNull(PacketType.ofNumber(Integer.MIN_VALUE));
    }

    @Test
    void packets_of_the_control_stream_have_no_payload() {
        for (PacketType type : PacketType.values()) {
            if (type.place() == Place.CONTROL) {
                assertEquals(Payload.NONE, type.payload(), type.toString());
                assertFalse(type.travelsOn(StreamRole.DATA), type.toString());
            }
        }
    }

    @Test
    void only_packets_of_bsr_exist_from_version_113_on_alone() {
        for (PacketType type : PacketType.values()) {
            assertEquals(type.since() >= Versions.DECOUPLED_RESYNC, type.family() == Family.BSR, type.toString());
            assertTrue(type.since() <= type.until(), type.toString());
        }
    }

    @Test
    void a_new_connection_allows_nothing_but_the_first_packets_and_the_features() {
        EnumSet<PacketType> allowed = EnumSet.noneOf(PacketType.class);
        for (PacketType type : PacketType.values()) {
            if (type.allowedBy(Agreement.NONE_YET)) {
                allowed.add(type);
            }
        }

        assertEquals(
                EnumSet.of(PacketType.INITIAL_DATA, PacketType.INITIAL_META, PacketType.CONNECTION_FEATURES), allowed);
    }

    @Test
    void generations_before_110_and_after_exclude_each_other() {
        Agreement old = new Agreement(101, Feature.ALL);

        assertTrue(PacketType.UUIDS.allowedBy(old) && !PacketType.UUIDS110.allowedBy(old));
        assertTrue(PacketType.UUIDS110.allowedBy(BSR) && !PacketType.UUIDS.allowedBy(BSR));
        assertTrue(PacketType.TRIM.allowedBy(old));
        assertFalse(PacketType.TRIM.allowedBy(new Agreement(101, Feature.WSAME.bit())));
    }

    @Test
    void sizes_grow_with_the_queue_limits() {
        assertEquals(56, PacketType.SIZES.subHeaderBytes(BSR));
        assertEquals(32, PacketType.SIZES.subHeaderBytes(new Agreement(118, 0)));
    }

    @Test
    void a_length_below_or_above_what_the_packet_can_have_is_refused() throws Exception {
        PacketType.BARRIER.checkLength(8, BSR);
        PacketType.DATA.checkLength(24, BSR);
        PacketType.DATA.checkLength(24 + 64 + (1 << 20), BSR);

        for (int length : List.of(-1, 0, 7, 9, Integer.MAX_VALUE, Integer.MIN_VALUE)) {
            assertRefused(PacketType.BARRIER, length, BSR);
        }
        assertRefused(PacketType.DATA, 23, BSR);
        assertRefused(PacketType.DATA, 24 + 64 + (1 << 20) + 1, BSR);
        assertRefused(PacketType.DATA, 24 + 64 + (128 << 10) + 1, new Agreement(95, 0));
        assertRefused(PacketType.BITMAP, 4081, BSR);
        assertRefused(PacketType.BITMAP, 4089, new Agreement(95, 0));
    }

    private static void assertRefused(PacketType type, int length, Agreement agreed) {
        ProtocolException refused =
                assertThrows(ProtocolException.class, () -> type.checkLength(length, agreed), type + " " + length);
        assertEquals(Fault.BAD_LENGTH, refused.fault());
    }

    @Test
    void the_page_has_a_row_for_each_packet() {
        String page = PacketTable.markdown();

        assertEquals(PacketType.values().length + 2, page.lines().count());
        assertTrue(
                page.contains("| 0x42 | P_UUIDS110 | data | 40 | identifiers | from 110 |  | bsr, DRBD 9 |\n"), page);
        assertTrue(page.contains("| 0x0c | P_UUIDS | data | 48 | none | to 109 |  | bsr, DRBD 8.4, DRBD 9 |\n"), page);
        assertTrue(page.contains("| 0x36 | P_ZEROES | data | 28 | none | all | WZEROES |"), page);
    }

    @Test
    void layouts_without_bytes_belong_to_packets_without_contents_or_with_payload_only() {
        for (PacketType type : PacketType.values()) {
            if (type.layout() == Layout.EMPTY) {
                assertEquals(Payload.NONE, type.payload(), type.toString());
            } else if (type.layout().bytes() == 0) {
                assertFalse(type.payload() == Payload.NONE, type.toString());
            }
        }
    }
}
