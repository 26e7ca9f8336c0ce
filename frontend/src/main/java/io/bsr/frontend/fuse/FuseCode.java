package io.bsr.frontend.fuse;

/** Numbers and layouts of the kernel's interface; {@code linux/fuse.h}. Offsets of fields, in the order of the machine. */
final class FuseCode {
    static final int MAJOR = 7;

    /** The last minor version whose structures are known here, and the first whose fields are all used. */
    static final int MINOR = 38;

    static final int OLDEST_MINOR = 31;

    static final long ROOT = 1;

    // Head of a request: length, operation, identifier, node, user, group, process
    static final int IN_BYTES = 40;
    static final int IN_LENGTH = 0;
    static final int IN_OPCODE = 4;
    static final int IN_UNIQUE = 8;
    static final int IN_NODE = 16;

    // Head of a reply
    static final int OUT_BYTES = 16;
    static final int OUT_LENGTH = 0;
    static final int OUT_ERROR = 4;
    static final int OUT_UNIQUE = 8;

    // Operations
    static final int FORGET = 2;
    static final int GETATTR = 3;
    static final int SETATTR = 4;
    static final int OPEN = 14;
    static final int READ = 15;
    static final int WRITE = 16;
    static final int STATFS = 17;
    static final int RELEASE = 18;
    static final int FSYNC = 20;
    static final int INIT = 26;
    static final int INTERRUPT = 36;
    static final int DESTROY = 38;
    static final int NOTIFY_REPLY = 41;
    static final int BATCH_FORGET = 42;
    static final int FALLOCATE = 43;

    // INIT
    static final int INIT_IN_BYTES = 16;
    static final int INIT_IN_MAJOR = 0;
    static final int INIT_IN_MINOR = 4;
    static final int INIT_IN_FLAGS = 12;
    static final int INIT_OUT_BYTES = 64;
    static final int INIT_OUT_MAJOR = 0;
    static final int INIT_OUT_MINOR = 4;
    static final int INIT_OUT_FLAGS = 12;
    static final int INIT_OUT_BACKGROUND = 16;
    static final int INIT_OUT_CONGESTION = 18;
    static final int INIT_OUT_MAX_WRITE = 20;
    static final int INIT_OUT_TIME_GRANULARITY = 24;
    static final int INIT_OUT_MAX_PAGES = 28;
    static final int FLAG_ASYNC_READ = 1;
    static final int FLAG_BIG_WRITES = 1 << 5;
    static final int FLAG_ASYNC_DIO = 1 << 15;
    static final int FLAG_MAX_PAGES = 1 << 22;

    // GETATTR and SETATTR
    static final int SETATTR_IN_BYTES = 88;
    static final int SETATTR_VALID = 0;
    static final int SETATTR_TIMES_AND_HANDLES = 16 | 32 | 64 | 128 | 256 | 512 | 1024;
    static final int ATTR_OUT_BYTES = 104;
    static final int ATTR_INODE = 16;
    static final int ATTR_SIZE = 24;
    static final int ATTR_BLOCKS = 32;
    static final int ATTR_MODE = 76;
    static final int ATTR_LINKS = 80;
    static final int ATTR_BLOCK_SIZE = 96;
    static final int MODE = 0100600;

    // OPEN
    static final int OPEN_OUT_BYTES = 16;
    static final int OPEN_OUT_FLAGS = 8;
    static final int OPEN_DIRECT_IO = 1;
    static final int OPEN_PARALLEL_DIRECT_WRITES = 1 << 6;

    // READ and WRITE
    static final int IO_IN_BYTES = 40;
    static final int IO_OFFSET = 8;
    static final int IO_SIZE = 16;
    static final int IO_FILE_FLAGS = 32;
    static final int WRITE_OUT_BYTES = 8;

    /** Of the flags of an open file: asm-generic/fcntl.h. */
    static final int O_DSYNC = 0x1000;

    // FALLOCATE; linux/falloc.h
    static final int FALLOCATE_IN_BYTES = 32;
    static final int FALLOCATE_OFFSET = 8;
    static final int FALLOCATE_LENGTH = 16;
    static final int FALLOCATE_MODE = 24;
    static final int KEEP_SIZE = 1;
    static final int PUNCH_HOLE = 2;
    static final int ZERO_RANGE = 16;

    // STATFS
    static final int STATFS_OUT_BYTES = 80;
    static final int STATFS_BLOCKS = 0;
    static final int STATFS_BLOCK_SIZE = 40;
    static final int STATFS_NAME_LENGTH = 44;
    static final int STATFS_FRAGMENT_SIZE = 48;

    // Errors beyond those that cross a port
    static final int ESTALE = 116;
    static final int ENOSYS = 38;
    static final int EPROTO = 71;

    private FuseCode() {}
}
