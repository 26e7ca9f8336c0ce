package io.bsr.wire.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.wire.AfterSplitBrainPolicy;
import io.bsr.wire.Agreement;
import io.bsr.wire.BlockIds;
import io.bsr.wire.Feature;
import io.bsr.wire.HeaderReader;
import io.bsr.wire.PacketHeader;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolException;
import io.bsr.wire.ProtocolException.Fault;
import io.bsr.wire.ProtocolOffer;
import io.bsr.wire.ReturnCode;
import io.bsr.wire.StateWord;
import io.bsr.wire.WireProtocol;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The byte vectors of the reference (18.4), and packets that no recording holds, byte by byte from their layouts. */
class GoldenBytesTest {
    private static final Agreement BSR = new Agreement(118, Feature.ALL);
    private static final Agreement DRBD84 = new Agreement(101, Feature.ALL);
    private static final StateWord SECONDARY = StateWord.ZERO
            .withRole(Role.SECONDARY)
            .withConn(ReplicationState.OFF)
            .withDisk(DiskState.UP_TO_DATE)
            .withPdsk(DiskState.UNKNOWN);

    private static void assertBytes(String hex, Agreement agreed, int volume, Packet packet) throws Exception {
        ByteBuffer out = ByteBuffer.allocate(4096);
        int put = Packet.write(out, agreed, volume, packet);

        assertEquals(hex.replace(" ", ""), HexFormat.of().formatHex(out.array(), 0, put));

        HeaderReader header = PacketPropertiesTest.reader(packet.type(), agreed);
        ByteBuffer in = out.flip();
        assertTrue(header.read(in));
        assertEquals(packet, Packet.decode(header.type(), in, header.length(), agreed));
    }

    private static void assertRefused(PacketType type, Agreement agreed, String body) {
        byte[] bytes = HexFormat.of().parseHex(body.replace(" ", ""));
        ProtocolException refused = assertThrows(
                ProtocolException.class, () -> Packet.decode(type, ByteBuffer.wrap(bytes), bytes.length, agreed));
        assertEquals(Fault.BAD_VALUE, refused.fault(), refused::getMessage);
    }

    @Test
    void features_of_drbd_84() throws Exception {
        assertBytes(
                "83740267 fffe 0048 00000056 0000000f 00000065 00000000 00000000 00000000" + "00".repeat(48),
                Agreement.NONE_YET,
                0,
                new ConnectionFeatures(ProtocolOffer.TO_DRBD, 0, 0));
    }

    @Test
    void protocol_of_bsr() throws Exception {
        assertBytes(
                "8620ec20 ffff 000b 00000019 00000000" + "00000003 00000000 00000000 00000000 00000000 00000000 00",
                BSR,
                PacketHeader.CONNECTION,
                new Protocol(settings("")));
    }

    private static ProtocolSettings settings(String integrity) {
        AfterSplitBrainPolicy none = AfterSplitBrainPolicy.DISCONNECT;
        return new ProtocolSettings(WireProtocol.C, none, none, none, 0, false, integrity);
    }

    @Test
    void protocol_update_with_a_digest() throws Exception {
        AfterSplitBrainPolicy remote = AfterSplitBrainPolicy.DISCARD_REMOTE;
        assertBytes(
                "8620ec20 0000 002d 0000001d 00000000"
                        + "00000001 00000006 00000006 00000006 00000003 00000001 73686131 00",
                DRBD84,
                0,
                new ProtocolUpdate(new ProtocolSettings(WireProtocol.A, remote, remote, remote, 3, true, "sha1")));
    }

    @Test
    void ping_of_drbd_84() throws Exception {
        assertBytes("8620ec20 0000 0013 00000000 00000000", DRBD84, 0, Signal.PING);
    }

    @Test
    void state_for_an_old_peer_and_for_bsr() throws Exception {
        assertBytes("8620ec20 0000 000e 00000004 00000000 0000d092", DRBD84, 0, new State(SECONDARY));
        assertBytes("8620ec20 0000 000e 00000004 00000000 0000f292", BSR, 0, new State(SECONDARY));
    }

    @Test
    void parameters_before_version_89() throws Exception {
        assertBytes("83740267 000a 0004 000000fa", new Agreement(87, 0), 0, new SyncParam(250, ""));
        assertBytes("83740267 000a 0008 000000fa 6d643500", new Agreement(88, 0), 0, new SyncParam(250, "md5"));
    }

    @Test
    void parameters_grow_with_the_version() {
        SyncParam89 parameters = new SyncParam89(250, "sha1", "md5", 20, 10, 100, 5120, 10, 100);
        String names = "73686131" + "00".repeat(60) + "6d6435" + "00".repeat(61);

        String whole = "000000fa" + names + "00000014 0000000a 00000064 00001400 0000000a 00000064".replace(" ", "");
        for (int version : new int[] {89, 94, 95, 113, 114, 118}) {
            Agreement agreed = new Agreement(version, 0);
            ByteBuffer out = ByteBuffer.allocate(256);
            parameters.encode(out, agreed);

            int expected = version < 95 ? 132 : version < 114 ? 148 : 156;
            assertEquals(expected, parameters.length(agreed));
            assertEquals(whole.substring(0, 2 * expected), HexFormat.of().formatHex(out.array(), 0, out.position()));
        }
    }

    @Test
    void sizes_with_and_without_queue_limits() throws Exception {
        QueueLimits limits = new QueueLimits(4096, 512, 1, 4096, 1 << 20, true, false, true);
        String sizes = "0000000000000570 0000000000000000 0000000000000568 00100000 0000 0003";

        assertBytes(
                "8620ec20 0000 000d 00000020 00000000" + sizes,
                new Agreement(101, 0),
                0,
                new Sizes(1392, 0, 1384, 1 << 20, 0, 3, null));
        assertBytes(
                "8620ec20 0000 000d 00000038 00000000" + sizes
                        + "00001000 00000200 00000001 00001000 00100000 01 00 01 00",
                BSR,
                0,
                new Sizes(1392, 0, 1384, 1 << 20, 0, 3, limits));
        assertThrows(IllegalStateException.class, () -> new Sizes(0, 0, 0, 0, 0, 0, null)
                .encode(ByteBuffer.allocate(64), BSR));
    }

    @Test
    void generations_with_two_bitmaps_and_a_full_history() throws Exception {
        Uuids110 uuids =
                Uuids110.of(0x11, 0x22, 0x24, 0x1, 0b101, List.of(0x33L, Uuids110.DIFFERENT_DATA), List.of(0x44L));

        assertBytes(
                "8620ec20 0007 0042 00000138 00000000"
                        + "0000000000000011 0000000000000022 0000000000000024 0000000000000001 0000000000000005"
                        + "0000000000000033 ffffffffffffffff 0000000000000044" + "00".repeat(31 * 8),
                BSR,
                7,
                uuids);
        assertEquals(0x33, uuids.bitmap(0));
        assertEquals(0, uuids.bitmap(1));
        assertEquals(-1, uuids.bitmap(2));
        assertEquals(0, uuids.bitmap(31));
    }

    @Test
    void generations_that_a_real_peer_would_refuse_are_not_built() {
        List<Long> tooLong = Collections.nCopies(33, 1L);

        assertThrows(IllegalArgumentException.class, () -> new Uuids110(0, 0, 0, 0, 0, List.of(), tooLong));
        assertThrows(IllegalArgumentException.class, () -> new Uuids110(0, 0, 0, 0, 1L << 32, List.of(1L), List.of()));
        assertThrows(IllegalArgumentException.class, () -> new Uuids110(0, 0, 0, 0, 1, List.of(), List.of()));
    }

    @Test
    void generations_with_too_few_or_too_many_identifiers_are_refused() {
        for (int[] maskAndCount : new int[][] {{0b11, 1}, {0, 33}, {1, 34}}) {
            ByteBuffer body = ByteBuffer.allocate(40 + 8 * maskAndCount[1]);
            body.putLong(32, maskAndCount[0]);
            ProtocolException refused = assertThrows(
                    ProtocolException.class, () -> Packet.decode(PacketType.UUIDS110, body, body.capacity(), BSR));
            assertEquals(Fault.BAD_LENGTH, refused.fault());
        }
        assertRefused(PacketType.UUIDS110, BSR, "00".repeat(32) + "0000000100000000" + "00".repeat(8));
    }

    @Test
    void connecting_in_two_phases() throws Exception {
        TwoPhaseRequest prepare = TwoPhaseRequest.prepare(
                0x11223344,
                0,
                1,
                ~3L,
                StateWord.ZERO.withConn(StateWord.CONN_MASK).withRole(StateWord.ROLE_MASK),
                StateWord.ZERO.withConn(ConnectionState.CONNECTED).withRole(Role.SECONDARY));
        String transaction = "11223344 00000000 00000001 fffffffffffffffc";
        String words = "000001f3 00000092";

        assertBytes(
                "8620ec20 ffff 002e 00000024 00000000" + transaction + "0000000000000000" + words, BSR, -1, prepare);
        assertBytes(
                "8620ec20 ffff 0047 00000024 00000000" + transaction + "0000000000000002" + words,
                BSR,
                -1,
                prepare.commit(2));
        assertBytes(
                "8620ec20 ffff 002f 00000024 00000000" + transaction + "0000000000000000" + words,
                BSR,
                -1,
                prepare.abort());
        assertEquals(ConnectionState.CONNECTED, prepare.value().connectionState());
        assertEquals(31, prepare.commit(2).mask().conn());
    }

    @Test
    void resizing_in_two_phases() throws Exception {
        TwoPhaseRequest prepare = TwoPhaseRequest.prepareResize(5, 2, ~7L, 0x8000, Sizes.NO_RESYNC);

        assertBytes(
                "8620ec20 0001 0035 00000024 00000000"
                        + "00000005 00000002 ffffffff fffffffffffffff8 0000000000008000 0002 000000000000",
                BSR,
                1,
                prepare);
        assertEquals(0x8000, prepare.userSectors());
        assertEquals(Sizes.NO_RESYNC, prepare.growFlags());
        assertBytes(
                "8620ec20 0001 0047 00000024 00000000"
                        + "00000005 00000002 ffffffff fffffffffffffff8 0000000000000004 0000000000007ff8",
                BSR,
                1,
                prepare.commitResize(4, 0x7ff8));
        assertEquals(0x7ff8, prepare.commitResize(4, 0x7ff8).exposedSectors());
    }

    @Test
    void answers_in_two_phases() throws Exception {
        String body = "00000005 00000002 0000000000000007 0000000000000001 fffffffffffffff8";
        TwoPhaseReply.Answer[] answers = TwoPhaseReply.Answer.values();
        String[] numbers = {"0045", "0046", "0048"};
        for (int i = 0; i < answers.length; i++) {
            assertBytes(
                    "8620ec20 ffff " + numbers[i] + " 00000020 00000000" + body,
                    BSR,
                    -1,
                    new TwoPhaseReply(answers[i], 5, 2, 7, 1, ~7L));
        }
    }

    @Test
    void packets_between_several_peers() throws Exception {
        assertBytes(
                "8620ec20 0000 0044 00000010 00000000 0000000000000011 fffffffffffffff0",
                BSR,
                0,
                new CurrentUuid(0x11, ~15L));
        assertBytes(
                "8620ec20 ffff 0043 0000000c 00000000 0000000000001000 0000001f", BSR, -1, new PeerDagtag(0x1000, 31));
        assertBytes(
                "8620ec20 ffff 0040 00000010 00000000 0000000000000003 0000000000001000",
                BSR,
                -1,
                new PeerAck(3, 0x1000));
        assertBytes(
                "8620ec20 0000 0041 00000018 00000000 0000000000000008 0000000000000003 08000000 00000000",
                BSR,
                0,
                new PeersInSync(8, 3, 128 << 20));
        assertBytes("8620ec20 0000 0049 00000008 00000000 00000001 00000000", BSR, 0, new BitmapExchangeState(1));
    }

    @Test
    void state_changes_of_old_peers_keep_their_words() throws Exception {
        StateWord detach = StateWord.ZERO.withDisk(2);
        StateWord mask = StateWord.ZERO.withDisk(StateWord.DISK_MASK);

        assertBytes(
                "8620ec20 0000 0012 00000008 00000000 00001e00 00000400",
                DRBD84,
                0,
                new StateChangeRequest(mask, detach));
        assertBytes(
                "8620ec20 0000 002a 00000008 00000000 00001e00 00000400",
                DRBD84,
                0,
                new ConnectionStateChangeRequest(mask, detach));
        StateChangeReply no = new StateChangeReply(ReturnCode.CONCURRENT_ST_CHG.number());
        assertBytes("8620ec20 0000 001d 00000004 00000000 ffffffed", DRBD84, 0, no);
        assertTrue(!no.isSuccess() && new ConnectionStateChangeReply(1).isSuccess());
    }

    @Test
    void negative_answers_and_probes_that_no_recording_has() throws Exception {
        String block = "0000000000000100 0102030405060708 00001000 00000007";
        PacketType[] types = {
            PacketType.NEG_ACK, PacketType.NEG_DREPLY, PacketType.NEG_RS_DREPLY, PacketType.RETRY_WRITE
        };
        String[] numbers = {"0019", "001a", "001b", "002c"};
        for (int i = 0; i < types.length; i++) {
            assertBytes(
                    "8620ec20 0000 " + numbers[i] + " 00000018 00000000" + block,
                    DRBD84,
                    0,
                    new BulkPacket.BlockAck(types[i], 0x100, 0x0102030405060708L, 4096, 7));
        }
        assertBytes("8620ec20 0000 0027 00000008 00000000 0000000000000000", DRBD84, 0, Signal.DELAY_PROBE);
        assertBytes(
                "8620ec20 0000 0034 0000021c 00000000" + "0000000000000100 0102030405060708 00000007 00000300 00100000",
                DRBD84,
                0,
                new BulkPacket.Trim(PacketType.WSAME, 0x100, 0x0102030405060708L, 7, 0x300, 1 << 20, 512));
    }

    @Test
    void raw_ids_have_the_bytes_of_a_little_endian_peer() throws Exception {
        assertBytes(
                "8620ec20 0000 0051 0000001c 00000000" + "0000000000000008 feffffffffffffff 00001000 00000001 02010000",
                BSR,
                0,
                new BulkPacket.ResyncWriteAck116(8, BlockIds.SYNCER_SPLIT, 4096, 1, 0x0102));
        assertBytes(
                "8620ec20 0000 001e 00000018 00000000 0000000000000000 0301000000000000 00001000 00000000",
                BSR,
                0,
                new BulkPacket.BlockRequest(PacketType.OV_REQUEST, 0, BlockIds.ofBlocksLeft(0x103), 4096, 0));
        assertBytes(
                "8620ec20 0000 0020 00000018 00000000 0000000000000000 0000000000001268 00001000 00000002",
                BSR,
                0,
                new BulkPacket.BlockAck(PacketType.OV_RESULT, 0, BlockIds.OV_OUT_OF_SYNC, 4096, 2));
        assertEquals(0x103, BlockIds.blocksLeft(BlockIds.ofBlocksLeft(0x103)));
    }

    @Test
    void the_name_of_a_node_is_never_a_reason_to_refuse_it() throws Exception {
        byte[] strange = new byte[64];
        strange[0] = 'n';
        strange[1] = (byte) 0xc3;
        strange[2] = 27;

        Packet packet = Packet.decode(PacketType.NODE_FEATURES, ByteBuffer.wrap(strange), 64, BSR);

        assertEquals(new NodeFeatures("n??"), packet);
        assertEquals("x".repeat(64), new NodeFeatures("x".repeat(70)).nodeName());
    }

    @Test
    void values_outside_their_range_are_refused() {
        String zeroes = "00".repeat(20);
        assertRefused(PacketType.PROTOCOL, BSR, "00000000" + zeroes + "00");
        assertRefused(PacketType.PROTOCOL, BSR, "00000004" + zeroes + "00");
        assertRefused(PacketType.PROTOCOL, BSR, "00000001 0000000b" + "00".repeat(16) + "00");
        assertRefused(PacketType.PROTOCOL, BSR, "00000001" + "00".repeat(16) + "00000002 00");
        assertRefused(PacketType.PROTOCOL, BSR, "00000001" + zeroes + "6d6435");
        assertRefused(PacketType.PROTOCOL, BSR, "00000001" + zeroes + "6d203500");
        assertRefused(PacketType.PROTOCOL, BSR, "00000001" + zeroes);
        assertRefused(PacketType.SIZES, new Agreement(101, 0), "8000000000000000" + "00".repeat(24));
        assertRefused(PacketType.SIZES, new Agreement(101, 0), "00".repeat(8) + "0040000000000000" + "00".repeat(16));
        assertRefused(PacketType.STATE, BSR, "00001fff");
        assertRefused(PacketType.PEER_DAGTAG, BSR, "0000000000000000 00000020");
        assertRefused(PacketType.TWOPC_PREPARE, BSR, "00000000" + "00".repeat(32));
        assertRefused(PacketType.TWOPC_PREPARE, BSR, "00000001 00000020" + "00".repeat(28));
        assertRefused(PacketType.TWOPC_PREPARE, BSR, "00000001 00000000 fffffffe" + "00".repeat(24));
        assertRefused(PacketType.TWOPC_YES, BSR, "00000000" + "00".repeat(28));
        assertRefused(PacketType.TWOPC_YES, BSR, "00000001 ffffffff" + "00".repeat(24));
        assertRefused(PacketType.AUTH_CHALLENGE, BSR, "00".repeat(65));
        assertRefused(PacketType.AUTH_CHALLENGE, DRBD84, "00".repeat(63));
        assertRefused(PacketType.CONNECTION_FEATURES, BSR, "ffffffff" + "00".repeat(68));
    }

    @Test
    void a_bulk_packet_is_not_read_as_a_session_packet_nor_the_other_way_round() {
        ByteBuffer bytes = ByteBuffer.allocate(64);

        assertThrows(IllegalArgumentException.class, () -> SessionPacket.decode(PacketType.WRITE_ACK, bytes, 24, BSR));
        assertThrows(IllegalArgumentException.class, () -> BulkPacket.decode(PacketType.STATE, bytes, 4, BSR));
    }
}
