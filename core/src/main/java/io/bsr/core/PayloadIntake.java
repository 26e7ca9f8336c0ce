package io.bsr.core;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.VolumePort;
import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.core.resync.ResyncRequests;
import io.bsr.wire.DpFlags;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolException;
import io.bsr.wire.Versions;
import io.bsr.wire.data.DataLayout;
import io.bsr.wire.data.TrimLayout;
import io.bsr.wire.digest.PayloadDigest;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Packets with data: a write of the peer's users (P_DATA, or without data P_TRIM and P_ZEROES), an answer of a resync, an
 * answer to a read. The data are received into a pooled buffer, and their digest is checked before anything is done with
 * them.
 */
final class PayloadIntake {
    private final Session session;
    private final Connection connection;
    private final Resource resource;

    /** Where the data that are being received belong: one of the two. */
    private @Nullable PeerWrite incoming;

    private @Nullable ReadReply reply;

    /** A write that must wait for what comes on the other stream. */
    private @Nullable PeerWrite early;

    private final byte[] expectedDigest = new byte[Versions.LONGEST_DIGEST];
    private boolean waitingForMemory;

    PayloadIntake(Session session, Resource resource) {
        this.session = session;
        this.connection = session.connection;
        this.resource = resource;
    }

    /** What a user of this node has asked for. */
    private record ReadReply(PeerDevice peerDevice, long blockId, long startSector, int bytes, Buffer buffer) {}

    /** True while no packet may be taken. */
    boolean busy() {
        return incoming != null || reply != null || early != null || waitingForMemory;
    }

    /** Takes the fields in front of the data; false if they have not arrived, or there is no memory for the data yet. */
    boolean begin(ByteBuffer in, PacketType type, PeerDevice p, int payloadBytes) throws ProtocolException {
        PayloadDigest digest = session.incomingDigest;
        int digestBytes = digest == null ? 0 : digest.bytes();
        if (in.remaining() < DataLayout.BYTES + digestBytes) {
            return false;
        }
        int at = in.position();
        long sector = DataLayout.sector(in, at);
        long blockId = DataLayout.blockId(in, at);
        int bytes = payloadBytes - digestBytes;
        DataReceiver.checkRange(type, p, sector, bytes, VolumePort.MAX_TRANSFER);
        if (type == PacketType.DATA_REPLY && !p.remoteReads().expects(blockId, sector, bytes)) {
            throw DataReceiver.refused(type, "it answers a read that was not asked for");
        }
        Buffer buffer = resource.buffers().tryAcquire(bytes);
        if (buffer == null) {
            waitForMemory();
            return false;
        }
        if (type == PacketType.DATA_REPLY) {
            reply = new ReadReply(p, blockId, sector, bytes, buffer);
        } else {
            PeerWrite.Kind kind = type == PacketType.DATA ? PeerWrite.Kind.DATA : PeerWrite.Kind.RESYNC;
            PeerWrite write = p.volume().peerWrites().acquire(kind, session, p, sector, bytes);
            write.buffer = buffer;
            write.blockId = blockId;
            write.flags = DataLayout.flags(in, at);
            write.sequence = DataLayout.sequence(in, at);
            incoming = write;
        }
        in.get(at + DataLayout.BYTES, expectedDigest, 0, digestBytes);
        in.position(at + DataLayout.BYTES + digestBytes);
        session.data.receiveInto(buffer, 0, bytes);
        return true;
    }

    private void waitForMemory() {
        waitingForMemory = true;
        session.data.pauseReading();
        resource.buffers().whenReleased(() -> {
            waitingForMemory = false;
            if (session.alive) {
                session.data.resumeReading();
            }
        });
    }

    /** All data of the packet are here. */
    void complete() {
        ReadReply answer = reply;
        PeerWrite write = incoming;
        if (answer != null && session.alive && genuine(answer.buffer, answer.startSector, answer.bytes)) {
            reply = null;
            answer.peerDevice.remoteReads().answered(answer.blockId, answer.startSector, answer.bytes, answer.buffer);
            answer.buffer.release();
        } else if (write != null
                && session.alive
                && genuine(Objects.requireNonNull(write.buffer), write.startSector, write.bytes())) {
            incoming = null;
            submit(write, Objects.requireNonNull(write.peerDevice));
        }
    }

    private void submit(PeerWrite write, PeerDevice p) {
        if (write.kind == PeerWrite.Kind.RESYNC) {
            int sectors = (int) (write.endSector - write.startSector);
            write.resyncRequest = p.resyncTarget().answered(write.startSector, sectors);
            write.resyncRun = p.resyncTarget().run();
            write.look = p.resyncTarget().takeLook(write.resyncRequest);
            p.volume().peerWrites().submit(write);
        } else {
            replicated(write, p);
        }
    }

    /** Ends the connection if the data are not those that were sent. */
    private boolean genuine(Buffer buffer, long startSector, int bytes) {
        PayloadDigest digest = session.incomingDigest;
        if (digest == null) {
            return true;
        }
        digest.update(buffer, 0, bytes);
        if (digest.matches(expectedDigest)) {
            return true;
        }
        // Never stored: what was acknowledged is sent again, as a resync, on the next connection.
        connection.fail(
                ConnectionState.PROTOCOL_ERROR,
                "data-integrity-alg: the digest of " + bytes + " bytes for sector " + startSector
                        + " is wrong: they were changed on their way, or in memory");
        return false;
    }

    /** P_TRIM or P_ZEROES, which is here completely. */
    void trim(ByteBuffer in, PacketType type, PeerDevice p) throws ProtocolException {
        int at = in.position();
        long sector = DataLayout.sector(in, at);
        long bytes = TrimLayout.sizeBytes(in, at);
        DataReceiver.checkRange(type, p, sector, bytes, VolumePort.MAX_DISCARD);
        PeerWrite write = p.volume().peerWrites().acquire(PeerWrite.Kind.ZEROES, session, p, sector, (int) bytes);
        write.blockId = DataLayout.blockId(in, at);
        write.flags = DataLayout.flags(in, at);
        write.sequence = DataLayout.sequence(in, at);
        write.mayUnmap = (write.flags & DpFlags.DISCARD) != 0;
        in.position(at + TrimLayout.BYTES);
        replicated(write, p);
    }

    /** A write of the peer's users is complete in memory. */
    private void replicated(PeerWrite write, PeerDevice p) {
        if (!connection.twoPrimaries() || !p.arbiter().comesTooEarly(session, write.sequence)) {
            take(write, p);
            return;
        }
        early = write;
        session.data.pauseReading();
        p.arbiter().whenInTurn(session, () -> {
            early = null;
            take(write, p);
            if (session.alive) {
                session.data.resumeReading();
            }
        });
    }

    private void take(PeerWrite write, PeerDevice p) {
        write.epoch = session.receivedEpochs.begin();
        p.arbiter().seen(write.sequence);
        if (connection.twoPrimaries() && p.arbiter().throwsAway(session, write)) {
            return;
        }
        write.onlyHere = p.peerLacksDisk();
        p.countReceived(write.endSector - write.startSector);
        if (p.diskFor(session) != null && (write.flags & DpFlags.SEND_RECEIVE_ACK) != 0) {
            session.sendBlockAck(PacketType.RECV_ACK, p, write.startSector, write.blockId, write.bytes());
        }
        boolean mixesGenerations = p.replication() == ReplicationState.WF_BITMAP_T
                || (StateRules.targetSide(p.replication()) && !p.resyncTarget().exchangeComplete());
        if (mixesGenerations && p.volume().diskState().compareTo(DiskState.INCONSISTENT) > 0) {
            StateChange.imposed(resource, "a write of the peer came before the bitmaps are exchanged")
                    .disk(p.volume(), DiskState.INCONSISTENT)
                    .commit();
        }
        p.resyncTarget().overwritten(write.startSector, write.endSector);
        p.volume().peerWrites().submit(write);
    }

    /** The session ended, perhaps in the middle of data. */
    void end() {
        forget(incoming);
        incoming = null;
        forget(early);
        early = null;
        ReadReply answer = reply;
        reply = null;
        if (answer != null) {
            answer.buffer.release();
        }
    }

    private static void forget(@Nullable PeerWrite write) {
        if (write != null && write.buffer != null) {
            write.buffer.release();
            write.buffer = null;
            write.resyncRequest = ResyncRequests.NONE;
        }
    }
}
