package io.bsr.loop.linux;

import java.lang.foreign.ValueLayout;
import java.util.Locale;

/** Whether this is Linux, and the constants of its system calls (values of x86-64 and arm64, as noted). */
public final class Linux {
    /** True on 64-bit Linux with a processor whose constants are known here. */
    public static final boolean HERE = here();

    // Error numbers: asm-generic/errno.h
    public static final int ENOENT = 2;
    public static final int EINTR = 4;
    public static final int EAGAIN = 11;
    public static final int ENOTDIR = 20;
    public static final int EISDIR = 21;
    public static final int EMFILE = 24;
    public static final int ETXTBSY = 26;
    public static final int ENOSYS = 38;
    public static final int ELOOP = 40;
    public static final int ETIME = 62;
    public static final int EADDRINUSE = 98;
    public static final int ECANCELED = 125;

    // open(2): asm-generic/fcntl.h; O_DIRECT differs between processors
    public static final int O_RDONLY = 0;
    public static final int O_RDWR = 2;
    public static final int O_EXCL = 0x80;
    public static final int O_CLOEXEC = 0x80000;
    public static final int O_DIRECT = isArm() ? 0x10000 : 0x4000;

    // statx(2): linux/stat.h, linux/fcntl.h
    public static final int AT_FDCWD = -100;
    public static final int AT_EMPTY_PATH = 0x1000;
    public static final int STATX_BASIC_STATS = 0x7ff;
    public static final int STATX_DIOALIGN = 0x2000;
    public static final int STATX_BYTES = 256;

    // fallocate(2): linux/falloc.h
    public static final int FALLOC_FL_KEEP_SIZE = 1;
    public static final int FALLOC_FL_PUNCH_HOLE = 2;
    public static final int FALLOC_FL_ZERO_RANGE = 16;

    // lseek(2): linux/fs.h
    public static final int SEEK_DATA = 3;
    public static final int SEEK_HOLE = 4;

    // pwritev2(2), io_uring: linux/fs.h
    public static final int RWF_DSYNC = 2;

    // ioctl(2) of block devices: linux/fs.h
    public static final long BLKROGET = 0x125e;
    public static final long BLKSSZGET = 0x1268;
    public static final long BLKDISCARD = 0x1277;
    public static final long BLKGETSIZE64 = 0x80081272L;

    // fcntl(2): asm-generic/fcntl.h
    public static final int F_OFD_SETLK = 37;
    public static final short F_RDLCK = 0;
    public static final short F_WRLCK = 1;

    // socket(2): asm-generic/socket.h, linux/in.h, linux/in6.h, linux/tcp.h
    public static final int AF_UNIX = 1;
    public static final int AF_INET = 2;
    public static final int AF_INET6 = 10;
    public static final int SOCK_STREAM = 1;
    public static final int SOCK_NONBLOCK = 0x800;
    public static final int SOCK_CLOEXEC = 0x80000;
    public static final int SOL_SOCKET = 1;
    public static final int SO_REUSEADDR = 2;
    public static final int SO_SNDBUF = 7;
    public static final int SO_RCVBUF = 8;
    public static final int IPPROTO_TCP = 6;
    public static final int TCP_NODELAY = 1;
    public static final int IPPROTO_IPV6 = 41;
    public static final int IPV6_V6ONLY = 26;
    public static final int SHUT_WR = 1;
    public static final int SHUT_RDWR = 2;
    public static final int MSG_NOSIGNAL = 0x4000;

    // mmap(2): asm-generic/mman.h
    public static final int PROT_READ = 1;
    public static final int PROT_WRITE = 2;
    public static final int MAP_SHARED = 1;
    public static final int MAP_POPULATE = 0x8000;

    // eventfd(2)
    public static final int EFD_CLOEXEC = 0x80000;

    private Linux() {}

    private static boolean here() {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String processor = System.getProperty("os.arch", "");
        return system.contains("linux")
                && ValueLayout.ADDRESS.byteSize() == Long.BYTES
                && (processor.equals("amd64") || processor.equals("x86_64") || isArm());
    }

    private static boolean isArm() {
        return System.getProperty("os.arch", "").equals("aarch64");
    }
}
