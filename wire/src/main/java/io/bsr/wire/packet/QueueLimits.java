package io.bsr.wire.packet;

/**
 * Properties of the sender's backing device, in P_SIZES if {@link io.bsr.wire.Feature#WSAME} is agreed. Numbers are
 * unsigned 32 bits, in bytes.
 *
 * @param physicalBlockSize physical block size
 * @param logicalBlockSize logical block size
 * @param alignmentOffset offset of the first aligned block
 * @param ioMin smallest efficient request
 * @param ioOpt optimal request, 0 if unknown
 * @param discardEnabled discards reach the device
 * @param discardZeroesData discarded blocks read as zeroes
 * @param writeSameCapable P_WSAME may be sent
 */
public record QueueLimits(
        long physicalBlockSize,
        long logicalBlockSize,
        long alignmentOffset,
        long ioMin,
        long ioOpt,
        boolean discardEnabled,
        boolean discardZeroesData,
        boolean writeSameCapable) {
    public QueueLimits {
        Body.checkUnsigned("physical block size", physicalBlockSize);
        Body.checkUnsigned("logical block size", logicalBlockSize);
        Body.checkUnsigned("alignment offset", alignmentOffset);
        Body.checkUnsigned("minimum I/O size", ioMin);
        Body.checkUnsigned("optimal I/O size", ioOpt);
    }
}
