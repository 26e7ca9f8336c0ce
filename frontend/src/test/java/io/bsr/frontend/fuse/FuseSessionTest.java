package io.bsr.frontend.fuse;

import static io.bsr.frontend.fuse.FakeKernel.allocation;
import static io.bsr.frontend.fuse.FakeKernel.body;
import static io.bsr.frontend.fuse.FakeKernel.transfer;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.port.Errno;
import io.bsr.base.port.IoRequest.Operation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the kernel may ask, and gets. */
class FuseSessionTest {
    private static final int LARGEST = 512 << 10;

    private final FakeKernel kernel = new FakeKernel();

    private static byte[] bytes(int length, int seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @Test
    void the_first_message_agrees_upon_so_few_bytes_per_request_that_no_page_is_one_too_many() {
        FakeKernel.Answer answer =
                kernel.ask(FuseCode.INIT, body(64).putInt(0, 7).putInt(4, 45).putInt(12, -1));

        assertEquals(0, answer.error());
        assertEquals(7, answer.word(0));
        assertEquals(LARGEST, answer.word(20));
        assertEquals(256, answer.word(28) & 0xffff);
    }

    @Test
    void a_kernel_without_what_is_needed_is_refused() {
        assertEquals(
                FuseCode.EPROTO,
                kernel.ask(FuseCode.INIT, body(64).putInt(0, 7).putInt(4, 30)).error());
    }

    @Test
    void what_was_written_is_read() {
        byte[] written = bytes(3 * FakeKernel.BLOCK, 1);

        FakeKernel.Answer wrote = kernel.ask(FuseCode.WRITE, transfer(8192, written.length, 0, written));
        FakeKernel.Answer read = kernel.ask(FuseCode.READ, transfer(8192, written.length, 0));

        assertEquals(written.length, wrote.word(0));
        assertArrayEquals(written, read.body());
        assertEquals(0, kernel.messagesOut);
        assertEquals(0, kernel.buffers.heldBytes());
    }

    @Test
    void behind_the_end_is_nothing_to_read_and_no_room_to_write() {
        assertEquals(
                0,
                kernel.ask(FuseCode.READ, transfer(kernel.volume.size, 4096, 0)).body().length);
        assertEquals(
                4096,
                kernel.ask(FuseCode.READ, transfer(kernel.volume.size - 4096, LARGEST, 0))
                        .body()
                        .length);
        assertEquals(
                Errno.ENOSPC,
                kernel.ask(FuseCode.WRITE, transfer(kernel.volume.size, 4096, 0, new byte[4096]))
                        .error());
        assertEquals(
                Errno.EINVAL,
                kernel.ask(FuseCode.WRITE, transfer(512, 512, 0, new byte[512])).error());
    }

    @Test
    void a_flush_reaches_the_volume_and_a_synchronous_write_is_forced() {
        kernel.ask(FuseCode.FSYNC, body(16));
        kernel.ask(FuseCode.WRITE, transfer(0, 4096, FuseCode.O_DSYNC, new byte[4096]));

        assertEquals(List.of(Operation.FLUSH, Operation.WRITE), List.copyOf(kernel.volume.operations));
        assertEquals(1, kernel.volume.forced);
    }

    @Test
    void space_is_freed_in_pieces_as_zeroes_that_may_unmap() {
        kernel.volume.size = 1L << 30;

        assertEquals(
                0,
                kernel.ask(FuseCode.FALLOCATE, allocation(4096, (1L << 30) - 4096, 3))
                        .error());
        assertEquals((1L << 30) - 4096, kernel.volume.zeroed);
        assertEquals(128 << 20, kernel.volume.largestPiece);
        assertEquals(8, kernel.volume.unmapping);
    }

    @Test
    void zeroes_without_unmapping_stay_allocated_and_where_nothing_is_freed_nothing_is_zeroed() {
        kernel.volume.discards = false;

        assertEquals(0, kernel.ask(FuseCode.FALLOCATE, allocation(0, 8192, 17)).error());
        assertEquals(
                Errno.EOPNOTSUPP,
                kernel.ask(FuseCode.FALLOCATE, allocation(0, 8192, 3)).error());
        assertEquals(
                Errno.EOPNOTSUPP,
                kernel.ask(FuseCode.FALLOCATE, allocation(0, 8192, 0)).error());
        assertEquals(8192, kernel.volume.zeroed);
        assertEquals(0, kernel.volume.unmapping);
    }

    @Test
    void the_size_is_that_of_the_volume_and_cannot_be_changed_by_a_request() {
        long size = kernel.ask(FuseCode.GETATTR, body(16)).number(24);
        FakeKernel.Answer truncated =
                kernel.ask(FuseCode.SETATTR, body(88).putInt(0, 8).putLong(16, 0));
        FakeKernel.Answer touched = kernel.ask(FuseCode.SETATTR, body(88).putInt(0, 16 | 32));

        assertEquals(kernel.volume.size, size);
        assertEquals(Errno.EPERM, truncated.error());
        assertEquals(0, touched.error());
    }

    @Test
    void errors_of_the_volume_are_told() {
        kernel.volume.errno = Errno.ENOSPC;
        assertEquals(
                Errno.ENOSPC,
                kernel.ask(FuseCode.WRITE, transfer(0, 4096, 0, new byte[4096])).error());

        kernel.volume.errno = Errno.ESHUTDOWN;
        assertEquals(Errno.EIO, kernel.ask(FuseCode.READ, transfer(0, 4096, 0)).error());
    }

    @Test
    void requests_wait_for_buffers_and_all_are_answered() {
        List<Long> sent = new ArrayList<>();

        for (int i = 0; i < 8; i++) {
            sent.add(kernel.send(FuseCode.WRITE, transfer((long) i * LARGEST, LARGEST, 0, bytes(LARGEST, i))));
            sent.add(kernel.send(FuseCode.READ, transfer(0, 4096, 0)));
        }
        assertTrue(kernel.messagesOut > 8);
        kernel.run();

        sent.forEach(number -> assertEquals(0, kernel.answer(number).error()));
        assertEquals(0, kernel.messagesOut);
        assertTrue(kernel.volume.mostPending <= 2, "beyond the share of the pool");
        assertArrayEquals(bytes(LARGEST, 7), Arrays.copyOfRange(kernel.volume.data, 7 * LARGEST, 8 * LARGEST));
    }

    @Test
    void when_the_volume_goes_away_every_request_fails_at_once() {
        kernel.volume.held = true;
        long before = kernel.send(FuseCode.WRITE, transfer(0, LARGEST, 0, new byte[LARGEST]));
        long waiting = kernel.send(FuseCode.WRITE, transfer(0, LARGEST, 0, new byte[LARGEST]));

        kernel.session.revoked("the end");
        long after = kernel.send(FuseCode.READ, transfer(0, 4096, 0));

        assertEquals("the end", kernel.revoked);
        assertFalse(kernel.answers.containsKey(before));
        assertEquals(Errno.EIO, kernel.answer(waiting).error());
        assertEquals(Errno.EIO, kernel.answer(after).error());
        assertEquals(0, kernel.messagesOut);
    }

    @Test
    void who_leaves_answers_nothing_and_closes_the_volume_when_it_is_quiet() {
        boolean[] gone = new boolean[1];
        kernel.volume.held = true;
        long under = kernel.send(FuseCode.WRITE, transfer(0, LARGEST, 0, new byte[LARGEST]));
        kernel.send(FuseCode.WRITE, transfer(0, LARGEST, 0, new byte[LARGEST]));

        kernel.session.leave(() -> gone[0] = true);
        assertEquals(0, kernel.messagesOut);
        assertFalse(gone[0]);
        kernel.volume.letGo();
        kernel.send(FuseCode.READ, transfer(0, 4096, 0));
        kernel.run();

        assertTrue(gone[0]);
        assertFalse(kernel.volume.open);
        assertFalse(kernel.answers.containsKey(under));
        assertEquals(0, kernel.buffers.heldBytes());
        assertEquals(0, kernel.messagesOut);
    }

    @Test
    void whatever_a_message_holds_it_is_given_back_and_answered_once_at_most() {
        Random random = new Random(4711);
        int[] opcodes = {2, 3, 4, 14, 15, 16, 17, 18, 20, 25, 26, 36, 38, 41, 42, 43, 46, 52, 0, -1};
        long[] numbers = {0, 1, 511, 4096, 8192, LARGEST, 8L << 20, 128L << 20, Long.MAX_VALUE, -1, Long.MIN_VALUE};

        for (int i = 0; i < 50_000; i++) {
            byte[] message = bytes(random.nextInt(200), i);
            ByteBuffer view = ByteBuffer.wrap(message).order(ByteOrder.nativeOrder());
            if (message.length >= 40) {
                view.putInt(0, random.nextInt(20) == 0 ? random.nextInt() : message.length);
                view.putInt(4, opcodes[random.nextInt(opcodes.length)]);
                view.putLong(8, i);
                view.putLong(16, random.nextInt(20) == 0 ? random.nextLong() : 1);
            }
            for (int at = 40; at + 8 <= message.length; at += 8) {
                if (random.nextInt(3) > 0) {
                    view.putLong(at, numbers[random.nextInt(numbers.length)]);
                }
            }
            kernel.sendRaw(message);
            kernel.run();
        }

        assertEquals(0, kernel.doubleAnswers);
        assertEquals(0, kernel.messagesOut);
        assertEquals(0, kernel.buffers.heldBytes());
    }
}
