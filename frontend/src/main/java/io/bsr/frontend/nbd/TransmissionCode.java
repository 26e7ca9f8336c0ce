package io.bsr.frontend.nbd;

/** The numbers of the transmission phase (NBD protocol, "Transmission phase"). Everything is big-endian. */
final class TransmissionCode {
    static final int HAS_FLAGS = 1;
    static final int SEND_FLUSH = 1 << 2;
    static final int SEND_FUA = 1 << 3;
    static final int SEND_TRIM = 1 << 5;
    static final int SEND_WRITE_ZEROES = 1 << 6;
    static final int SEND_DF = 1 << 7;
    static final int CAN_MULTI_CONN = 1 << 8;

    static final int REQUEST_MAGIC = 0x25609513;
    static final int SIMPLE_REPLY_MAGIC = 0x67446698;
    static final int STRUCTURED_REPLY_MAGIC = 0x668e33ef;

    static final int CMD_READ = 0;
    static final int CMD_WRITE = 1;
    static final int CMD_DISC = 2;
    static final int CMD_FLUSH = 3;
    static final int CMD_TRIM = 4;
    static final int CMD_WRITE_ZEROES = 6;
    static final int CMD_BLOCK_STATUS = 7;

    static final int CMD_FLAG_FUA = 1;
    static final int CMD_FLAG_NO_HOLE = 1 << 1;
    static final int CMD_FLAG_DF = 1 << 2;
    static final int CMD_FLAG_REQ_ONE = 1 << 3;

    static final int REPLY_FLAG_DONE = 1;

    static final int REPLY_NONE = 0;
    static final int REPLY_OFFSET_DATA = 1;
    static final int REPLY_BLOCK_STATUS = 5;
    static final int REPLY_ERROR = (1 << 15) + 1;

    static final int STATE_HOLE = 1;
    static final int STATE_ZERO = 1 << 1;

    /** The identifier of {@code base:allocation}, the only metadata context. */
    static final int ALLOCATION_CONTEXT = 1;

    static final int EPERM = 1;
    static final int EIO = 5;
    static final int EINVAL = 22;
    static final int ENOSPC = 28;
    static final int EOVERFLOW = 75;
    static final int ESHUTDOWN = 108;

    /** Longest payload of a READ or WRITE, in bytes (32 MiB); what every server is expected to take. */
    static final int LONGEST_PAYLOAD = 32 << 20;

    private TransmissionCode() {}
}
