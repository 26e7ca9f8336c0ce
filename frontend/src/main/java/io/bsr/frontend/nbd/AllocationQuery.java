package io.bsr.frontend.nbd;

import static io.bsr.frontend.nbd.TransmissionCode.STATE_HOLE;
import static io.bsr.frontend.nbd.TransmissionCode.STATE_ZERO;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.BlockStore;

/**
 * One BLOCK_STATUS at the volume: collects extents as descriptors (u32 length, u32 state), neighbours of one state
 * joined. What does not fit is left out; the client asks again from there.
 */
final class AllocationQuery implements BlockStore.AllocationSink {
    /** Bytes of the buffer for descriptors: up to 8192 of them. */
    static final int BUFFER_BYTES = 64 * 1024;

    static final int DESCRIPTOR_BYTES = 8;

    private final Transmission transmission;
    final ClientRequest request;
    final Buffer descriptors;
    private final long length;
    private final int limitBytes;
    private int bytes;
    private long covered;
    private boolean full;

    /**
     * @param length of the range that is asked about, in bytes
     * @param single the client wants one descriptor
     */
    AllocationQuery(Transmission transmission, ClientRequest request, Buffer descriptors, long length, boolean single) {
        this.transmission = transmission;
        this.request = request;
        this.descriptors = descriptors;
        this.length = length;
        this.limitBytes = single ? DESCRIPTOR_BYTES : BUFFER_BYTES;
    }

    @Override
    public void extent(long extentLength, boolean hole) {
        if (extentLength <= 0 || covered == length || full) {
            return;
        }
        int part = (int) Math.min(extentLength, length - covered);
        int state = hole ? STATE_HOLE | STATE_ZERO : 0;
        int last = bytes - DESCRIPTOR_BYTES;
        if (last >= 0 && descriptors.bytes().getInt(last + 4) == state) {
            descriptors.bytes().putInt(last, descriptors.bytes().getInt(last) + part);
        } else if (bytes < limitBytes) {
            descriptors.bytes().putInt(bytes, part).putInt(bytes + 4, state);
            bytes += DESCRIPTOR_BYTES;
        } else {
            full = true;
            return;
        }
        covered += part;
    }

    @Override
    public void completed(int errno) {
        transmission.completed(this, errno);
    }

    /** Nothing is known: all of the range is called data, which is always true. */
    void assumeData() {
        bytes = 0;
        covered = 0;
        full = false;
        extent(length, false);
    }

    /** Bytes of descriptors collected. */
    int bytes() {
        return bytes;
    }
}
