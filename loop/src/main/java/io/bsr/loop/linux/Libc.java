package io.bsr.loop.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The functions of the C library that the edges need. Each returns its result, or the negative error number. */
public final class Libc {
    private static final int EINTR = 4;

    private static final MemoryLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final long ERRNO_OFFSET = CAPTURE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle OPEN = variadic(2, "open", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle CLOSE = function("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle IOCTL = variadic(2, "ioctl", JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS);
    private static final MethodHandle FCNTL = variadic(2, "fcntl", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle LSEEK = function("lseek", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle FALLOCATE =
            function("fallocate", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle STATX =
            function("statx", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle PREAD = function("pread", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle PWRITEV2 =
            function("pwritev2", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle FDATASYNC = function("fdatasync", JAVA_INT, JAVA_INT);
    private static final MethodHandle WRITE = function("write", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle EVENTFD = function("eventfd", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle SOCKET = function("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = function("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle CONNECT = function("connect", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle LISTEN = function("listen", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle SHUTDOWN = function("shutdown", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle SETSOCKOPT =
            function("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle GETSOCKNAME = function("getsockname", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle GETPEERNAME = function("getpeername", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle MMAP =
            function("mmap", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle MUNMAP = function("munmap", JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle SYSCALL = variadic(
            1, "syscall", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

    private Libc() {}

    private static MethodHandle function(String name, MemoryLayout result, MemoryLayout... arguments) {
        return handle(name, FunctionDescriptor.of(result, arguments), Linker.Option.captureCallState("errno"));
    }

    /** A function with {@code fixed} named parameters before its variable ones. */
    private static MethodHandle variadic(int fixed, String name, MemoryLayout result, MemoryLayout... arguments) {
        return handle(
                name,
                FunctionDescriptor.of(result, arguments),
                Linker.Option.captureCallState("errno"),
                Linker.Option.firstVariadicArg(fixed));
    }

    // Calling foreign functions is what this class is for; it needs --enable-native-access at run time.
    @SuppressWarnings("restricted")
    private static MethodHandle handle(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        MemorySegment address = linker.defaultLookup().findOrThrow(name);
        return linker.downcallHandle(address, descriptor, options);
    }

    /** Memory of the kernel's or of a mapping, at an address that was learned from it. */
    // The address comes from mmap and the length is the mapping's; there is no other way to reach it.
    @SuppressWarnings("restricted")
    public static MemorySegment memory(long address, long length) {
        return MemorySegment.ofAddress(address).reinterpret(length);
    }

    /** Room for the error number of one call: a thread that calls often keeps one, see {@link #syscall}. */
    public static MemorySegment newErrorState(Arena arena) {
        return arena.allocate(CAPTURE);
    }

    private static int error(MemorySegment state) {
        return -state.get(JAVA_INT, ERRNO_OFFSET);
    }

    private static AssertionError impossible(Throwable failure) {
        return new AssertionError("a foreign call threw", failure);
    }

    public static int open(String path, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = newErrorState(arena);
            MemorySegment name = arena.allocateFrom(path);
            int result;
            do {
                result = (int) OPEN.invokeExact(state, name, flags, mode);
            } while (result < 0 && error(state) == -EINTR);
            return result < 0 ? error(state) : result;
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    public static int close(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = newErrorState(arena);
            int result = (int) CLOSE.invokeExact(state, descriptor);
            return result < 0 ? error(state) : result;
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    public static int ioctl(int descriptor, long request, MemorySegment argument) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = newErrorState(arena);
            int result = (int) IOCTL.invokeExact(state, descriptor, request, argument);
            return result < 0 ? error(state) : result;
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    public static int fcntl(int descriptor, int command, MemorySegment argument) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = newErrorState(arena);
            int result = (int) FCNTL.invokeExact(state, descriptor, command, argument);
            return result < 0 ? error(state) : result;
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    public static long lseek(int descriptor, long offset, int whence) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = newErrorState(arena);
            long result = (long) LSEEK.invokeExact(state, descriptor, offset, whence);
            return result < 0 ? error(state) : result;
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    public static int fallocate(int descriptor, int mode, long offset, long length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = newErrorState(arena);
            int result;
            do {
                result = (int) FALLOCATE.invokeExact(state, descriptor, mode, offset, length);
            } while (result < 0 && error(state) == -EINTR);
            return result < 0 ? error(state) : result;
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    public static int statx(int folder, String path, int flags, int mask, MemorySegment result) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = newErrorState(arena);
            int status = (int) STATX.invokeExact(state, folder, arena.allocateFrom(path), flags, mask, result);
            return status < 0 ? error(state) : status;
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    public static long pread(int descriptor, MemorySegment target, long length, long offset) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = newErrorState(arena);
            long result = (long) PREAD.invokeExact(state, descriptor, target, length, offset);
            return result < 0 ? error(state) : result;
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** Writes {@code length} bytes at {@code offset}; {@code flags} are RWF_*. */
    public static long pwrite(int descriptor, MemorySegment source, long length, long offset, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = newErrorState(arena);
            MemorySegment vector = arena.allocate(2L * Long.BYTES, Long.BYTES);
            vector.set(JAVA_LONG, 0, source.address());
            vector.set(JAVA_LONG, Long.BYTES, length);
            long result = (long) PWRITEV2.invokeExact(state, descriptor, vector, 1, offset, flags);
            return result < 0 ? error(state) : result;
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    public static int fdatasync(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = newErrorState(arena);
            int result = (int) FDATASYNC.invokeExact(state, descriptor);
            return result < 0 ? error(state) : result;
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    public static long write(int descriptor, MemorySegment source, long length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = newErrorState(arena);
            long result = (long) WRITE.invokeExact(state, descriptor, source, length);
            return result < 0 ? error(state) : result;
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    public static int eventfd(int initial, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = newErrorState(arena);
            int result = (int) EVENTFD.invokeExact(state, initial, flags);
            return result < 0 ? error(state) : result;
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    public static int socket(int family, int type, int protocol) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = newErrorState(arena);
            int result = (int) SOCKET.invokeExact(state, family, type, protocol);
            return result < 0 ? error(state) : result;
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    public static int bind(int descriptor, MemorySegment address, int length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = newErrorState(arena);
            int result = (int) BIND.invokeExact(state, descriptor, address, length);
            return result < 0 ? error(state) : result;
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    public static int connect(int descriptor, MemorySegment address, int length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = newErrorState(arena);
            int result = (int) CONNECT.invokeExact(state, descriptor, address, length);
            return result < 0 ? error(state) : result;
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    public static int listen(int descriptor, int backlog) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = newErrorState(arena);
            int result = (int) LISTEN.invokeExact(state, descriptor, backlog);
            return result < 0 ? error(state) : result;
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    public static int shutdown(int descriptor, int how) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = newErrorState(arena);
            int result = (int) SHUTDOWN.invokeExact(state, descriptor, how);
            return result < 0 ? error(state) : result;
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** Sets an option whose value is an {@code int}. */
    public static int setsockopt(int descriptor, int level, int option, int value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = newErrorState(arena);
            MemorySegment argument = arena.allocateFrom(JAVA_INT, value);
            int result = (int) SETSOCKOPT.invokeExact(state, descriptor, level, option, argument, Integer.BYTES);
            return result < 0 ? error(state) : result;
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** The socket's own address into {@code address}; returns its length. */
    public static int getsockname(int descriptor, MemorySegment address) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = newErrorState(arena);
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) address.byteSize());
            int result = (int) GETSOCKNAME.invokeExact(state, descriptor, address, length);
            return result < 0 ? error(state) : length.get(JAVA_INT, 0);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** The address of the other end into {@code address}; returns its length. */
    public static int getpeername(int descriptor, MemorySegment address) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = newErrorState(arena);
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) address.byteSize());
            int result = (int) GETPEERNAME.invokeExact(state, descriptor, address, length);
            return result < 0 ? error(state) : length.get(JAVA_INT, 0);
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /** Maps {@code length} bytes of {@code descriptor}; returns the address. */
    public static long mmap(long length, int protection, int flags, int descriptor, long offset) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = newErrorState(arena);
            long result = (long) MMAP.invokeExact(state, 0L, length, protection, flags, descriptor, offset);
            return result == -1 ? error(state) : result;
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    public static int munmap(long address, long length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = newErrorState(arena);
            int result = (int) MUNMAP.invokeExact(state, address, length);
            return result < 0 ? error(state) : result;
        } catch (Throwable t) {
            throw impossible(t);
        }
    }

    /**
     * Any system call by number. Allocates nothing.
     *
     * @param state from {@link #newErrorState}, used by one thread at a time
     */
    public static long syscall(MemorySegment state, long number, long a, long b, long c, long d, long e, long f) {
        try {
            long result = (long) SYSCALL.invokeExact(state, number, a, b, c, d, e, f);
            return result < 0 ? error(state) : result;
        } catch (Throwable t) {
            throw impossible(t);
        }
    }
}
