package io.bsr.metadata.tool;

import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataException.Code;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The Linux kernel's exclusive claim on a block device: while it is held the device cannot be mounted, and it cannot be
 * had while the device is mounted or part of something. It is had by opening with O_EXCL, which the JDK cannot do.
 */
final class ExclusiveClaim implements AutoCloseable {
    private static final int O_RDONLY_EXCL_CLOEXEC = 0x80080;
    private static final int EBUSY = 16;

    private final int descriptor;

    private ExclusiveClaim(int descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Claims a block device.
     *
     * @return the claim, or {@code null} on systems that have no such thing and for errors that the opening for use
     *     will report better
     * @throws MetadataException BUSY if somebody else has it
     */
    static @Nullable ExclusiveClaim of(Path device) throws MetadataException {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            return null;
        }
        int result = Native.open(device.toString());
        if (result == -EBUSY) {
            throw busy(device, "it is mounted, or used by another device or program");
        }
        return result < 0 ? null : new ExclusiveClaim(result);
    }

    static MetadataException busy(Path device, String why) {
        return new MetadataException(
                Code.BUSY, device + " is in use", why, "Unmount it or stop what uses it, and try again");
    }

    @Override
    public void close() {
        Native.close(descriptor);
    }

    /** open(2) and close(2). Apart, so that other systems never look them up. */
    // Calling C is what this class is for; the two prototypes below are the whole surface.
    @SuppressWarnings("restricted")
    private static final class Native {
        private static final StructLayout STATE = Linker.Option.captureStateLayout();
        private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
        private static final MethodHandle OPEN = Linker.nativeLinker()
                .downcallHandle(
                        Linker.nativeLinker().defaultLookup().findOrThrow("open"),
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                        Linker.Option.firstVariadicArg(2),
                        Linker.Option.captureCallState("errno"));
        private static final MethodHandle CLOSE = Linker.nativeLinker()
                .downcallHandle(
                        Linker.nativeLinker().defaultLookup().findOrThrow("close"),
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

        /** A file descriptor, or a negative error number. */
        static int open(String path) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment state = arena.allocate(STATE);
                int result = (int) OPEN.invokeExact(state, arena.allocateFrom(path), O_RDONLY_EXCL_CLOEXEC);
                return result < 0 ? -(int) ERRNO.get(state, 0L) : result;
            } catch (Throwable e) {
                throw new IllegalStateException("open(2) cannot be called", e);
            }
        }

        static void close(int descriptor) {
            try {
                // A close of a descriptor opened for reading has nothing to report.
                int ignored = (int) CLOSE.invokeExact(descriptor);
            } catch (Throwable e) {
                throw new IllegalStateException("close(2) cannot be called", e);
            }
        }
    }
}
