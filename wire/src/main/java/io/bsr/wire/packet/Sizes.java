package io.bsr.wire.packet;

import io.bsr.wire.Agreement;
import io.bsr.wire.Feature;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * P_SIZES (reference 6.3 p_sizes, 7.3): 32 bytes, with {@link Feature#WSAME} 56.
 *
 * <pre>
 *   0         8         16        24       28     30    32     36     40     44     48     52    53    54    55  56
 *   ├─────────┼─────────┼─────────┼────────┼──────┼─────┼──────┼──────┼──────┼──────┼──────┼─────┼─────┼─────┼───┤
 *   │ d_size  │ u_size  │ c_size  │ max bio│ order│ dds │ pbs  │ lbs  │ align│ ioMin│ ioOpt│ disc│ zero│ same│pad│
 * </pre>
 *
 * @param backingSectors usable backing storage in sectors, 0 if diskless
 * @param userSectors size set by the user in sectors, 0 for none
 * @param currentSectors size of the device that users see, in sectors; bsr sends 0 while its identifier is fresh
 * @param maxTransferBytes largest write or read the sender takes; unsigned 32 bits, nobody has checked it
 * @param queueOrderType 0
 * @param growFlags {@link #ASSUME_PEER_HAS_SPACE}, {@link #NO_RESYNC}, {@link #IGNORE_PEER_CONSTRAINTS}; 16 bits
 * @param limits present exactly if {@link Feature#WSAME} is agreed
 */
public record Sizes(
        long backingSectors,
        long userSectors,
        long currentSectors,
        long maxTransferBytes,
        int queueOrderType,
        int growFlags,
        @Nullable QueueLimits limits)
        implements SessionPacket {
    public static final int ASSUME_PEER_HAS_SPACE = 1;
    public static final int NO_RESYNC = 2;
    public static final int IGNORE_PEER_CONSTRAINTS = 4;

    public Sizes {
        Body.checkUnsigned("max_bio_size", maxTransferBytes);
    }

    @Override
    public PacketType type() {
        return PacketType.SIZES;
    }

    @Override
    public int length(Agreement agreed) {
        return type().subHeaderBytes(agreed);
    }

    @Override
    public void encode(ByteBuffer out, Agreement agreed) {
        out.putLong(backingSectors).putLong(userSectors).putLong(currentSectors);
        out.putInt((int) maxTransferBytes).putShort((short) queueOrderType).putShort((short) growFlags);
        if (agreed.has(Feature.WSAME)) {
            QueueLimits queue = limits;
            if (queue == null) {
                throw new IllegalStateException("P_SIZES with the feature WSAME needs queue limits");
            }
            out.putInt((int) queue.physicalBlockSize()).putInt((int) queue.logicalBlockSize());
            out.putInt((int) queue.alignmentOffset())
                    .putInt((int) queue.ioMin())
                    .putInt((int) queue.ioOpt());
            putBoolean(out, queue.discardEnabled());
            putBoolean(out, queue.discardZeroesData());
            putBoolean(out, queue.writeSameCapable());
            putBoolean(out, false);
        }
    }

    private static void putBoolean(ByteBuffer out, boolean value) {
        out.put((byte) (value ? 1 : 0));
    }

    static Sizes decode(ByteBuffer in, Agreement agreed) throws ProtocolException {
        long backing = Body.sectors(in, PacketType.SIZES, "d_size");
        long user = Body.sectors(in, PacketType.SIZES, "u_size");
        long current = Body.sectors(in, PacketType.SIZES, "c_size");
        long maxTransfer = Body.unsigned(in);
        int order = in.getShort() & 0xffff;
        int flags = in.getShort() & 0xffff;
        QueueLimits limits = null;
        if (agreed.has(Feature.WSAME)) {
            limits = new QueueLimits(
                    Body.unsigned(in),
                    Body.unsigned(in),
                    Body.unsigned(in),
                    Body.unsigned(in),
                    Body.unsigned(in),
                    in.get() != 0,
                    in.get() != 0,
                    in.get() != 0);
            in.get();
        }
        return new Sizes(backing, user, current, maxTransfer, order, flags, limits);
    }
}
