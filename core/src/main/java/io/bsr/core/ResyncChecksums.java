package io.bsr.core;

import io.bsr.base.Units;
import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Completion;
import io.bsr.base.port.Errno;
import io.bsr.core.disk.Disk;
import io.bsr.wire.BlockIds;
import io.bsr.wire.PacketType;
import io.bsr.wire.digest.DigestAlgorithm;
import io.bsr.wire.digest.PayloadDigest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Requests of a resync that carry a digest of what the target has, so that equal blocks need not be sent (csums-alg;
 * wire-protocol reference, sections 11.2 and 11.3).
 *
 * <p>Writes that come while the own blocks are read do no harm: the source makes them too, before or after it compares.
 */
final class ResyncChecksums {
    /** Blocks of one request: a longer range is less often equal, and its digest holds up the loop. */
    static final int MAX_BLOCKS = 32;

    /** Own blocks being read. */
    private static final long MAX_BYTES = 1L << 20;

    private final ResyncAsking asking;
    private final PeerDevice peerDevice;
    private final Resource resource;
    private @Nullable PayloadDigest digest;
    private @Nullable Read free;
    private long bytesReading;

    ResyncChecksums(ResyncAsking asking, PeerDevice peerDevice, Resource resource) {
        this.asking = asking;
        this.peerDevice = peerDevice;
        this.resource = resource;
    }

    /** A run begins; decides whether it compares. */
    void start() {
        DigestAlgorithm algorithm = peerDevice.connection().digests().csums();
        boolean wanted = !peerDevice.connection().digests().csumsAfterCrashOnly()
                || peerDevice.volume().crashedPrimary();
        digest = algorithm == null || !wanted ? null : new PayloadDigest(algorithm);
    }

    boolean inUse() {
        return digest != null;
    }

    /** True if so much is being read that the next request has to wait. */
    boolean full() {
        return inUse() && bytesReading >= MAX_BYTES;
    }

    /** Reads the blocks, then sends the request; false if that is not possible now, and a plain one has to do. */
    boolean ask(Disk disk, long startSector, int sectors, int run) {
        Buffer buffer = digest == null ? null : resource.buffers().tryAcquire(sectors << Units.SECTOR_SHIFT);
        if (buffer == null) {
            return false;
        }
        Read read = free;
        if (read == null) {
            read = new Read();
        } else {
            free = read.next;
        }
        read.start(disk, buffer, startSector, sectors, run);
        return true;
    }

    private final class Read implements Completion {
        @Nullable Read next;

        private @Nullable Buffer buffer;
        private long startSector;
        private int sectors;
        private int run;

        void start(Disk disk, Buffer target, long start, int count, int ofRun) {
            buffer = target;
            startSector = start;
            sectors = count;
            run = ofRun;
            bytesReading += (long) count << Units.SECTOR_SHIFT;
            disk.resync().read(start << Units.SECTOR_SHIFT, target, 0, count << Units.SECTOR_SHIFT, this);
        }

        @Override
        public void completed(int errno) {
            Buffer data = Objects.requireNonNull(buffer);
            buffer = null;
            bytesReading -= (long) sectors << Units.SECTOR_SHIFT;
            Session session = peerDevice.connection().session();
            PayloadDigest by = digest;
            if (session != null && asking.current(run)) {
                if (errno == Errno.OK && by != null) {
                    by.update(data, 0, sectors << Units.SECTOR_SHIFT);
                    send(session, by);
                } else {
                    asking.sendPlain(session, startSector, sectors);
                }
            }
            data.release();
            next = free;
            free = this;
            if (asking.current(run)) {
                asking.ask();
            }
        }

        private void send(Session session, PayloadDigest by) {
            asking.sent();
            session.sendBlockRequest(
                    PacketType.CSUM_RS_REQUEST,
                    peerDevice,
                    startSector,
                    BlockIds.SYNCER,
                    sectors << Units.SECTOR_SHIFT,
                    by.bytes());
            by.putTo(session.data.output(by.bytes()));
        }
    }
}
