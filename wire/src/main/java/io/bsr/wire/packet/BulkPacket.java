package io.bsr.wire.packet;

import io.bsr.wire.Agreement;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolException;
import io.bsr.wire.data.BarrierLayout;
import io.bsr.wire.data.BlockAckLayout;
import io.bsr.wire.data.BlockDescriptorLayout;
import io.bsr.wire.data.BlockRequestLayout;
import io.bsr.wire.data.DataLayout;
import io.bsr.wire.data.TrimLayout;
import java.nio.ByteBuffer;

/**
 * A packet of the data path or of the bitmap exchange, as an object for tools and tests. A payload (digest, data, words
 * of a bitmap) is not part of it: its length is.
 */
public sealed interface BulkPacket extends Packet {
    /** Bytes that follow the fixed part. */
    default int payloadBytes() {
        return 0;
    }

    @Override
    default int length(Agreement agreed) {
        return type().subHeaderBytes(agreed) + payloadBytes();
    }

    /** P_DATA, P_DATA_REPLY, P_RS_DATA_REPLY; see {@link DataLayout}. */
    record Data(PacketType type, long sector, long blockId, int sequence, int flags, int payloadBytes)
            implements BulkPacket {
        @Override
        public void encode(ByteBuffer out, Agreement agreed) {
            out.putLong(sector).putLong(blockId).putInt(sequence).putInt(flags);
        }
    }

    /** P_TRIM, P_ZEROES, P_WSAME; see {@link TrimLayout}. */
    record Trim(PacketType type, long sector, long blockId, int sequence, int flags, long sizeBytes, int payloadBytes)
            implements BulkPacket {
        @Override
        public void encode(ByteBuffer out, Agreement agreed) {
            out.putLong(sector).putLong(blockId).putInt(sequence).putInt(flags).putInt((int) sizeBytes);
        }
    }

    /** The acknowledgements of one block; see {@link BlockAckLayout}. */
    record BlockAck(PacketType type, long sector, long blockId, long sizeBytes, int sequence) implements BulkPacket {
        @Override
        public void encode(ByteBuffer out, Agreement agreed) {
            out.putLong(sector).putLong(blockId).putInt((int) sizeBytes).putInt(sequence);
        }
    }

    /** P_RS_WRITE116_ACK; see {@link BlockAckLayout}. */
    record ResyncWriteAck116(long sector, long blockId, long sizeBytes, int sequence, int resyncSequence)
            implements BulkPacket {
        @Override
        public PacketType type() {
            return PacketType.RS_WRITE116_ACK;
        }

        @Override
        public void encode(ByteBuffer out, Agreement agreed) {
            out.putLong(sector).putLong(blockId).putInt((int) sizeBytes).putInt(sequence);
            out.putInt(Integer.reverseBytes(resyncSequence));
        }
    }

    /** Requests, and replies of verify and checksum resync; see {@link BlockRequestLayout}. */
    record BlockRequest(PacketType type, long sector, long blockId, long sizeBytes, int payloadBytes)
            implements BulkPacket {
        @Override
        public void encode(ByteBuffer out, Agreement agreed) {
            out.putLong(sector).putLong(blockId).putInt((int) sizeBytes).putInt(0);
        }
    }

    /** P_OUT_OF_SYNC, P_RS_DEALLOCATED; see {@link BlockDescriptorLayout}. */
    record BlockDescriptor(PacketType type, long sector, long sizeBytes) implements BulkPacket {
        @Override
        public void encode(ByteBuffer out, Agreement agreed) {
            out.putLong(sector).putInt((int) sizeBytes).putInt(0);
        }
    }

    /** P_BARRIER; see {@link BarrierLayout}. */
    record Barrier(int barrier) implements BulkPacket {
        @Override
        public PacketType type() {
            return PacketType.BARRIER;
        }

        @Override
        public void encode(ByteBuffer out, Agreement agreed) {
            out.putInt(barrier).putInt(0);
        }
    }

    /** P_BARRIER_ACK; see {@link BarrierLayout}. */
    record BarrierAck(int barrier, int setSize) implements BulkPacket {
        @Override
        public PacketType type() {
            return PacketType.BARRIER_ACK;
        }

        @Override
        public void encode(ByteBuffer out, Agreement agreed) {
            out.putInt(barrier).putInt(setSize);
        }
    }

    /** P_BITMAP, P_COMPRESSED_BITMAP: all payload. */
    record Bitmap(PacketType type, int payloadBytes) implements BulkPacket {
        @Override
        public void encode(ByteBuffer out, Agreement agreed) {}
    }

    /** True for the packets of this kind. */
    static boolean isBulk(PacketType type) {
        return switch (type.layout()) {
            case DATA, TRIM, BLOCK_ACK, BLOCK_ACK_116, BLOCK_REQUEST, BLOCK_DESCRIPTOR, BARRIER, BARRIER_ACK, BITMAP ->
                true;
            default -> false;
        };
    }

    /**
     * Reads the fixed part, as {@link Packet#decode}; the payload need not be in the buffer.
     *
     * @throws IllegalArgumentException if {@code type} is a {@link SessionPacket}
     */
    static BulkPacket decode(PacketType type, ByteBuffer in, int length, Agreement agreed) throws ProtocolException {
        int fixed = type.layout().bytes();
        Packet.checkBody(type, in, length, fixed, agreed);
        int payload = length - fixed;
        int at = in.position();
        BulkPacket packet =
                switch (type.layout()) {
                    case DATA ->
                        new Data(
                                type,
                                DataLayout.sector(in, at),
                                DataLayout.blockId(in, at),
                                DataLayout.sequence(in, at),
                                DataLayout.flags(in, at),
                                payload);
                    case TRIM ->
                        new Trim(
                                type,
                                TrimLayout.sector(in, at),
                                TrimLayout.blockId(in, at),
                                TrimLayout.sequence(in, at),
                                TrimLayout.flags(in, at),
                                TrimLayout.sizeBytes(in, at),
                                payload);
                    case BLOCK_ACK ->
                        new BlockAck(
                                type,
                                BlockAckLayout.sector(in, at),
                                BlockAckLayout.blockId(in, at),
                                BlockAckLayout.sizeBytes(in, at),
                                BlockAckLayout.sequence(in, at));
                    case BLOCK_ACK_116 ->
                        new ResyncWriteAck116(
                                BlockAckLayout.sector(in, at),
                                BlockAckLayout.blockId(in, at),
                                BlockAckLayout.sizeBytes(in, at),
                                BlockAckLayout.sequence(in, at),
                                BlockAckLayout.resyncSequence(in, at));
                    case BLOCK_REQUEST ->
                        new BlockRequest(
                                type,
                                BlockRequestLayout.sector(in, at),
                                BlockRequestLayout.blockId(in, at),
                                BlockRequestLayout.sizeBytes(in, at),
                                payload);
                    case BLOCK_DESCRIPTOR ->
                        new BlockDescriptor(
                                type, BlockDescriptorLayout.sector(in, at), BlockDescriptorLayout.sizeBytes(in, at));
                    case BARRIER -> new Barrier(BarrierLayout.barrier(in, at));
                    case BARRIER_ACK -> new BarrierAck(BarrierLayout.barrier(in, at), BarrierLayout.setSize(in, at));
                    case BITMAP -> new Bitmap(type, payload);
                    default -> throw new IllegalArgumentException(type + " is not a bulk packet");
                };
        in.position(at + fixed);
        return packet;
    }
}
