package io.bsr.core;

import io.bsr.base.Units;
import io.bsr.base.log.LogCategory;
import io.bsr.base.port.StreamHandler;
import io.bsr.base.port.VolumePort;
import io.bsr.base.state.ConnectionState;
import io.bsr.wire.Agreement;
import io.bsr.wire.BlockIds;
import io.bsr.wire.HeaderReader;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolException;
import io.bsr.wire.StreamRole;
import io.bsr.wire.data.BarrierLayout;
import io.bsr.wire.data.BlockAckLayout;
import io.bsr.wire.packet.ConnectionStateChangeReply;
import io.bsr.wire.packet.PeersInSync;
import io.bsr.wire.packet.SessionPacket;
import io.bsr.wire.packet.Signal;
import io.bsr.wire.packet.StateChangeReply;
import io.bsr.wire.packet.TwoPhaseReply;
import java.nio.ByteBuffer;

/** What arrives on the control stream: pings, acknowledgements, and answers in cluster-wide changes. */
final class ControlReceiver implements StreamHandler {
    private static final long EXPLANATION_NANOS = 200_000_000L;

    private final Session session;
    private final Connection connection;
    private final Resource resource;
    private final Handshake handshake;
    private final HeaderReader header = new HeaderReader(StreamRole.CONTROL);
    private boolean headerRead;

    ControlReceiver(Session session, Resource resource, Handshake handshake) {
        this.session = session;
        this.connection = session.connection;
        this.resource = resource;
        this.handshake = handshake;
    }

    void agree(Agreement agreed) {
        header.agree(agreed);
    }

    @Override
    public void received(ByteBuffer in) {
        try {
            while (session.alive) {
                if (!headerRead && !header.read(in)) {
                    return;
                }
                headerRead = true;
                if (in.remaining() < header.length()) {
                    return;
                }
                headerRead = false;
                int end = in.position() + header.length();
                take(in, header.type());
                in.position(end);
            }
        } catch (ProtocolException e) {
            if (e.fault() == ProtocolException.Fault.UNKNOWN_COMMAND) {
                connection.giveUp("control stream: " + e.what() + ": " + e.why());
            } else {
                connection.fail(ConnectionState.NETWORK_FAILURE, "control stream: " + e.what() + ": " + e.why());
            }
        }
    }

    private void take(ByteBuffer in, PacketType type) throws ProtocolException {
        switch (type) {
            case PING -> session.sendControl(Signal.PING_ACK);
            case PING_ACK -> connection.pingAnswered();
            case CONNECTION_FEATURES -> handshake.onControl(packet(in, type));
            case RECV_ACK,
                    WRITE_ACK,
                    NEG_ACK,
                    RS_WRITE_ACK,
                    RS_WRITE116_ACK,
                    SUPERSEDED,
                    RETRY_WRITE,
                    OV_RESULT,
                    NEG_DREPLY,
                    NEG_RS_DREPLY,
                    RS_CANCEL,
                    RS_IS_IN_SYNC -> onNumbered(in, type);
            case BARRIER_ACK -> onBarrierAck(in);
            case TWOPC_YES, TWOPC_NO, TWOPC_RETRY -> {
                if (packet(in, type) instanceof TwoPhaseReply reply) {
                    resource.clusterChange().onReply(session, reply);
                }
            }
            case STATE_CHG_REPLY -> {
                if (packet(in, type) instanceof StateChangeReply reply) {
                    resource.clusterChange().oneStep().onReply(session, false, reply.code());
                }
            }
            case CONN_ST_CHG_REPLY -> {
                if (packet(in, type) instanceof ConnectionStateChangeReply reply) {
                    resource.clusterChange().oneStep().onReply(session, true, reply.code());
                }
            }
            case PEERS_IN_SYNC -> {
                if (packet(in, type) instanceof PeersInSync sync) {
                    onPeersInSync(sync);
                }
            }
            // With two nodes there is no third whose bits a P_PEER_ACK could change, and identifiers need no waiting.
            case PEER_ACK, UUID_ACK, DELAY_PROBE -> {}
            default ->
                throw new ProtocolException(
                        ProtocolException.Fault.NOT_AGREED,
                        type + " refused",
                        "this engine has no part in what it belongs to");
        }
    }

    private SessionPacket packet(ByteBuffer in, PacketType type) throws ProtocolException {
        return SessionPacket.decode(type, in, header.length(), session.agreed);
    }

    /**
     * A packet about blocks of one volume. Its number counts when what it says has been done: writes on the data stream may
     * have waited for that.
     */
    private void onNumbered(ByteBuffer in, PacketType type) throws ProtocolException {
        PeerDevice p = peerDevice(type);
        switch (type) {
            case OV_RESULT -> onVerifyResult(in, p);
            case NEG_DREPLY -> onReadRefused(in, p);
            case NEG_RS_DREPLY, RS_CANCEL, RS_IS_IN_SYNC -> onResyncAnswer(in, type, p);
            default -> onBlockAck(in, type, p);
        }
        if (session.alive) {
            p.arbiter().seen(BlockAckLayout.sequence(in, in.position()));
        }
    }

    private void onReadRefused(ByteBuffer in, PeerDevice p) throws ProtocolException {
        int at = in.position();
        long sector = BlockAckLayout.sector(in, at);
        long bytes = checkedBytes(PacketType.NEG_DREPLY, p, sector, BlockAckLayout.sizeBytes(in, at));
        if (!p.remoteReads().refused(BlockAckLayout.blockId(in, at), sector, (int) bytes)) {
            throw new ProtocolException(
                    ProtocolException.Fault.BAD_VALUE,
                    "P_NEG_DREPLY refused",
                    "it answers a read that was not asked for");
        }
    }

    private PeerDevice peerDevice(PacketType type) throws ProtocolException {
        PeerDevice p = connection.connected() ? connection.peerDevice(header.volume()) : null;
        if (p == null) {
            throw new ProtocolException(
                    ProtocolException.Fault.BAD_VALUE,
                    type + " refused",
                    "there is no connected volume " + header.volume());
        }
        return p;
    }

    private void onBlockAck(ByteBuffer in, PacketType type, PeerDevice p) throws ProtocolException {
        int at = in.position();
        long sector = BlockAckLayout.sector(in, at);
        long blockId = BlockAckLayout.blockId(in, at);
        long bytes = checkedBytes(type, p, sector, BlockAckLayout.sizeBytes(in, at));
        if (blockId == BlockIds.SYNCER || blockId == BlockIds.SYNCER_SPLIT) {
            int sequence = type == PacketType.RS_WRITE116_ACK ? BlockAckLayout.resyncSequence(in, at) : 0;
            p.resyncSource()
                    .acknowledged(
                            sector, (int) bytes, type != PacketType.NEG_ACK, blockId == BlockIds.SYNCER, sequence);
            return;
        }
        WriteRequest write = resource.transferLog().find(blockId, sector);
        if (write == null || write.volume != p.volume()) {
            if (type == PacketType.NEG_ACK) {
                p.setOutOfSync(sector, sector + (bytes >>> Units.SECTOR_SHIFT));
                return;
            }
            throw new ProtocolException(
                    ProtocolException.Fault.BAD_VALUE, type + " refused", "it acknowledges a write that was not sent");
        }
        if (type == PacketType.SUPERSEDED || type == PacketType.RETRY_WRITE) {
            int bit = 1 << connection.peer().value();
            if (!connection.twoPrimaries() || session.resolvesConflicts || (write.awaitingAck & bit) == 0) {
                throw new ProtocolException(
                        ProtocolException.Fault.BAD_VALUE,
                        type + " refused",
                        "there is no conflict that it could decide");
            }
            boolean superseded = type == PacketType.SUPERSEDED;
            p.volume().requests().writes().conflicts().thrownAway(session, p, write, superseded);
            return;
        }
        resource.replication().acknowledged(connection, p, write, type);
    }

    private void onVerifyResult(ByteBuffer in, PeerDevice p) throws ProtocolException {
        int at = in.position();
        long sector = BlockAckLayout.sector(in, at);
        long bytes = checkedBytes(PacketType.OV_RESULT, p, sector, BlockAckLayout.sizeBytes(in, at));
        p.verifyTarget().result(sector, (int) (bytes >>> Units.SECTOR_SHIFT), BlockAckLayout.blockId(in, at));
    }

    private static long checkedBytes(PacketType type, PeerDevice p, long sector, long bytes) throws ProtocolException {
        long sectors = bytes >>> Units.SECTOR_SHIFT;
        if (bytes <= 0
                || bytes > VolumePort.MAX_DISCARD
                || sector < 0
                || sector > p.volume().sectors() - sectors) {
            throw new ProtocolException(
                    ProtocolException.Fault.BAD_VALUE,
                    type + " refused",
                    bytes + " bytes at sector " + Long.toUnsignedString(sector) + " are not on the volume");
        }
        return bytes;
    }

    private void onBarrierAck(ByteBuffer in) throws ProtocolException {
        int barrier = BarrierLayout.barrier(in, in.position());
        int setSize = BarrierLayout.setSize(in, in.position());
        if (!session.sentEpochs.acknowledge(barrier, setSize)) {
            throw new ProtocolException(
                    ProtocolException.Fault.BAD_VALUE,
                    "P_BARRIER_ACK refused",
                    "it is for epoch " + barrier + " with " + setSize + " writes, expected is "
                            + session.sentEpochs.expected());
        }
        resource.replication().epochClosedByPeer(connection, barrier);
    }

    private void onResyncAnswer(ByteBuffer in, PacketType type, PeerDevice p) throws ProtocolException {
        int at = in.position();
        long sector = BlockAckLayout.sector(in, at);
        long bytes = checkedBytes(type, p, sector, BlockAckLayout.sizeBytes(in, at));
        int sectors = (int) (bytes >>> Units.SECTOR_SHIFT);
        if (type != PacketType.RS_IS_IN_SYNC
                && p.verifySource().refused(sector, sectors, type == PacketType.NEG_RS_DREPLY)) {
            return;
        }
        switch (type) {
            case NEG_RS_DREPLY -> p.resyncTarget().refused(sector, sectors);
            case RS_CANCEL -> p.resyncTarget().cancelled(sector, sectors);
            default -> p.resyncTarget().equal(sector, sectors);
        }
    }

    /** A third node's bits; for two nodes it names only what both know already. */
    private void onPeersInSync(PeersInSync sync) {
        resource.detail(
                LogCategory.RESYNC_OV,
                connection.label(),
                "peers 0x" + Long.toHexString(sync.mask()) + " are in sync at sector " + sync.sector());
    }

    @Override
    public void payloadReceived() {}

    @Override
    public void drained() {}

    @Override
    public void closed(String reason) {
        // A little later: the data stream may still hold what explains the end.
        resource.timers().schedule(EXPLANATION_NANOS, () -> {
            if (session.alive) {
                connection.streamEnded("control stream: " + reason);
            }
        });
    }
}
