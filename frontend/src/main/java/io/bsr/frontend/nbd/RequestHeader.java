package io.bsr.frontend.nbd;

/**
 * Layout of a request (NBD protocol, "Request message"), offsets in bytes:
 *
 * <pre>
 *   0        4       6      8         16        24        28
 *   | magic  | flags | type | cookie  | offset  | length  | data of a WRITE
 *   |  u32   |  u16  | u16  |  u64    |  u64    |  u32    | length bytes
 * </pre>
 */
final class RequestHeader {
    static final int MAGIC = 0;
    static final int FLAGS = 4;
    static final int TYPE = 6;
    static final int COOKIE = 8;
    static final int OFFSET = 16;
    static final int LENGTH = 24;
    static final int BYTES = 28;

    private RequestHeader() {}
}
