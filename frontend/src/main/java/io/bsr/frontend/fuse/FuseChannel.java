package io.bsr.frontend.fuse;

import io.bsr.base.memory.Buffer;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Where answers go. Belongs to the loop of the session, and never waits for anything. */
public interface FuseChannel {
    /**
     * Sends one answer, and is done with both memories when it returns. It does not matter here if the kernel has given
     * the request up meanwhile.
     *
     * @param head the head and what belongs to it, {@code headBytes} of it
     * @param data what follows, {@code dataBytes} of it
     */
    void reply(MemorySegment head, int headBytes, @Nullable Buffer data, int dataBytes);
}
