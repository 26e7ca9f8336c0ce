package io.bsr.core;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.Stream;
import io.bsr.wire.Agreement;
import io.bsr.wire.BlockIds;
import io.bsr.wire.PacketHeader;
import io.bsr.wire.PacketType;
import io.bsr.wire.data.BlockAckLayout;
import io.bsr.wire.data.BlockDescriptorLayout;
import io.bsr.wire.data.BlockRequestLayout;
import io.bsr.wire.data.DataLayout;
import io.bsr.wire.digest.PayloadDigest;
import io.bsr.wire.packet.Packet;
import io.bsr.wire.packet.SessionPacket;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What exists only while two nodes are connected: the pair of streams and everything that is counted on them. A session
 * that ended stays ended: late completions find {@link #alive} false and drop what they had to say.
 */
final class Session {
    final Connection connection;
    /** What the family of the peer makes different. */
    final PeerProtocol protocol;

    final Stream data;
    final Stream control;

    /** This node accepted the control stream; ties of several kinds are broken by it. */
    final boolean resolvesConflicts;

    Agreement agreed = Agreement.NONE_YET;
    boolean alive = true;

    final SentEpochs sentEpochs = new SentEpochs();
    final ReceivedEpochs receivedEpochs;

    /** What the peer believes our count of written sectors to be; unknown at first. */
    long peerDagtag = Long.MIN_VALUE;

    /** The newest write sent on this session that is safe everywhere, and the one last told. */
    long safeDagtag = Long.MIN_VALUE;

    long toldDagtag = Long.MIN_VALUE;
    long safeMask;

    /** Of the data that are sent, and of those that come (data-integrity-alg); {@code null} for none. */
    @Nullable PayloadDigest outgoingDigest;

    @Nullable PayloadDigest incomingDigest;

    /** What the peer sends has to wait until this node has told what is on its disks. */
    boolean waitsForDisks;

    /** The peer's disk is too small as yet: the peer looks whether it has grown, and then makes the connection anew. */
    boolean waitsForRoom;

    /** Handlers that have to answer before more is read from the data stream. */
    int handlersAsked;

    /** Some volumes have the peer's first state, others wait for it. */
    boolean firstStatesPending;

    /** Gives back what a packet that will never be complete has taken. */
    Runnable onEnd = () -> {};

    Session(Connection connection, Stream data, Stream control, boolean resolvesConflicts) {
        this.connection = connection;
        protocol = connection.protocol();
        this.data = data;
        this.control = control;
        this.resolvesConflicts = resolvesConflicts;
        receivedEpochs = new ReceivedEpochs(this);
    }

    /** Sends a packet that concerns the whole connection on the data stream. */
    void send(SessionPacket packet) {
        send(PacketHeader.CONNECTION, packet);
    }

    void send(int volume, SessionPacket packet) {
        if (alive) {
            Packet.write(data.output(room(packet)), agreed, volume, packet);
        }
    }

    void sendControl(SessionPacket packet) {
        sendControl(PacketHeader.CONNECTION, packet);
    }

    void sendControl(int volume, SessionPacket packet) {
        if (alive) {
            Packet.write(control.output(room(packet)), agreed, volume, packet);
        }
    }

    private int room(SessionPacket packet) {
        return 16 + packet.length(agreed);
    }

    /** Sends a packet with data, and in front of the data their digest, if that is configured. */
    void sendData(
            PacketType type,
            int volume,
            long startSector,
            long blockId,
            int sequence,
            int flags,
            Buffer payload,
            int bytes) {
        PayloadDigest signs = outgoingDigest;
        int digestBytes = signs == null ? 0 : signs.bytes();
        ByteBuffer out = data.output(64 + digestBytes);
        DataLayout.put(out, agreed, type, volume, startSector, blockId, sequence, flags, digestBytes + bytes);
        if (signs != null) {
            signs.update(payload, 0, bytes);
            signs.putTo(out);
        }
        data.send(payload, 0, bytes);
    }

    /** Asks for a range, or answers such a question with a digest, which the caller puts behind it. */
    void sendBlockRequest(
            PacketType type, PeerDevice peerDevice, long startSector, long blockId, int bytes, int digestBytes) {
        int volume = peerDevice.volume().number();
        BlockRequestLayout.put(data.output(64), agreed, type, volume, startSector, blockId, bytes, digestBytes);
    }

    /** Says what became of a range, on the control stream. */
    void sendBlockAck(PacketType type, PeerDevice peerDevice, long startSector, long blockId, int bytes) {
        int volume = peerDevice.volume().number();
        int sequence = peerDevice.nextSequence();
        BlockAckLayout.put(control.output(64), agreed, type, volume, startSector, blockId, bytes, sequence);
    }

    /** P_OUT_OF_SYNC: the peer is to take a range for different. */
    void sendOutOfSync(PeerDevice peerDevice, long startSector, int bytes) {
        int volume = peerDevice.volume().number();
        BlockDescriptorLayout.put(data.output(64), agreed, PacketType.OUT_OF_SYNC, volume, startSector, bytes);
    }

    /** The mark behind the last P_OUT_OF_SYNC: the peer may begin to ask. */
    void sendEndOfOutOfSync(PeerDevice peerDevice) {
        sendOutOfSync(peerDevice, BlockIds.OUT_OF_SYNC_FINISHED_SECTOR, 0);
    }

    void close() {
        if (alive) {
            alive = false;
            data.close();
            control.close();
            onEnd.run();
        }
    }

    /** Ends the session as {@link #close}, but what is queued still goes out, for {@code timeoutNanos} at most. */
    void closeAfterSending(long timeoutNanos) {
        if (alive) {
            alive = false;
            data.closeAfterSending(timeoutNanos);
            control.closeAfterSending(timeoutNanos);
            onEnd.run();
        }
    }
}
