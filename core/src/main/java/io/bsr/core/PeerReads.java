package io.bsr.core;

import io.bsr.base.Units;
import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Completion;
import io.bsr.base.port.Errno;
import io.bsr.base.state.DiskState;
import io.bsr.core.disk.Disk;
import io.bsr.wire.PacketType;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads for a peer that has no disk of its own (P_DATA_REQUEST; wire-protocol reference, section 10.11). A read waits for
 * the peer's earlier writes to the range: its users have been told that these are done.
 */
final class PeerReads {
    private static final int MAX_READS = 1024;

    private final PeerDevice peerDevice;
    private final Resource resource;
    private @Nullable Read free;
    private int inProgress;

    PeerReads(PeerDevice peerDevice, Resource resource) {
        this.peerDevice = peerDevice;
        this.resource = resource;
    }

    /** P_DATA_REQUEST, with a checked range. */
    void requested(Session session, long startSector, int bytes, long blockId) {
        if (peerDevice.volume().diskState() != DiskState.UP_TO_DATE || inProgress == MAX_READS) {
            refuse(session, startSector, bytes, blockId);
            return;
        }
        Read read = free;
        if (read == null) {
            read = new Read();
        } else {
            free = read.next;
        }
        inProgress++;
        read.begin(session, startSector, bytes, blockId);
    }

    private void refuse(Session session, long startSector, int bytes, long blockId) {
        session.sendBlockAck(PacketType.NEG_DREPLY, peerDevice, startSector, blockId, bytes);
    }

    private final class Read implements PeerWrite.Looker, Completion {
        private final Runnable readAgain = this::read;

        @Nullable Read next;

        private @Nullable Session session;
        private @Nullable PeerWrite held;
        private @Nullable Buffer buffer;
        private long startSector;
        private int bytes;
        private long blockId;

        void begin(Session on, long start, int length, long id) {
            session = on;
            startSector = start;
            bytes = length;
            blockId = id;
            peerDevice.volume().peerWrites().look(this, on, peerDevice, start, length);
        }

        @Override
        public void peersKeptAway(PeerWrite look) {
            held = look;
            read();
        }

        private void read() {
            Session on = Objects.requireNonNull(session);
            Disk disk = peerDevice.volume().usableDisk();
            if (!on.alive || disk == null) {
                if (on.alive) {
                    refuse(on, startSector, bytes, blockId);
                }
                end();
                return;
            }
            Buffer acquired = resource.buffers().tryAcquire(bytes);
            if (acquired == null) {
                resource.buffers().whenReleased(readAgain);
                return;
            }
            buffer = acquired;
            disk.data().read(startSector << Units.SECTOR_SHIFT, acquired, 0, bytes, this);
        }

        @Override
        public void completed(int errno) {
            Session on = Objects.requireNonNull(session);
            Buffer data = Objects.requireNonNull(buffer);
            buffer = null;
            if (on.alive && errno == Errno.OK) {
                on.sendData(
                        PacketType.DATA_REPLY, peerDevice.volume().number(), startSector, blockId, 0, 0, data, bytes);
                peerDevice.countSent(bytes >>> Units.SECTOR_SHIFT);
            } else if (on.alive) {
                refuse(on, startSector, bytes, blockId);
            }
            data.release();
            long start = startSector;
            int sectors = bytes >>> Units.SECTOR_SHIFT;
            end();
            if (errno != Errno.OK) {
                peerDevice.volume().errors().readFailed(start, sectors, errno);
            }
        }

        private void end() {
            PeerWrite look = Objects.requireNonNull(held);
            held = null;
            session = null;
            inProgress--;
            next = free;
            free = this;
            look.completed(Errno.OK);
        }
    }
}
