package io.bsr.core;

import io.bsr.base.Units;
import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Completion;
import io.bsr.base.port.Errno;
import io.bsr.base.state.ReplicationState;
import io.bsr.core.disk.Disk;
import io.bsr.metadata.DeviceFlag;
import io.bsr.wire.BlockIds;
import io.bsr.wire.PacketType;
import io.bsr.wire.Versions;
import io.bsr.wire.digest.DigestAlgorithm;
import io.bsr.wire.digest.PayloadDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The side of an online verify that is asked (VerifyT; wire-protocol reference, section 12).
 *
 * <p>It reads while no write to the range is in flight, neither of its own users nor of the peer: what it answers is what
 * the volume has at one point in the order of writes, and the answer travels at that point. A peer that locks as well
 * ({@link PeerProtocol#locksWhileVerifying}) reads its own copy later: for it users' writes are kept away until its result
 * has come.
 */
final class VerifyTarget {
    private static final int MAX_LOOKS = 1024;

    /** The same for a peer that cannot be told to ask again: as many blocks as its largest max-buffers allows. */
    private static final int MOST_LOOKS = 65_536;

    private final PeerDevice peerDevice;
    private final Resource resource;
    private final OutOfSyncReport report;
    private @Nullable PayloadDigest digest;
    private @Nullable Look free;

    /** Ranges that are kept from users until the peer's result, by their first sector. */
    private final Map<Long, Look> awaitingResult = new HashMap<>();

    private int looks;
    private boolean asked;
    private long totalBlocks;
    private long leftBlocks;
    private long beganAt;

    VerifyTarget(PeerDevice peerDevice, Resource resource) {
        this.peerDevice = peerDevice;
        this.resource = resource;
        report = new OutOfSyncReport(peerDevice, resource);
    }

    /** The state became VerifyT. */
    void start() {
        asked = false;
        totalBlocks = 0;
        leftBlocks = 0;
        beganAt = resource.now();
        DigestAlgorithm algorithm = peerDevice.connection().digests().verify();
        digest = algorithm == null ? null : new PayloadDigest(algorithm);
        report.begin();
    }

    /** The state is not VerifyT any more. */
    void stop() {
        List.copyOf(awaitingResult.values()).forEach(Look::release);
        if (!asked) {
            return;
        }
        asked = false;
        report.end((totalBlocks - leftBlocks) * Units.SECTORS_PER_BIT, resource.now() - beganAt);
        Disk disk = peerDevice.volume().disk();
        if (report.blocks() > 0 && disk != null) {
            disk.superblock().set(DeviceFlag.VERIFY_MISMATCH, true);
            peerDevice.volume().persist();
        }
    }

    /** P_OV_REQUEST, with a checked range. */
    void requested(Session session, long startSector, int bytes, long blockId) {
        boolean locks = session.protocol.locksWhileVerifying();
        ReplicationState state = peerDevice.replication();
        boolean able = (state == ReplicationState.VERIFY_T || (locks && state == ReplicationState.ESTABLISHED))
                && digest != null
                && peerDevice.volume().usableDisk() != null
                && looks < (locks ? MOST_LOOKS : MAX_LOOKS);
        if (!able) {
            refuse(session, startSector, bytes);
            return;
        }
        if (!asked) {
            asked = true;
            begin(session, startSector, blockId);
        }
        Look look = free;
        if (look == null) {
            look = new Look();
        } else {
            free = look.next;
        }
        looks++;
        look.begin(session, startSector, bytes, blockId);
    }

    /** How much there is to verify: as the peer says, or to the end of the volume. */
    private void begin(Session session, long startSector, long blockId) {
        long sectors = peerDevice.volume().sectors();
        long toTheEnd = VerifySource.blocks(sectors - startSector);
        long told = session.agreed.atLeast(Versions.FAST_VERIFY) ? BlockIds.blocksLeft(blockId) : toTheEnd;
        totalBlocks = told <= 0 || told > toTheEnd ? toTheEnd : told;
        leftBlocks = totalBlocks;
        resource.log(
                Events.Level.INFO,
                peerDevice.label(),
                "Starting Online Verify as VerifyT, start sector(" + startSector + ") (will verify " + totalBlocks * 4
                        + " KB [" + totalBlocks + " bits set]).");
    }

    /** P_OV_RESULT, with a checked range. */
    void result(long startSector, int sectors, long blockId) {
        Look look = awaitingResult.get(startSector);
        if (look != null) {
            look.release();
        }
        if (blockId == BlockIds.OV_OUT_OF_SYNC) {
            peerDevice.setOutOfSync(startSector, startSector + sectors);
            report.add(startSector, sectors);
        }
        if (peerDevice.replication() != ReplicationState.VERIFY_T || !asked) {
            return;
        }
        leftBlocks = Math.max(0, leftBlocks - VerifySource.blocks(sectors));
        if (leftBlocks == 0) {
            established("all blocks are verified");
        }
    }

    /** The peer says that the verify is over. */
    void sourceEnded() {
        if (peerDevice.replication() == ReplicationState.VERIFY_T) {
            established("the peer ended the verify");
        }
    }

    private void established(String reason) {
        StateChange.imposed(resource, reason)
                .replication(peerDevice, ReplicationState.ESTABLISHED)
                .commit();
        report.tell();
    }

    long totalBlocks() {
        return totalBlocks;
    }

    long leftBlocks() {
        return leftBlocks;
    }

    long beganAt() {
        return beganAt;
    }

    private void refuse(Session session, long startSector, int bytes) {
        PacketType type = session.protocol.locksWhileVerifying() ? PacketType.NEG_RS_DREPLY : PacketType.RS_CANCEL;
        session.sendBlockAck(type, peerDevice, startSector, BlockIds.SYNCER, bytes);
    }

    /** The connection is gone: no more results will come. */
    void disconnected() {
        stop();
    }

    /** One request on its way: peers' writes kept away, users' writes kept away, memory, read, answer. */
    private final class Look extends UserLook implements PeerWrite.Looker, Completion {
        private final byte[] digestBytes = new byte[Versions.LONGEST_DIGEST];
        private final Runnable readAgain = this::read;

        @Nullable Look next;

        private @Nullable Session session;
        private long blockId;
        private @Nullable PeerWrite held;
        private @Nullable Buffer buffer;

        void begin(Session on, long start, int length, long id) {
            session = on;
            durableAt = on.protocol.locksWhileVerifying() ? peerDevice : null;
            blockId = id;
            startSector = start;
            endSector = start + (length >>> Units.SECTOR_SHIFT);
            peerDevice.volume().peerWrites().look(this, on, peerDevice, start, length);
        }

        @Override
        public void peersKeptAway(PeerWrite look) {
            held = look;
            peerDevice.volume().requests().writes().look(this);
        }

        @Override
        void usersKeptAway() {
            read();
        }

        private void read() {
            Disk disk = peerDevice.volume().usableDisk();
            Session on = Objects.requireNonNull(session);
            if (!on.alive || disk == null || digest == null) {
                if (on.alive) {
                    refuse(on, startSector, bytes());
                }
                end(false);
                return;
            }
            Buffer acquired = resource.buffers().tryAcquire(bytes());
            if (acquired == null) {
                resource.buffers().whenReleased(readAgain);
                return;
            }
            buffer = acquired;
            disk.resync().read(startSector << Units.SECTOR_SHIFT, acquired, 0, bytes(), this);
        }

        @Override
        public void completed(int errno) {
            Session on = Objects.requireNonNull(session);
            Buffer data = Objects.requireNonNull(buffer);
            PayloadDigest by = digest;
            buffer = null;
            if (on.alive && by != null) {
                if (errno == Errno.OK) {
                    by.update(data, 0, bytes());
                    by.copyTo(digestBytes);
                } else {
                    Arrays.fill(digestBytes, (byte) 0);
                }
                on.sendBlockRequest(PacketType.OV_REPLY, peerDevice, startSector, blockId, bytes(), by.bytes());
                on.data.output(Versions.LONGEST_DIGEST).put(digestBytes, 0, by.bytes());
            }
            data.release();
            long start = startSector;
            int count = (int) (endSector - startSector);
            end(on.alive && on.protocol.locksWhileVerifying() && peerDevice.replication() == ReplicationState.VERIFY_T);
            if (errno != Errno.OK) {
                peerDevice.volume().errors().readFailed(start, count, errno);
            }
        }

        private void end(boolean resultComes) {
            PeerWrite look = Objects.requireNonNull(held);
            held = null;
            session = null;
            if (resultComes) {
                Look other = awaitingResult.put(startSector, this);
                if (other != null) {
                    other.unlock();
                }
            } else {
                unlock();
            }
            look.completed(Errno.OK);
        }

        /** The peer's result has come, or never will. */
        void release() {
            awaitingResult.remove(startSector);
            unlock();
        }

        private void unlock() {
            looks--;
            peerDevice.volume().requests().writes().endLook(this);
            next = free;
            free = this;
        }
    }
}
