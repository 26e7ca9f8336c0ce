package io.bsr.frontend.nbd;

import static io.bsr.frontend.nbd.HandshakeCode.*;
import static io.bsr.frontend.nbd.TransmissionCode.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.frontend.nbd.NbdTestClient.OptionReply;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class NegotiationTest {
    private static final byte[] NOTHING = new byte[0];
    private final ServerInMemory net = new ServerInMemory(1);

    @AfterEach
    void nothing_is_left_behind() {
        net.server.close();
        net.assertNothingLeft();
    }

    @Test
    void export_name_answers_size_flags_and_124_zeroes() {
        NbdTestClient client = net.connect().greet(FLAG_FIXED_NEWSTYLE);

        client.sendOption(OPT_EXPORT_NAME, "r0".getBytes(StandardCharsets.UTF_8));
        ByteBuffer answer = client.take(10 + 124);

        assertEquals(64 << 20, answer.getLong());
        assertEquals(
                HAS_FLAGS | SEND_FLUSH | SEND_FUA | SEND_TRIM | SEND_WRITE_ZEROES | CAN_MULTI_CONN, answer.getShort());
        byte[] zeroes = new byte[124];
        answer.get(zeroes);
        assertArrayEquals(new byte[124], zeroes);
        assertEquals(0, client.call(CMD_FLUSH, 0, 0, 0, null).error);
    }

    @Test
    void export_name_leaves_the_zeroes_out_if_asked_to() {
        NbdTestClient client = net.connect().greet();

        client.sendOption(OPT_EXPORT_NAME, "r0/0".getBytes(StandardCharsets.UTF_8));
        client.take(10);

        assertEquals(0, client.stream.clientHas());
        assertEquals(0, client.call(CMD_READ, 0, 0, 512, null).error);
    }

    @Test
    void an_old_newstyle_client_may_choose_an_export_by_name() {
        NbdTestClient client = net.connect().greet(0);

        client.sendOption(OPT_EXPORT_NAME, NOTHING);

        assertEquals(64 << 20, client.take(134).getLong());
    }

    @Test
    void an_old_newstyle_client_is_cut_off_at_any_other_option() {
        NbdTestClient client = net.connect().greet(0);

        client.sendOption(OPT_LIST, NOTHING);
        net.loop.run();

        assertTrue(client.stream.closedByServer());
    }

    @Test
    void export_name_of_something_unknown_ends_the_session() {
        NbdTestClient client = net.connect().greet();

        client.sendOption(OPT_EXPORT_NAME, "r9".getBytes(StandardCharsets.UTF_8));
        net.loop.run();

        assertTrue(client.stream.closedByServer());
        assertEquals(0, client.stream.clientHas());
        assertTrue(String.valueOf(net.lastLog()).contains("no export has the name \"r9\""), net.log.toString());
    }

    @Test
    void unknown_client_flags_end_the_session() {
        NbdTestClient client = net.connect().greet(1 << 7);

        net.loop.run();

        assertTrue(client.stream.closedByServer());
    }

    @Test
    void go_answers_what_was_asked_for() {
        NbdTestClient client = net.connect().greet();

        List<OptionReply> replies = client.option(
                OPT_GO, NbdTestClient.goData("r0", INFO_NAME, INFO_DESCRIPTION, INFO_BLOCK_SIZE, INFO_EXPORT, 4711));

        assertEquals(List.of(REP_INFO, REP_INFO, REP_INFO, REP_INFO, REP_ACK), types(replies));
        assertEquals(12, replies.get(0).data().length);
        assertArrayEquals(
                "\0\1r0/0".getBytes(StandardCharsets.UTF_8), replies.get(1).data());
        assertArrayEquals(
                "\0\2resource r0, volume 0".getBytes(StandardCharsets.UTF_8),
                replies.get(2).data());
        ByteBuffer sizes = replies.get(3).buffer();
        assertEquals(INFO_BLOCK_SIZE, sizes.getShort());
        assertEquals(512, sizes.getInt());
        assertEquals(4096, sizes.getInt());
        assertEquals(32 << 20, sizes.getInt());
        assertEquals(1, net.volume.users().size());
    }

    @Test
    void go_without_questions_answers_size_and_flags_only() {
        NbdTestClient client = net.connect().greet();

        List<OptionReply> replies = client.option(OPT_GO, NbdTestClient.goData("r0/0"));

        assertEquals(List.of(REP_INFO, REP_ACK), types(replies));
    }

    @Test
    void a_volume_with_4096_byte_blocks_says_so() {
        ServerInMemory large = new ServerInMemory(1, 8 << 20, 8 << 20, 4096, NbdLimits.DEFAULT);
        NbdTestClient client = large.connect().greet();

        List<OptionReply> replies = client.option(OPT_INFO, NbdTestClient.goData("r0", INFO_BLOCK_SIZE));

        assertEquals(4096, replies.get(1).buffer().getInt(2));
    }

    @Test
    void info_does_not_enter_the_transmission_phase_and_leaves_the_volume_closed() {
        NbdTestClient client = net.connect().greet();

        List<OptionReply> replies = client.option(OPT_INFO, NbdTestClient.goData("r0"));
        List<OptionReply> again = client.option(OPT_LIST, NOTHING);

        assertEquals(REP_ACK, replies.getLast().type());
        assertEquals(REP_ACK, again.getLast().type());
        assertTrue(net.volume.users().isEmpty());
    }

    @Test
    void structured_replies_add_the_dont_fragment_flag() {
        NbdTestClient client = net.connect().greet().structured().go("r0");

        assertTrue((client.exportFlags & SEND_DF) != 0);
        assertFalse((net.connect().greet().go("r0").exportFlags & SEND_DF) != 0);
    }

    @Test
    void trim_is_advertised_only_where_it_reaches_the_disks() {
        net.volume.discards = false;

        NbdTestClient client = net.simpleClient();

        assertEquals(0, client.exportFlags & SEND_TRIM);
        assertEquals(0, client.call(CMD_TRIM, 0, 0, 4096, null).error);
    }

    @Test
    void an_unknown_export_is_refused_with_the_names_there_are() {
        NbdTestClient client = net.connect().greet();

        for (String name : List.of("r1", "r0/1", "r0/x", "r0/00", "r0/", "/", "r0/0/0", "r0/99999", "R0")) {
            OptionReply refusal =
                    client.option(OPT_GO, NbdTestClient.goData(name)).getLast();

            assertEquals(REP_ERR_UNKNOWN, refusal.type(), name);
            assertTrue(refusal.text().contains("r0/0"), refusal.text());
        }
        assertEquals(
                REP_ACK,
                client.option(OPT_GO, NbdTestClient.goData("r0")).getLast().type());
    }

    @Test
    void a_secondary_is_refused_with_the_reason_in_words() {
        net.volume.refusal = "r0/0 is Secondary here; the Primary is on node bravo";
        NbdTestClient client = net.connect().greet();

        OptionReply info = client.option(OPT_INFO, NbdTestClient.goData("r0")).getLast();
        OptionReply go = client.option(OPT_GO, NbdTestClient.goData("r0")).getLast();
        net.volume.refusal = null;
        OptionReply promoted = client.option(OPT_GO, NbdTestClient.goData("r0")).getLast();

        assertEquals(REP_ERR_POLICY, info.type());
        assertEquals(REP_ERR_POLICY, go.type());
        assertEquals("r0/0 is Secondary here; the Primary is on node bravo", go.text());
        assertEquals(REP_ACK, promoted.type());
    }

    @Test
    void a_very_long_reason_is_cut_at_a_character() {
        net.volume.refusal = "\u20ac".repeat(5000);
        NbdTestClient client = net.connect().greet();

        OptionReply go = client.option(OPT_GO, NbdTestClient.goData("r0")).getLast();

        assertEquals(4095, go.data().length);
        assertEquals("\u20ac".repeat(1365), go.text());
    }

    @Test
    void the_default_export_is_the_only_one() {
        NbdTestClient client = net.connect().greet();

        int alone = client.option(OPT_INFO, NbdTestClient.goData("")).getLast().type();
        net.exports.add(ServerInMemory.name("r1", 3), "", net.volume);
        OptionReply among = client.option(OPT_INFO, NbdTestClient.goData("")).getLast();

        assertEquals(REP_ACK, alone);
        assertEquals(REP_ERR_UNKNOWN, among.type());
        assertTrue(among.text().contains("r0/0, r1/3"), among.text());
    }

    @Test
    void list_shows_names_and_descriptions() {
        net.exports.add(ServerInMemory.name("r1", 3), "", net.volume);
        NbdTestClient client = net.connect().greet();

        List<OptionReply> replies = client.option(OPT_LIST, NOTHING);
        net.exports.remove(ServerInMemory.name("r1", 3));
        List<OptionReply> fewer = client.option(OPT_LIST, NOTHING);

        assertEquals(List.of(REP_SERVER, REP_SERVER, REP_ACK), types(replies));
        assertEquals("\0\0\0\4r0/0resource r0, volume 0", replies.get(0).text());
        assertEquals("\0\0\0\4r1/3", replies.get(1).text());
        assertEquals(List.of(REP_SERVER, REP_ACK), types(fewer));
    }

    @Test
    void options_with_data_where_none_belongs_are_invalid() {
        NbdTestClient client = net.connect().greet();

        assertEquals(
                REP_ERR_INVALID, client.option(OPT_LIST, new byte[1]).getLast().type());
        assertEquals(
                REP_ERR_INVALID,
                client.option(OPT_STRUCTURED_REPLY, new byte[3]).getLast().type());
    }

    @Test
    void tls_and_unknown_options_are_refused_clearly() {
        NbdTestClient client = net.connect().greet();

        OptionReply tls = client.option(OPT_STARTTLS, NOTHING).getLast();
        assertEquals(REP_ERR_UNSUP, tls.type());
        assertTrue(tls.text().contains("TLS"), tls.text());
        for (int option : new int[] {0, 4, 11, 12, 4711, -1}) {
            assertEquals(
                    REP_ERR_UNSUP, client.option(option, new byte[5]).getLast().type());
        }
        assertEquals(
                REP_ACK,
                client.option(OPT_GO, NbdTestClient.goData("r0")).getLast().type());
    }

    @Test
    void abort_is_acknowledged_and_ends_the_session() {
        NbdTestClient client = net.connect().greet();

        List<OptionReply> replies = client.option(OPT_ABORT, new byte[7]);

        assertEquals(List.of(REP_ACK), types(replies));
        assertTrue(client.stream.closedByServer());
    }

    @Test
    void metadata_contexts_can_be_listed_and_selected() {
        NbdTestClient client = net.connect().greet().structured();

        assertEquals(List.of(REP_META_CONTEXT, REP_ACK), contexts(client, OPT_LIST_META_CONTEXT));
        assertEquals(List.of(REP_META_CONTEXT, REP_ACK), contexts(client, OPT_LIST_META_CONTEXT, "base:"));
        assertEquals(List.of(REP_META_CONTEXT, REP_ACK), contexts(client, OPT_LIST_META_CONTEXT, "base:allocation"));
        assertEquals(List.of(REP_ACK), contexts(client, OPT_LIST_META_CONTEXT, "base:other", "qemu:dirty-bitmap"));
        assertEquals(List.of(REP_ACK), contexts(client, OPT_SET_META_CONTEXT));
        assertEquals(List.of(REP_ACK), contexts(client, OPT_SET_META_CONTEXT, "base:"));
        assertEquals(List.of(REP_ACK), contexts(client, OPT_SET_META_CONTEXT, "qemu:allocation-depth"));
        List<OptionReply> selected =
                client.option(OPT_SET_META_CONTEXT, NbdTestClient.contextData("r0", "x:", "base:allocation"));
        assertEquals(List.of(REP_META_CONTEXT, REP_ACK), types(selected));
        assertEquals("\0\0\0\1base:allocation", selected.getFirst().text());
    }

    @Test
    void metadata_contexts_need_structured_replies_and_a_known_export() {
        NbdTestClient client = net.connect().greet();

        assertEquals(List.of(REP_ERR_INVALID), contexts(client, OPT_SET_META_CONTEXT, "base:allocation"));
        client.structured();
        assertEquals(
                REP_ERR_UNKNOWN,
                client.option(OPT_SET_META_CONTEXT, NbdTestClient.contextData("r7", "base:allocation"))
                        .getLast()
                        .type());
    }

    @Test
    void a_later_selection_replaces_an_earlier_one_even_if_it_fails() {
        NbdTestClient client = net.connect().greet().structured().allocationContext("r0");

        byte[] malformed = NbdTestClient.contextData("r0", "base:allocation");
        malformed[13] = 100;
        assertEquals(
                REP_ERR_INVALID,
                client.option(OPT_SET_META_CONTEXT, malformed).getLast().type());
        client.go("r0");

        assertEquals(EINVAL, client.call(CMD_BLOCK_STATUS, 0, 0, 4096, null).error);
    }

    @Test
    void a_selection_for_another_export_does_not_count() {
        net.exports.add(
                ServerInMemory.name("r1", 0), "", new MemoryVolume(net.loop::execute, 1 << 20, 512, net.random));
        NbdTestClient client =
                net.connect().greet().structured().allocationContext("r1").go("r0");

        assertEquals(EINVAL, client.call(CMD_BLOCK_STATUS, 0, 0, 4096, null).error);
    }

    @Test
    void lengths_inside_an_option_that_point_outside_are_invalid() {
        NbdTestClient client = net.connect().greet().structured();

        byte[] name = NbdTestClient.goData("r0");
        byte[] longName = name.clone();
        longName[3] = 100;
        byte[] hugeName = name.clone();
        hugeName[0] = (byte) 0xff;
        byte[] manyRequests = name.clone();
        manyRequests[6] = (byte) 0xff;
        byte[] trailing = java.util.Arrays.copyOf(name, name.length + 1);
        byte[] zero = NbdTestClient.goData("r\0");
        byte[] manyQueries = NbdTestClient.contextData("r0", "base:");
        manyQueries[6] = (byte) 0xff;

        for (byte[] data : List.of(longName, hugeName, manyRequests, trailing, zero, NOTHING, new byte[3])) {
            assertEquals(REP_ERR_INVALID, client.option(OPT_GO, data).getLast().type());
        }
        assertEquals(
                REP_ERR_INVALID,
                client.option(OPT_LIST_META_CONTEXT, manyQueries).getLast().type());
        client.go("r0");
    }

    @Test
    void every_prefix_of_an_option_waits_and_every_cut_off_one_is_invalid() {
        byte[] whole = NbdTestClient.goData("r0", INFO_BLOCK_SIZE);
        NbdTestClient client = net.connect().greet();

        for (int length = 0; length < whole.length; length++) {
            byte[] data = java.util.Arrays.copyOf(whole, length);
            assertEquals(REP_ERR_INVALID, client.option(OPT_GO, data).getLast().type());
        }
        NbdTestClient patient = net.connect().greet();
        byte[] option = NbdTestClient.bytes(out -> {
            out.writeLong(OPTION_MAGIC);
            out.writeInt(OPT_GO);
            out.writeInt(whole.length);
            out.write(whole);
        });
        for (int i = 0; i < option.length - 1; i++) {
            byte one = option[i];
            patient.send(out -> out.write(one));
            net.loop.run();
            assertEquals(0, patient.stream.clientHas());
        }
        patient.send(out -> out.write(option[option.length - 1]));
        net.loop.run();
        assertTrue(patient.stream.clientHas() > 0);
    }

    @Test
    void an_option_that_is_too_long_is_read_over_and_refused() {
        NbdTestClient client = net.connect().greet();

        OptionReply refusal = client.option(OPT_GO, new byte[300_000]).getLast();

        assertEquals(REP_ERR_TOO_BIG, refusal.type());
        assertEquals(
                REP_ACK,
                client.option(OPT_GO, NbdTestClient.goData("r0")).getLast().type());
    }

    @Test
    void a_client_that_announces_an_absurd_option_is_cut_off() {
        for (int length : new int[] {Negotiation.LONGEST_SKIPPED_OPTION + 1, Integer.MAX_VALUE, -1}) {
            NbdTestClient client = net.connect().greet();

            client.send(out -> {
                out.writeLong(OPTION_MAGIC);
                out.writeInt(OPT_INFO);
                out.writeInt(length);
            });
            net.loop.run();

            assertTrue(client.stream.closedByServer());
        }
    }

    @Test
    void an_export_name_that_is_too_long_ends_the_session() {
        for (int length : new int[] {4097, 100_000}) {
            NbdTestClient client = net.connect().greet();

            client.sendOption(OPT_EXPORT_NAME, new byte[length]);
            net.loop.run();

            assertTrue(client.stream.closedByServer());
        }
    }

    @Test
    void garbage_instead_of_an_option_ends_the_session() {
        NbdTestClient client = net.connect().greet();

        client.send(out -> out.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
        net.loop.run();

        assertTrue(client.stream.closedByServer());
        assertTrue(String.valueOf(net.lastLog()).contains("does not speak this protocol"));
    }

    @Test
    void a_client_that_does_not_finish_in_time_is_cut_off() {
        NbdTestClient silent = net.connect();
        NbdTestClient half = net.connect().greet();
        NbdTestClient user = net.simpleClient();
        half.send(out -> out.writeLong(OPTION_MAGIC));

        net.loop.advance(NbdLimits.DEFAULT.handshakeNanos() + 1);

        assertTrue(silent.stream.closedByServer());
        assertTrue(half.stream.closedByServer());
        assertFalse(user.stream.closedByServer());
        assertEquals(0, user.call(CMD_FLUSH, 0, 0, 0, null).error);
    }

    @Test
    void a_client_that_asks_and_asks_and_never_reads_is_cut_off() {
        NbdTestClient client = net.connect().greet();
        client.stream.clientWindow(0);

        for (int i = 0; i < 40_000; i++) {
            client.sendOption(OPT_LIST, NOTHING);
        }
        net.loop.run();

        assertTrue(client.stream.closedByServer());
    }

    @Test
    void requests_may_follow_in_the_same_packet_as_go() {
        NbdTestClient client = net.connect().greet();

        client.sendOption(OPT_GO, NbdTestClient.goData("r0"));
        client.send(out -> {
            out.writeInt(REQUEST_MAGIC);
            out.writeInt(CMD_FLUSH);
            out.writeLong(42);
            out.writeLong(0);
            out.writeInt(0);
        });
        ByteBuffer answer = client.take(32 + 20 + 16);

        assertEquals(SIMPLE_REPLY_MAGIC, answer.getInt(52));
        assertEquals(42, answer.getLong(60));
    }

    private static List<Integer> contexts(NbdTestClient client, int option, String... queries) {
        return types(client.option(option, NbdTestClient.contextData("r0", queries)));
    }

    private static List<Integer> types(List<OptionReply> replies) {
        return replies.stream().map(OptionReply::type).toList();
    }
}
