package io.bsr.wire.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.bsr.wire.Agreement;
import io.bsr.wire.BlockIds;
import io.bsr.wire.DpFlags;
import io.bsr.wire.Feature;
import io.bsr.wire.HeaderReader;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolException;
import io.bsr.wire.StreamRole;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class DataLayoutsTest {
    private static final Agreement BSR = new Agreement(118, Feature.ALL);
    private static final long ID = 0x0102030405060708L;

    private final ByteBuffer out = ByteBuffer.allocate(256);

    private void assertPut(String hex, int put) {
        assertEquals(hex.replace(" ", ""), HexFormat.of().formatHex(out.array(), 0, out.position()));
        assertEquals(out.position(), put);
    }

    @Test
    void a_write_has_sector_id_sequence_and_flags() {
        int put =
                DataLayout.put(out, BSR, PacketType.DATA, 2, 0x1122, ID, 7, DpFlags.SEND_WRITE_ACK | DpFlags.FUA, 4096);

        assertPut("8620ec20 0002 0000 00001018 00000000 0000000000001122 0102030405060708 00000007 00000110", put);
        assertEquals(0x1122, DataLayout.sector(out, 16));
        assertEquals(ID, DataLayout.blockId(out, 16));
        assertEquals(7, DataLayout.sequence(out, 16));
        assertEquals(DpFlags.SEND_WRITE_ACK | DpFlags.FUA, DataLayout.flags(out, 16));
    }

    @Test
    void a_trim_has_the_size_of_its_area() {
        int put = TrimLayout.put(out, BSR, PacketType.TRIM, 0, 8, ID, 9, DpFlags.DISCARD, 0xf0000000, 0);

        assertPut(
                "8620ec20 0000 0031 0000001c 00000000 0000000000000008 0102030405060708 00000009 00000040 f0000000",
                put);
        assertEquals(8, TrimLayout.sector(out, 16));
        assertEquals(ID, TrimLayout.blockId(out, 16));
        assertEquals(9, TrimLayout.sequence(out, 16));
        assertEquals(DpFlags.DISCARD, TrimLayout.flags(out, 16));
        assertEquals(0xf0000000L, TrimLayout.sizeBytes(out, 16));
    }

    @Test
    void an_acknowledgement_echoes_the_id() {
        int put = BlockAckLayout.put(out, BSR, PacketType.WRITE_ACK, 1, 8, ID, 4096, -1);

        assertPut("8620ec20 0001 0016 00000018 00000000 0000000000000008 0102030405060708 00001000 ffffffff", put);
        assertEquals(8, BlockAckLayout.sector(out, 16));
        assertEquals(ID, BlockAckLayout.blockId(out, 16));
        assertEquals(4096, BlockAckLayout.sizeBytes(out, 16));
        assertEquals(-1, BlockAckLayout.sequence(out, 16));
    }

    @Test
    void a_resync_acknowledgement_of_bsr_has_its_sequence_in_little_endian() {
        int put = BlockAckLayout.put116(out, BSR, 0, 8, BlockIds.SYNCER, 4096, 3, 0x0102);

        assertPut(
                "8620ec20 0000 0051 0000001c 00000000 0000000000000008 ffffffffffffffff 00001000 00000003 02010000",
                put);
        assertEquals(0x0102, BlockAckLayout.resyncSequence(out, 16));
    }

    @Test
    void a_resync_acknowledgement_that_would_crash_the_peer_is_not_put() {
        assertThrows(IllegalArgumentException.class, () -> BlockAckLayout.put116(out, BSR, 0, 8, ID, 4096, 3, 1));
        assertEquals(0, out.position());
    }

    @Test
    void requests_descriptors_and_barriers() {
        int put = BlockRequestLayout.put(out, BSR, PacketType.CSUM_RS_REQUEST, 0, 8, BlockIds.SYNCER, 4096, 16);
        assertPut("8620ec20 0000 0021 00000028 00000000 0000000000000008 ffffffffffffffff 00001000 00000000", put);
        assertEquals(8, BlockRequestLayout.sector(out, 16));
        assertEquals(BlockIds.SYNCER, BlockRequestLayout.blockId(out, 16));
        assertEquals(4096, BlockRequestLayout.sizeBytes(out, 16));

        out.clear();
        put = BlockDescriptorLayout.put(out, BSR, PacketType.OUT_OF_SYNC, 0, BlockIds.OUT_OF_SYNC_FINISHED_SECTOR, 0);
        assertPut("8620ec20 0000 0028 00000010 00000000 ffffffffffffffff 00000000 00000000", put);
        assertEquals(BlockIds.OUT_OF_SYNC_FINISHED_SECTOR, BlockDescriptorLayout.sector(out, 16));
        assertEquals(0, BlockDescriptorLayout.sizeBytes(out, 16));

        out.clear();
        put = BarrierLayout.put(out, BSR, -1, 5);
        assertPut("8620ec20 ffff 0003 00000008 00000000 00000005 00000000", put);
        assertEquals(5, BarrierLayout.barrier(out, 16));

        out.clear();
        put = BarrierLayout.putAck(out, BSR, -1, 5, 12);
        assertPut("8620ec20 ffff 001c 00000008 00000000 00000005 0000000c", put);
        assertEquals(12, BarrierLayout.setSize(out, 16));
    }

    @Test
    void the_data_path_allocates_nothing() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ByteBuffer direct = ByteBuffer.allocateDirect(4096);
        HeaderReader data = new HeaderReader(StreamRole.DATA);
        HeaderReader control = new HeaderReader(StreamRole.CONTROL);
        data.agree(BSR);
        control.agree(BSR);
        long sum = 0;
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1000; i++) {
                sum += writeAndAcknowledge(direct, data, control, i);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }

        assertTrue(sum != 0);
        assertTrue(least < 1000, least + " bytes for 1000 writes");
    }

    private static long writeAndAcknowledge(ByteBuffer bytes, HeaderReader data, HeaderReader control, int i)
            throws ProtocolException {
        bytes.clear();
        DataLayout.put(bytes, BSR, PacketType.DATA, 0, i, i, i, 0, 0);
        TrimLayout.put(bytes, BSR, PacketType.TRIM, 0, i, i, i, 0, 4096, 0);
        BlockRequestLayout.put(bytes, BSR, PacketType.RS_DATA_REQUEST, 0, i, -1, 4096, 0);
        BlockDescriptorLayout.put(bytes, BSR, PacketType.OUT_OF_SYNC, 0, i, 4096);
        BarrierLayout.put(bytes, BSR, -1, i);
        int acks = bytes.position();
        BlockAckLayout.put(bytes, BSR, PacketType.WRITE_ACK, 0, i, i, 4096, i);
        BlockAckLayout.put116(bytes, BSR, 0, i, BlockIds.SYNCER, 4096, i, 1);
        BarrierLayout.putAck(bytes, BSR, -1, i, 1);
        bytes.flip();
        long sum = 0;
        while (bytes.hasRemaining()) {
            HeaderReader reader = bytes.position() < acks ? data : control;
            reader.read(bytes);
            int at = bytes.position();
            switch (reader.type().layout()) {
                case DATA -> sum += DataLayout.sector(bytes, at) + DataLayout.flags(bytes, at);
                case TRIM -> sum += TrimLayout.sizeBytes(bytes, at);
                case BLOCK_ACK, BLOCK_ACK_116 -> sum += BlockAckLayout.blockId(bytes, at);
                case BARRIER, BARRIER_ACK -> sum += BarrierLayout.barrier(bytes, at);
                default -> sum += reader.volume();
            }
            bytes.position(at + reader.length());
        }
        return sum;
    }
}
