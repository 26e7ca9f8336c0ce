package io.bsr.frontend.nbd;

/**
 * What client and server agreed on.
 *
 * @param export the export, opened for this client
 * @param structuredReplies replies to READ come in chunks; errors carry a text
 * @param allocationContext BLOCK_STATUS may be asked for {@code base:allocation}
 */
record Session(Export export, boolean structuredReplies, boolean allocationContext) {
    /** Offsets and lengths of requests are multiples of this many bytes: 512 or 4096. */
    int minimumBlock() {
        return Math.max(512, export.volume().logicalBlockSize());
    }

    /** The size that the client is told: whole blocks. */
    long size() {
        long size = export.volume().size();
        return size - size % minimumBlock();
    }

    int transmissionFlags() {
        return TransmissionCode.HAS_FLAGS
                | TransmissionCode.SEND_FLUSH
                | TransmissionCode.SEND_FUA
                | TransmissionCode.SEND_WRITE_ZEROES
                | TransmissionCode.CAN_MULTI_CONN
                | (export.volume().discards() ? TransmissionCode.SEND_TRIM : 0)
                | (structuredReplies ? TransmissionCode.SEND_DF : 0);
    }
}
