package io.bsr.frontend.nbd;

/** The numbers of the negotiation (NBD protocol, "Handshake phase"). Everything is big-endian. */
final class HandshakeCode {
    /** "NBDMAGIC". */
    static final long GREETING_MAGIC = 0x4e42444d41474943L;

    /** "IHAVEOPT". */
    static final long OPTION_MAGIC = 0x49484156454f5054L;

    static final long OPTION_REPLY_MAGIC = 0x0003e889045565a9L;

    static final int FLAG_FIXED_NEWSTYLE = 1;
    static final int FLAG_NO_ZEROES = 1 << 1;

    static final int OPT_EXPORT_NAME = 1;
    static final int OPT_ABORT = 2;
    static final int OPT_LIST = 3;
    static final int OPT_STARTTLS = 5;
    static final int OPT_INFO = 6;
    static final int OPT_GO = 7;
    static final int OPT_STRUCTURED_REPLY = 8;
    static final int OPT_LIST_META_CONTEXT = 9;
    static final int OPT_SET_META_CONTEXT = 10;

    static final int REP_ACK = 1;
    static final int REP_SERVER = 2;
    static final int REP_INFO = 3;
    static final int REP_META_CONTEXT = 4;

    private static final int ERROR = 1 << 31;
    static final int REP_ERR_UNSUP = ERROR + 1;
    static final int REP_ERR_POLICY = ERROR + 2;
    static final int REP_ERR_INVALID = ERROR + 3;
    static final int REP_ERR_UNKNOWN = ERROR + 6;
    static final int REP_ERR_TOO_BIG = ERROR + 9;

    static final int INFO_EXPORT = 0;
    static final int INFO_NAME = 1;
    static final int INFO_DESCRIPTION = 2;
    static final int INFO_BLOCK_SIZE = 3;

    /** Longest string of the protocol, in bytes. */
    static final int LONGEST_STRING = 4096;

    /** Zeroes that end the reply to EXPORT_NAME, unless the client asked to leave them out. */
    static final int EXPORT_NAME_ZEROES = 124;

    private HandshakeCode() {}
}
