package io.bsr.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bytes of generic netlink as linux/netlink.h, linux/genetlink.h and linux/nbd-netlink.h have them. */
class NetlinkMessageTest {
    private static final HexFormat HEX = HexFormat.of();

    @BeforeEach
    void needs() {
        assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "the bytes of this test are little-endian");
    }

    private static byte[] bytes(String... parts) {
        return HEX.parseHex(String.join("", parts));
    }

    @Test
    void the_family_is_asked_for_by_its_name() {
        byte[] expected = bytes("1c000000", "1000", "0500", "07000000", "00000000", "03010000", "08000200", "6e626400");

        assertEquals(HEX.formatHex(expected), HEX.formatHex(NbdRequests.family(7)));
    }

    @Test
    void a_socket_is_a_number_in_an_item_in_a_list() {
        byte[] request = new NbdRequests(0x1c, 2).reconnect(5, "b", 9);

        byte[] expected = bytes(
                "34000000",
                "1c00",
                "0500",
                "02000000",
                "00000000",
                "03010000",
                "08000100",
                "05000000",
                "06000a00",
                "62000000",
                "10000780",
                "0c000180",
                "08000100",
                "09000000");
        assertEquals(HEX.formatHex(expected), HEX.formatHex(request));
    }

    @Test
    void an_answer_has_its_number_and_the_acknowledgement_its_error() {
        byte[] answer = bytes("1c000000", "1c00", "0000", "02000000", "00000000", "01010000", "08000100", "03000000");
        byte[] refusal = bytes("14000000", "0200", "0000", "02000000", "00000000", "f0ffffff");

        List<NetlinkMessage.Answer> first = NetlinkMessage.decode(answer, answer.length);
        List<NetlinkMessage.Answer> second = NetlinkMessage.decode(refusal, refusal.length);

        assertEquals(3, first.getFirst().number(NbdRequests.INDEX).orElseThrow());
        assertTrue(second.getFirst().acknowledges());
        assertEquals(-16, second.getFirst().error());
    }

    @Test
    void what_is_cut_off_is_refused() {
        byte[] answer = bytes("1c000000", "1c00", "0000", "02000000", "00000000", "01010000", "08000100", "03000000");

        for (int length = 1; length < answer.length; length++) {
            byte[] part = Arrays.copyOf(answer, length);
            assertThrows(IllegalArgumentException.class, () -> NetlinkMessage.decode(part, part.length));
        }
    }
}
