package io.bsr.frontend.nbd;

import static io.bsr.frontend.nbd.TransmissionCode.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.port.Errno;
import io.bsr.base.port.IoRequest.Operation;
import io.bsr.frontend.nbd.NbdTestClient.Reply;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TransmissionTest {
    private static final int MIB = 1 << 20;
    private ServerInMemory net = new ServerInMemory(2);

    @AfterEach
    void nothing_is_left_behind() {
        net.server.close();
        net.assertNothingLeft();
    }

    private NbdTestClient client(boolean structured) {
        return structured ? net.structuredClient() : net.simpleClient();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void what_was_written_is_read(boolean structured) {
        NbdTestClient client = client(structured);
        byte[] data = net.randomBytes(12_800);

        int written = client.call(CMD_WRITE, 0, 4096 + 512, data.length, data).error;
        Reply read = client.call(CMD_READ, 0, 4096 + 512, data.length, null);

        assertEquals(0, written);
        assertArrayEquals(data, read.bytes());
        assertArrayEquals(data, net.volume.content(4096 + 512, data.length));
        assertEquals(structured ? 1 : 0, read.chunks);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void thirty_two_mebibytes_pass_through_a_small_pool(boolean structured) {
        NbdTestClient client = client(structured);
        byte[] data = net.randomBytes(32 * MIB);

        int written = client.call(CMD_WRITE, 0, 16 * MIB, data.length, data).error;
        long most = net.volume.submitted;
        Reply read = client.call(CMD_READ, 0, 16 * MIB, data.length, null);

        assertEquals(0, written);
        assertEquals(32, most);
        assertArrayEquals(data, read.bytes());
    }

    @Test
    void nothing_gets_between_the_parts_of_a_simple_read() {
        NbdTestClient client = net.simpleClient();
        byte[] data = net.randomBytes(8 * MIB);
        net.volume.fill(0, data);
        List<Long> cookies = new ArrayList<>();

        for (int round = 0; round < 5; round++) {
            cookies.add(client.read(512L * round, 4096));
            cookies.add(client.read(4096L * round, 5 * MIB));
            cookies.add(client.request(CMD_FLUSH, 0, 0, 0, null));
            cookies.add(client.read((long) MIB * round, 3 * MIB));
        }
        net.loop.run();

        for (int i = 0; i < cookies.size(); i++) {
            Reply reply = client.reply(cookies.get(i));
            int offset =
                    switch (i % 4) {
                        case 0 -> 512 * (i / 4);
                        case 1 -> 4096 * (i / 4);
                        default -> MIB * (i / 4);
                    };
            byte[] bytes = reply.bytes();
            assertArrayEquals(java.util.Arrays.copyOfRange(data, offset, offset + bytes.length), bytes);
        }
    }

    @Test
    void flush_reaches_the_volume() {
        NbdTestClient client = net.simpleClient();

        assertEquals(0, client.call(CMD_FLUSH, 0, 0, 0, null).error);
        assertEquals(0, client.call(CMD_FLUSH, CMD_FLAG_FUA, 0, 0, null).error);

        assertEquals(2, net.volume.flushes);
    }

    @Test
    void a_forced_write_is_passed_on_and_a_forced_write_in_pieces_ends_with_a_flush() {
        NbdTestClient client = net.simpleClient();

        client.call(CMD_WRITE, CMD_FLAG_FUA, 0, 4096, new byte[4096]);
        assertEquals(1, net.volume.forced);
        assertEquals(0, net.volume.flushes);

        client.call(CMD_WRITE, CMD_FLAG_FUA, 0, 3 * MIB, new byte[3 * MIB]);
        assertEquals(1, net.volume.forced);
        assertEquals(1, net.volume.flushes);
    }

    @Test
    void a_forced_trim_or_zeroing_is_durable_by_a_flush() {
        NbdTestClient client = net.simpleClient();

        client.call(CMD_TRIM, CMD_FLAG_FUA, 0, 4096, null);
        client.call(CMD_WRITE_ZEROES, CMD_FLAG_FUA, 0, 4096, null);
        client.call(CMD_READ, CMD_FLAG_FUA, 0, 4096, null);

        assertEquals(2, net.volume.flushes);
    }

    @Test
    void a_failed_flush_after_a_forced_write_fails_the_write() {
        NbdTestClient client = net.simpleClient();
        net.volume.failure = request -> request.operation == Operation.FLUSH ? Errno.EIO : 0;

        assertEquals(EIO, client.call(CMD_WRITE, CMD_FLAG_FUA, 0, 2 * MIB, new byte[2 * MIB]).error);
    }

    @Test
    void large_discards_are_split_and_answered_once() {
        net = new ServerInMemory(3, 300 << 20, 8 << 20, 512, NbdLimits.DEFAULT);
        NbdTestClient client = net.structuredClient();

        assertEquals(0, client.call(CMD_TRIM, 0, 4096, (300 << 20) - 4096, null).error);
        assertEquals(0, client.call(CMD_WRITE_ZEROES, CMD_FLAG_NO_HOLE, 0, 300 << 20, null).error);

        assertEquals(6, net.volume.submitted);
        assertEquals(128 << 20, net.volume.largestDiscard);
        assertEquals(3, net.volume.keptHoles);
    }

    @Test
    void zeroes_read_back_as_zeroes() {
        NbdTestClient client = net.simpleClient();
        net.volume.fill(0, net.randomBytes(MIB));

        client.call(CMD_WRITE_ZEROES, 0, 512, 8192, null);

        assertArrayEquals(
                new byte[8192], client.call(CMD_READ, 0, 512, 8192, null).bytes());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void each_wrong_request_has_its_error_and_the_connection_goes_on(boolean structured) {
        NbdTestClient client = client(structured);
        long end = 64 * MIB;

        assertEquals(EINVAL, client.call(CMD_READ, 0, end, 512, null).error);
        assertEquals(EINVAL, client.call(CMD_READ, 0, end - 512, 1024, null).error);
        assertEquals(EINVAL, client.call(CMD_READ, 0, -512, 1024, null).error);
        assertEquals(EINVAL, client.call(CMD_READ, 0, Long.MAX_VALUE - 511, 1024, null).error);
        assertEquals(EINVAL, client.call(CMD_READ, 0, Long.MIN_VALUE, 1024, null).error);
        assertEquals(EINVAL, client.call(CMD_TRIM, 0, end, 512, null).error);
        assertEquals(EINVAL, client.call(CMD_TRIM, 0, 0, 0xffff_fe00L, null).error);
        assertEquals(ENOSPC, client.call(CMD_WRITE, 0, end, 512, new byte[512]).error);
        assertEquals(ENOSPC, client.call(CMD_WRITE, 0, end - 512, 2 * MIB, new byte[2 * MIB]).error);
        assertEquals(ENOSPC, client.call(CMD_WRITE_ZEROES, 0, end, 512, null).error);
        assertEquals(EINVAL, client.call(CMD_READ, 0, 1, 512, null).error);
        assertEquals(EINVAL, client.call(CMD_READ, 0, 512, 511, null).error);
        assertEquals(EINVAL, client.call(CMD_WRITE, 0, 256, 512, new byte[512]).error);
        assertEquals(EINVAL, client.call(CMD_WRITE, 0, 0, 513, new byte[513]).error);
        assertEquals(EINVAL, client.call(CMD_WRITE_ZEROES, 0, 0, 100, null).error);
        assertEquals(EINVAL, client.call(CMD_TRIM, 0, 3, 512, null).error);
        assertEquals(EINVAL, client.call(CMD_FLUSH, 0, 512, 0, null).error);
        assertEquals(EINVAL, client.call(CMD_FLUSH, 0, 0, 512, null).error);
        assertEquals(EINVAL, client.call(CMD_READ, CMD_FLAG_NO_HOLE, 0, 512, null).error);
        assertEquals(EINVAL, client.call(CMD_WRITE, CMD_FLAG_DF, 0, 512, new byte[512]).error);
        assertEquals(EINVAL, client.call(CMD_WRITE_ZEROES, 1 << 4, 0, 512, null).error);
        assertEquals(EINVAL, client.call(CMD_WRITE, 1 << 15, 0, 512, new byte[512]).error);
        assertEquals(EINVAL, client.call(5, 0, 0, 512, null).error);
        assertEquals(EINVAL, client.call(8, 0, 0, 512, null).error);
        assertEquals(EINVAL, client.call(0xffff, 0, 0, 512, null).error);
        assertEquals(structured ? 0 : EINVAL, client.call(CMD_READ, CMD_FLAG_DF, 0, 512, null).error);
        assertEquals(structured ? 0 : EINVAL, client.call(CMD_BLOCK_STATUS, 0, 0, 512, null).error);

        assertEquals(0, client.call(CMD_FLUSH, 0, 0, 0, null).error);
    }

    @Test
    void errors_come_with_words_where_replies_are_structured() {
        NbdTestClient client = net.structuredClient();

        assertTrue(client.call(CMD_READ, 0, 1, 512, null).text.contains("not aligned"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void too_long_payloads_are_refused_and_read_over(boolean structured) {
        NbdTestClient client = client(structured);

        Reply write = client.call(CMD_WRITE, 0, 0, 33 * MIB, new byte[33 * MIB]);
        Reply read = client.call(CMD_READ, 0, 0, 33 * MIB, null);

        assertEquals(EINVAL, write.error);
        assertEquals(structured ? EOVERFLOW : EINVAL, read.error);
        assertEquals(0, net.volume.submitted);
        assertEquals(0, client.call(CMD_READ, 0, 0, 4096, null).error);
    }

    @Test
    void an_unfragmented_read_has_one_chunk_and_at_most_one_mebibyte() {
        NbdTestClient client = net.structuredClient();

        assertEquals(1, client.call(CMD_READ, CMD_FLAG_DF, 0, MIB, null).chunks);
        assertEquals(EOVERFLOW, client.call(CMD_READ, CMD_FLAG_DF, 0, MIB + 512, null).error);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void requests_of_no_bytes_succeed_without_reaching_the_volume(boolean structured) {
        NbdTestClient client = client(structured);

        for (int command : new int[] {CMD_READ, CMD_WRITE, CMD_TRIM, CMD_WRITE_ZEROES}) {
            assertEquals(0, client.call(command, 0, 4096, 0, null).error);
        }
        assertEquals(0, net.volume.submitted);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void errors_of_the_volume_reach_the_client_as_the_protocol_knows_them(boolean structured) {
        NbdTestClient client = client(structured);
        int[][] pairs = {
            {Errno.EIO, EIO},
            {Errno.ENOSPC, ENOSPC},
            {Errno.EROFS, EPERM},
            {Errno.ESHUTDOWN, ESHUTDOWN},
            {Errno.EOPNOTSUPP, EINVAL},
            {Errno.ETIMEDOUT, EIO},
            {4711, EIO}
        };
        for (int[] pair : pairs) {
            net.volume.failure = request -> pair[0];

            assertEquals(pair[1], client.call(CMD_READ, 0, 0, 4096, null).error);
            assertEquals(pair[1], client.call(CMD_WRITE, 0, 0, 4096, new byte[4096]).error);
            assertEquals(pair[1], client.call(CMD_FLUSH, 0, 0, 0, null).error);
            assertEquals(pair[1], client.call(CMD_TRIM, 0, 0, 4096, null).error);
            assertEquals(pair[1], client.call(CMD_WRITE_ZEROES, 0, 0, 4096, null).error);
            assertEquals(pair[1], client.call(CMD_WRITE, 0, 0, 20 * MIB, new byte[20 * MIB]).error);
        }
    }

    @Test
    void a_structured_read_that_fails_in_the_middle_ends_with_an_error_chunk() {
        NbdTestClient client = net.structuredClient();
        net.volume.failure = request -> request.offset == 3 * MIB ? Errno.EIO : 0;

        Reply reply = client.call(CMD_READ, 0, 0, 30 * MIB, null);

        assertEquals(EIO, reply.error);
        assertEquals(0, client.call(CMD_READ, 0, 4 * MIB, MIB, null).error);
    }

    @Test
    void a_simple_read_that_fails_at_once_reports_it() {
        NbdTestClient client = net.simpleClient();
        net.volume.failure = request -> request.offset == 0 ? Errno.EIO : 0;

        assertEquals(EIO, client.call(CMD_READ, 0, 0, 30 * MIB, null).error);
        assertEquals(0, client.call(CMD_READ, 0, MIB, MIB, null).error);
    }

    @Test
    void a_simple_read_that_fails_after_its_first_data_disconnects() {
        NbdTestClient client = net.simpleClient();
        net.volume.failure = request -> request.offset == 25 * MIB ? Errno.EIO : 0;

        client.read(0, 32 * MIB);
        net.loop.run();

        assertTrue(client.stream.closedByServer());
        assertTrue(client.stream.clientHas() < 26 * MIB);
    }

    @Test
    void allocation_is_reported_with_neighbours_joined() {
        NbdTestClient client = net.structuredClient();
        net.volume.fill(8192, new byte[8192]);
        net.volume.fill(MIB, new byte[4096]);

        Reply reply = client.call(CMD_BLOCK_STATUS, 0, 4096, 2 * MIB, null);

        assertEquals(List.of("4096:3", "8192:0", (MIB - 16384) + ":3", "4096:0", MIB + ":3"), descriptors(reply));
    }

    @Test
    void one_extent_is_reported_if_one_is_asked_for() {
        NbdTestClient client = net.structuredClient();
        net.volume.fill(8192, new byte[8192]);

        assertEquals(List.of("8192:3"), descriptors(client.call(CMD_BLOCK_STATUS, CMD_FLAG_REQ_ONE, 0, MIB, null)));
        assertEquals(List.of("512:0"), descriptors(client.call(CMD_BLOCK_STATUS, CMD_FLAG_REQ_ONE, 8192, 512, null)));
        assertEquals(EINVAL, client.call(CMD_BLOCK_STATUS, 0, 0, 0, null).error);
        assertEquals(EINVAL, client.call(CMD_BLOCK_STATUS, 0, 64 * MIB - 512, 1024, null).error);
    }

    @Test
    void a_fragmented_map_is_cut_at_what_fits() {
        NbdTestClient client = net.structuredClient();
        for (int i = 0; i < 10_000; i += 2) {
            net.volume.fill(i * 4096L, new byte[4096]);
        }

        Reply reply = client.call(CMD_BLOCK_STATUS, 0, 0, 64 * MIB, null);

        assertEquals(8192, reply.descriptors.size());
    }

    @Test
    void where_allocation_is_unknown_everything_is_data() {
        NbdTestClient client = net.structuredClient();

        net.volume.mapErrno = Errno.EOPNOTSUPP;
        assertEquals(List.of(MIB + ":0"), descriptors(client.call(CMD_BLOCK_STATUS, 0, 0, MIB, null)));
        net.volume.mapErrno = Errno.EIO;
        assertEquals(EIO, client.call(CMD_BLOCK_STATUS, 0, 0, MIB, null).error);
    }

    @Test
    void a_client_has_only_so_many_requests_in_flight() {
        NbdTestClient client = net.simpleClient();
        net.volume.hold();

        List<Long> cookies = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            cookies.add(client.request(i % 2 == 0 ? CMD_FLUSH : CMD_TRIM, 0, 0, i % 2 == 0 ? 0 : 4096, null));
        }
        net.loop.run();
        int pending = net.volume.pending();
        net.volume.letGo();
        net.loop.run();

        assertEquals(128, pending);
        assertEquals(128, net.volume.mostPending);
        cookies.forEach(cookie -> assertEquals(0, client.reply(cookie).error));
    }

    @Test
    void a_client_has_only_so_many_bytes_in_flight() {
        net = new ServerInMemory(4, 64 << 20, 64 << 20, 512, NbdLimits.DEFAULT);
        NbdTestClient client = net.simpleClient();
        net.volume.hold();

        for (int i = 0; i < 64; i++) {
            client.read(0, MIB);
        }
        net.loop.run();

        assertEquals(16 * MIB, net.server.bufferBytes());
        net.volume.letGo();
        net.loop.run();
        assertEquals(0, client.unanswered());
    }

    @Test
    void a_client_that_does_not_read_replies_is_not_read_either() {
        net = new ServerInMemory(5, 64 << 20, 64 << 20, 512, NbdLimits.DEFAULT);
        NbdTestClient client = net.simpleClient();
        NbdTestClient other = net.simpleClient();
        client.stream.clientWindow(0);

        for (int i = 0; i < 100; i++) {
            client.read(0, MIB);
        }
        for (int i = 0; i < 400_000; i++) {
            client.request(99, 0, 0, 0, null);
        }
        net.loop.run();
        long unsent = client.stream.unsentBytes();
        boolean otherServed = other.call(CMD_READ, 0, 0, MIB, null).error == 0;
        client.stream.clientWindow(Long.MAX_VALUE);
        net.loop.run();

        assertTrue(unsent <= 17L * MIB, unsent + " bytes unsent");
        assertTrue(otherServed);
        assertEquals(0, client.unanswered());
    }

    @Test
    void connections_share_a_small_pool_and_all_are_served() {
        NbdTestClient[] clients = new NbdTestClient[20];
        byte[] data = net.randomBytes(32 * MIB);
        net.volume.fill(0, data);
        for (int i = 0; i < clients.length; i++) {
            clients[i] = client(i % 2 == 0);
        }

        for (NbdTestClient client : clients) {
            client.read(0, 7 * MIB);
            client.write(0, java.util.Arrays.copyOf(data, 5 * MIB));
            client.read(MIB, 512);
        }
        long most = 0;
        net.loop.run();
        most = Math.max(most, net.pool.usedBytes());

        for (NbdTestClient client : clients) {
            assertEquals(0, client.unanswered());
        }
        assertEquals(0, most);
    }

    @Test
    void clients_leave_a_part_of_the_pool_to_others() {
        NbdTestClient client = net.simpleClient();
        net.volume.hold();

        for (int i = 0; i < 20; i++) {
            client.read(0, MIB);
        }
        net.loop.run();

        assertEquals(6 * MIB, net.pool.usedBytes());
        net.volume.letGo();
        net.loop.run();
        assertEquals(0, client.unanswered());
    }

    @Test
    void a_connection_that_waits_for_a_buffer_goes_on_when_others_give_theirs_back() {
        List<io.bsr.base.memory.Buffer> taken = new ArrayList<>();
        for (var buffer = net.pool.tryAcquire(MIB); buffer != null; buffer = net.pool.tryAcquire(MIB)) {
            taken.add(buffer);
        }
        NbdTestClient reader = net.simpleClient();
        NbdTestClient gone = net.simpleClient();
        NbdTestClient writer = net.simpleClient();
        gone.read(0, MIB);
        net.loop.run();
        long read = reader.read(0, 4096);
        long written = writer.write(0, new byte[4096]);
        net.loop.run();
        boolean early = reader.answered(read) || writer.answered(written);
        boolean[] othersWoken = new boolean[1];
        net.pool.whenReleased(() -> othersWoken[0] = true);

        gone.send(out -> {});
        gone.stream.clientCloses();
        net.server.clients();
        taken.removeLast().release();
        net.loop.run();

        assertFalse(early);
        assertEquals(0, reader.reply(read).error);
        assertEquals(0, writer.reply(written).error);
        assertTrue(othersWoken[0]);
        taken.forEach(io.bsr.base.memory.Buffer::release);
    }

    @Test
    void clients_that_stall_are_cut_off_when_others_starve_and_not_before() {
        NbdTestClient reader = net.simpleClient();
        NbdTestClient writer = net.simpleClient();
        NbdTestClient worker = net.structuredClient();
        reader.stream.clientWindow(0);
        writer.request(CMD_WRITE, 0, 0, MIB, new byte[100]);
        net.loop.run();
        for (int i = 0; i < 16; i++) {
            reader.read(0, MIB);
        }
        net.loop.advance(100_000_000_000L);
        boolean patient = !reader.stream.closedByServer() && !writer.stream.closedByServer();

        long starving = worker.read(0, 4 * MIB);
        net.loop.run();
        boolean early = worker.answered(starving);
        long othersMayUse = net.pool.limitBytes() - net.pool.usedBytes();
        net.loop.advance(3 * NbdLimits.DEFAULT.stallNanos());

        assertTrue(patient);
        assertFalse(early);
        assertEquals(2 * MIB, othersMayUse);
        assertEquals(0, worker.reply(starving).error);
        assertTrue(reader.stream.closedByServer() && writer.stream.closedByServer());
        assertFalse(worker.stream.closedByServer());
    }

    @Test
    void a_goodbye_lets_requests_in_flight_be_answered() {
        NbdTestClient client = net.simpleClient();
        net.volume.hold();
        long read = client.read(0, 4096);
        long write = client.write(0, new byte[2 * MIB]);
        client.request(CMD_DISC, 0, 0, 0, null);
        net.loop.run();

        boolean early = client.stream.closedByServer();
        net.volume.letGo();
        net.loop.run();

        assertFalse(early);
        assertTrue(client.answered(read) && client.answered(write));
        assertTrue(client.stream.closedByServer());
        assertTrue(net.volume.users().isEmpty());
    }

    @Test
    void a_client_that_vanishes_leaves_the_volume_when_its_requests_have() {
        NbdTestClient client = net.structuredClient();
        net.volume.hold();
        client.read(0, 3 * MIB);
        client.stream.clientCloses();
        net.loop.run();
        NbdTestClient other = net.structuredClient();
        other.write(0, new byte[8192]);
        other.request(CMD_BLOCK_STATUS, 0, 0, MIB, null);
        other.send(out -> out.write(new byte[28]));
        net.loop.run();

        assertTrue(other.stream.closedByServer());
        assertEquals(2, net.volume.users().size());
        net.volume.letGo();
        net.loop.run();

        assertEquals(0, net.volume.users().size());
    }

    @Test
    void garbage_in_place_of_a_request_disconnects() {
        NbdTestClient client = net.simpleClient();
        client.write(0, new byte[4096]);
        client.send(out -> out.write(net.randomBytes(1000)));
        net.loop.run();

        assertTrue(client.stream.closedByServer());
        assertTrue(net.log.stream().anyMatch(line -> line.contains("no request")), net.log.toString());
    }

    @Test
    void a_client_that_stops_within_a_payload_and_vanishes_leaves_nothing_behind() {
        for (int sent : new int[] {0, 1, 4096, MIB, MIB + 1, 3 * MIB - 1}) {
            NbdTestClient client = net.simpleClient();
            client.request(CMD_WRITE, 0, 0, 3 * MIB, new byte[sent]);
            net.loop.run();
            client.stream.clientCloses();
            net.loop.run();

            assertEquals(0, net.volume.users().size());
            assertEquals(0, net.pool.usedBytes());
        }
    }

    @Test
    void a_revoked_volume_ends_what_is_in_flight_refuses_the_rest_and_closes() {
        NbdTestClient client = net.simpleClient();
        net.volume.hold();
        long before = client.write(0, new byte[4096]);
        net.loop.run();

        net.volume.revoke("r0 is demoted by force");
        long after = client.write(4096, new byte[4096]);
        long readAfter = client.read(0, 512);
        net.loop.run();
        boolean stillOpen = net.volume.users().size() == 1;
        net.volume.letGo();
        net.loop.run();

        assertTrue(stillOpen);
        assertEquals(0, client.reply(before).error);
        assertEquals(ESHUTDOWN, client.reply(after).error);
        assertEquals(ESHUTDOWN, client.reply(readAfter).error);
        assertTrue(client.stream.closedByServer());
        assertEquals(0, net.volume.users().size());
        assertEquals(1, net.volume.submitted);
    }

    @Test
    void an_idle_client_of_a_revoked_volume_is_closed_at_once() {
        NbdTestClient client = net.structuredClient();

        net.volume.revoke("r0 is demoted by force");
        net.loop.run();

        assertTrue(client.stream.closedByServer());
        assertEquals(0, net.volume.users().size());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_revocation_ends_a_long_read_early(boolean structured) {
        NbdTestClient client = client(structured);
        net.volume.hold();
        long read = client.read(0, 32 * MIB);
        net.loop.run();

        net.volume.revoke("gone");
        net.volume.letGo();
        net.loop.run();

        assertEquals(ESHUTDOWN, client.reply(read).error);
        assertTrue(net.volume.submitted < 32);
        assertTrue(client.stream.closedByServer());
    }

    @Test
    void a_revocation_during_a_payload_closes_the_volume_at_once_and_the_stream_in_time() {
        NbdTestClient finishes = net.simpleClient();
        NbdTestClient stalls = net.simpleClient();
        long write = finishes.request(CMD_WRITE, 0, 0, 4 * MIB, new byte[2 * MIB + 100]);
        stalls.request(CMD_WRITE, 0, 0, 4 * MIB, new byte[2 * MIB + 100]);
        net.loop.run();

        net.volume.revoke("gone");
        net.loop.run();
        int users = net.volume.users().size();
        finishes.send(out -> out.write(new byte[2 * MIB - 100]));
        net.loop.run();
        boolean stallsOpen = !stalls.stream.closedByServer();
        net.loop.advance(NbdLimits.DEFAULT.closingNanos() + 1);

        assertEquals(0, users);
        assertEquals(ESHUTDOWN, finishes.reply(write).error);
        assertTrue(stallsOpen);
        assertTrue(stalls.stream.closedByServer());
    }

    @Test
    void a_closed_server_answers_what_is_in_flight_and_reports_its_end() {
        NbdTestClient client = net.simpleClient();
        NbdTestClient negotiating = net.connect().greet();
        net.volume.hold();
        long read = client.read(0, 4096);
        net.loop.run();
        boolean[] closed = new boolean[1];

        net.server.close(() -> closed[0] = true);
        net.loop.run();
        boolean early = closed[0];
        net.volume.letGo();
        net.loop.run();

        assertFalse(early);
        assertTrue(closed[0]);
        assertEquals(0, client.reply(read).error);
        assertTrue(client.stream.closedByServer() && negotiating.stream.closedByServer());
        assertFalse(net.network.listens(ServerInMemory.TCP) || net.network.listens(ServerInMemory.UNIX));
    }

    @Test
    void the_size_of_the_volume_may_change_under_a_client() {
        NbdTestClient client = net.simpleClient();

        net.volume.resize(MIB);
        assertEquals(ENOSPC, client.call(CMD_WRITE, 0, MIB, 512, new byte[512]).error);
        net.volume.resize(2 * MIB);
        assertEquals(0, client.call(CMD_WRITE, 0, MIB, 512, new byte[512]).error);
    }

    @Test
    void there_are_only_so_many_connections() {
        NbdLimits three = new NbdLimits(3, 8, MIB, 50, 1_000_000_000L, 1_000_000_000L, 1_000_000_000L);
        net = new ServerInMemory(6, 64 << 20, 8 << 20, 512, three);
        net.simpleClient();
        NbdTestClient second = net.simpleClient();
        net.connect().greet();

        NbdTestClient fourth = net.connect();
        net.loop.run();
        boolean refused = fourth.stream.closedByServer();
        second.request(CMD_DISC, 0, 0, 0, null);
        net.loop.run();
        net.simpleClient();

        assertTrue(refused);
        assertEquals(3, net.server.connections());
    }

    @Test
    void tight_limits_slow_down_but_do_not_stop() {
        NbdLimits tight = new NbdLimits(8, 1, MIB, 1, 1_000_000_000L, 1_000_000_000L, 1_000_000_000L);
        net = new ServerInMemory(7, 300 << 20, 4 << 20, 512, tight);
        byte[] data = net.randomBytes(4 * MIB);
        for (boolean structured : new boolean[] {false, true}) {
            NbdTestClient client = client(structured);
            client.write(0, data);
            long read = client.read(0, data.length);
            long trim = client.request(CMD_TRIM, CMD_FLAG_FUA, 0, 300 << 20, null);
            long flush = client.request(CMD_FLUSH, 0, 0, 0, null);
            net.loop.run();

            assertArrayEquals(data, client.reply(read).bytes());
            assertEquals(0, client.reply(trim).error);
            assertEquals(0, client.reply(flush).error);
            assertEquals(1, net.volume.mostPending);
        }
    }

    @Test
    void status_shows_the_clients_of_a_volume() {
        NbdTestClient client = net.simpleClient();
        net.connect().greet();
        NbdTestClient unix = new NbdTestClient(net.loop, net.network.connect(ServerInMemory.UNIX));
        unix.greet().go("r0");
        client.call(CMD_WRITE, 0, 0, 8192, new byte[8192]);
        client.call(CMD_READ, 0, 0, 512, null);
        net.volume.hold();
        client.read(0, 512);
        net.loop.run();

        List<NbdClient> clients = net.server.clients(net.volume);

        assertEquals(
                List.of(
                        new NbdClient("r0/0", net.volume, "NBD client 127.0.0.1:40210", 1, 512, 8192, 2),
                        new NbdClient("r0/0", net.volume, "NBD client unix:/run/bsr/nbd", 0, 0, 0, 0)),
                clients);
        assertEquals("NBD client 127.0.0.1:40210", net.volume.users().getFirst().description());
        net.volume.letGo();
    }

    @Test
    void the_log_takes_a_bounded_number_of_lines() {
        for (int i = 0; i < 200; i++) {
            net.connect().greet(1 << 9);
            net.loop.run();
        }
        int lines = net.log.size();
        net.loop.advance(LogValve.PERIOD_NANOS);
        net.connect().greet(1 << 9);
        net.loop.run();

        assertEquals(LogValve.LINES, lines);
        assertEquals("150 lines about NBD clients were left out", net.log.get(lines));
    }

    private static List<String> descriptors(Reply reply) {
        return reply.descriptors.stream().map(d -> d[0] + ":" + d[1]).toList();
    }
}
