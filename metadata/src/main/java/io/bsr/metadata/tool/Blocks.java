package io.bsr.metadata.tool;

import io.bsr.base.Units;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataException.Code;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.Placement;
import java.nio.ByteBuffer;

/** Reading, writing and zeroing 4 KiB blocks of a device. */
final class Blocks {
    /** Bytes moved at once. */
    static final int PIECE_BYTES = 1 << 20;

    private Blocks() {}

    /** A zeroed, big-endian buffer of whole blocks. */
    static ByteBuffer buffer(int blocks) {
        return ByteBuffer.allocateDirect(blocks * Units.BLOCK_BYTES);
    }

    /** The block where the superblock should be. */
    static ByteBuffer superblock(MetadataDevice device, Placement placement, long deviceBytes)
            throws MetadataException {
        long offset = MetadataLayout.superblockOffset(placement, deviceBytes);
        if (deviceBytes < MetadataLayout.MIN_DEVICE_BYTES || offset + Units.BLOCK_BYTES > device.size()) {
            throw new MetadataException(
                    Code.DEVICE_TOO_SMALL,
                    device.description() + " is too small for metadata",
                    "it has " + device.size() + " bytes, " + placement + " metadata need at least "
                            + Math.max(MetadataLayout.MIN_DEVICE_BYTES, offset + Units.BLOCK_BYTES),
                    "Check device and kind of metadata");
        }
        return read(device, offset);
    }

    static ByteBuffer read(MetadataDevice device, long offset) throws MetadataException {
        ByteBuffer block = buffer(1);
        device.read(offset, block);
        return block.clear();
    }

    /** Makes a range read as zeroes. What is zero already is not written, so that sparse files stay sparse. */
    static void zero(MetadataDevice device, long offset, long length, Progress progress) throws MetadataException {
        ByteBuffer found = ByteBuffer.allocateDirect((int) Math.min(length, PIECE_BYTES));
        ByteBuffer zeroes = ByteBuffer.allocateDirect(found.capacity());
        for (long done = 0; done < length; ) {
            int piece = (int) Math.min(length - done, found.capacity());
            device.read(offset + done, found.clear().limit(piece));
            if (found.flip().mismatch(zeroes.clear().limit(piece)) >= 0) {
                device.write(offset + done, zeroes);
            }
            done += piece;
            progress.at(done, length);
        }
    }
}
