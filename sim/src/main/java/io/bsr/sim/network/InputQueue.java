package io.bsr.sim.network;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Stream;
import io.bsr.sim.disk.ContractViolation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** What has arrived on a stream: in the kernel's buffer, then in the staging buffer or on its way into a payload. */
final class InputQueue {
    private final ArrayDeque<byte[]> kernel = new ArrayDeque<>();
    private final ByteBuffer staging =
            ByteBuffer.allocate(Stream.STAGED_INPUT_BYTES).order(ByteOrder.BIG_ENDIAN);
    private int kernelOffset;
    private long received;
    private boolean fresh;
    private boolean payloadPending;
    private @Nullable Buffer target;
    private int targetOffset;
    private long payloadLeft;

    InputQueue() {
        staging.limit(0);
    }

    void arrived(byte[] bytes) {
        kernel.add(bytes);
        received += bytes.length;
    }

    long received() {
        return received;
    }

    boolean unreadInKernel() {
        return !kernel.isEmpty();
    }

    boolean unread() {
        return unreadInKernel() || staging.hasRemaining();
    }

    /** What is staged will be offered although nothing was added. */
    void offerAgain() {
        fresh = true;
    }

    void payload(@Nullable Buffer into, int offset, long length) {
        if (payloadPending) {
            throw new ContractViolation("receiveInto or skipInput called twice in one callback");
        }
        if (into != null && offset + length > into.capacity()) {
            throw new ContractViolation(
                    "a payload of " + length + " bytes at " + offset + " of a buffer of " + into.capacity());
        }
        payloadPending = true;
        target = into;
        targetOffset = offset;
        payloadLeft = length;
    }

    boolean payloadPending() {
        return payloadPending;
    }

    /** Moves bytes into the payload; returns how many came out of the kernel's buffer. */
    int fillPayload(int most) {
        int staged = (int) Math.min(payloadLeft, staging.remaining());
        if (staged > 0) {
            store(staging.array(), staging.position(), staged);
            staging.position(staging.position() + staged);
        }
        int taken = 0;
        byte[] first = kernel.peek();
        while (payloadLeft > 0 && taken < most && first != null) {
            int count = (int) Math.min(payloadLeft, first.length - kernelOffset);
            store(first, kernelOffset, count);
            taken += count;
            advance(first, count);
            first = kernel.peek();
        }
        return taken;
    }

    /** True, once, when the payload is complete; the reference to its buffer is given back. */
    boolean payloadComplete() {
        if (payloadLeft > 0) {
            return false;
        }
        payloadPending = false;
        Buffer filled = target;
        target = null;
        if (filled != null) {
            filled.release();
        }
        fresh = staging.hasRemaining();
        return true;
    }

    /** Moves bytes into the staging buffer; returns how many. */
    int fillStaging(int most) {
        staging.compact();
        int taken = 0;
        byte[] first = kernel.peek();
        while (staging.hasRemaining() && taken < most && first != null) {
            int count = Math.min(staging.remaining(), first.length - kernelOffset);
            staging.put(first, kernelOffset, count);
            taken += count;
            advance(first, count);
            first = kernel.peek();
        }
        staging.flip();
        fresh |= taken > 0;
        return taken;
    }

    /** What to offer to the handler, {@code null} if there is nothing new. */
    @Nullable ByteBuffer offer() {
        if (!fresh || !staging.hasRemaining()) {
            return null;
        }
        fresh = false;
        return staging;
    }

    /** The handler has seen the offer. */
    void consumed() {
        if (!payloadPending && staging.position() == 0 && staging.limit() == staging.capacity()) {
            throw new ContractViolation("the handler consumed nothing of a full staging buffer");
        }
    }

    /**
     * Throws everything away; only in a turn of the loop that owns the buffers. The staging buffer stays as it is, for
     * the handler may be looking at it.
     */
    void drop() {
        kernel.clear();
        payloadPending = false;
        Buffer unfilled = target;
        target = null;
        if (unfilled != null) {
            unfilled.release();
        }
    }

    private void store(byte[] bytes, int from, int count) {
        Buffer into = target;
        if (into != null) {
            into.bytes().put(targetOffset, bytes, from, count);
            targetOffset += count;
        }
        payloadLeft -= count;
    }

    private void advance(byte[] first, int count) {
        kernelOffset += count;
        if (kernelOffset == first.length) {
            kernel.remove();
            kernelOffset = 0;
        }
    }
}
