package io.bsr.core;

import io.bsr.base.Units;
import io.bsr.base.port.StreamHandler;
import io.bsr.base.port.VolumePort;
import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.ReplicationState;
import io.bsr.wire.Agreement;
import io.bsr.wire.BlockIds;
import io.bsr.wire.HeaderReader;
import io.bsr.wire.PacketHeader;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolException;
import io.bsr.wire.StreamRole;
import io.bsr.wire.data.BarrierLayout;
import io.bsr.wire.data.BlockDescriptorLayout;
import io.bsr.wire.data.BlockRequestLayout;
import io.bsr.wire.data.DataLayout;
import io.bsr.wire.data.TrimLayout;
import io.bsr.wire.digest.DigestAlgorithm;
import io.bsr.wire.packet.BitmapExchangeState;
import io.bsr.wire.packet.ConnectionStateChangeRequest;
import io.bsr.wire.packet.CurrentUuid;
import io.bsr.wire.packet.ProtocolUpdate;
import io.bsr.wire.packet.SessionPacket;
import io.bsr.wire.packet.Sizes;
import io.bsr.wire.packet.State;
import io.bsr.wire.packet.StateChangeRequest;
import io.bsr.wire.packet.SyncParam89;
import io.bsr.wire.packet.SyncUuid;
import io.bsr.wire.packet.TwoPhaseRequest;
import io.bsr.wire.packet.Uuids;
import io.bsr.wire.packet.Uuids110;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What arrives on the data stream: one method for each packet that needs more than a line. */
final class DataReceiver implements StreamHandler {
    private final Session session;
    private final Connection connection;
    private final Resource resource;
    private final Handshake handshake;
    private final HeaderReader header = new HeaderReader(StreamRole.DATA);
    private final PayloadIntake intake;
    private boolean headerRead;

    DataReceiver(Session session, Resource resource, Handshake handshake) {
        this.session = session;
        this.connection = session.connection;
        this.resource = resource;
        this.handshake = handshake;
        intake = new PayloadIntake(session, resource);
    }

    void agree(Agreement agreed) {
        header.agree(agreed);
    }

    @Override
    public void received(ByteBuffer in) {
        try {
            while (session.alive
                    && session.handlersAsked == 0
                    && !intake.busy()
                    && !session.waitsForDisks
                    && !session.waitsForRoom
                    && !handshake.holdsData()) {
                if (!headerRead && !header.read(in)) {
                    return;
                }
                headerRead = true;
                if (!take(in)) {
                    return;
                }
            }
        } catch (ProtocolException e) {
            connection.fail(ConnectionState.PROTOCOL_ERROR, e.what() + ": " + e.why());
        }
    }

    /** Handles the packet whose header was read; false if more input is needed first. */
    private boolean take(ByteBuffer in) throws ProtocolException {
        PacketType type = header.type();
        if (session.firstStatesPending && followsTheFirstStates(type)) {
            resource.peerReports().firstStates(connection, true);
            if (!session.alive) {
                return false;
            }
        }
        switch (type) {
            case DATA, RS_DATA_REPLY, DATA_REPLY -> {
                if (in.remaining() < DataLayout.BYTES) {
                    return false;
                }
                headerRead = false;
                if (!intake.begin(in, type, requirePeerDevice(type), header.payloadBytes())) {
                    headerRead = true;
                }
                return false;
            }
            case TRIM, ZEROES -> {
                if (in.remaining() < TrimLayout.BYTES) {
                    return false;
                }
                headerRead = false;
                intake.trim(in, type, requirePeerDevice(type));
            }
            default -> {
                if (in.remaining() < header.length()) {
                    return false;
                }
                headerRead = false;
                int end = in.position() + header.length();
                onWhole(in, type);
                in.position(end);
            }
        }
        return true;
    }

    /** The peer has acted upon the states of this node: its own have all been sent. */
    private static boolean followsTheFirstStates(PacketType type) {
        return switch (type) {
            case DATA,
                    TRIM,
                    ZEROES,
                    BARRIER,
                    DATA_REQUEST,
                    DATA_REPLY,
                    RS_DATA_REQUEST,
                    RS_DATA_REPLY,
                    OUT_OF_SYNC,
                    BITMAP,
                    COMPRESSED_BITMAP,
                    BM_EXCHANGE_STATE -> true;
            default -> false;
        };
    }

    private void onWhole(ByteBuffer in, PacketType type) throws ProtocolException {
        switch (type) {
            case BARRIER -> onBarrier(in);
            // Blocks of zeroes may be answered by P_RS_DEALLOCATED, but need not.
            case RS_DATA_REQUEST, RS_THIN_REQ, CSUM_RS_REQUEST -> onResyncRequest(in, type);
            case OUT_OF_SYNC -> onOutOfSync(in);
            case DATA_REQUEST -> onDataRequest(in);
            case OV_REQUEST -> onVerifyRequest(in);
            case OV_REPLY -> onVerifyReply(in);
            case SYNC_PARAM89 -> {
                PeerDevice p = peerDevice();
                if (p != null && packet(in, type) instanceof SyncParam89 parameters) {
                    resource.peerReports().parameters(p, parameters);
                }
            }
            case BITMAP, COMPRESSED_BITMAP -> {
                PeerDevice p = peerDevice();
                if (p != null) {
                    p.bitmapExchange().received(type, in, header.length());
                }
            }
            case UNPLUG_REMOTE, DELAY_PROBE, DAGTAG, PEER_DAGTAG, SYNC_PARAM -> {}
            case CONNECTION_FEATURES, NODE_FEATURES, AUTH_CHALLENGE, AUTH_RESPONSE, PROTOCOL ->
                handshake.onData(packet(in, type));
            case SIZES -> {
                PeerDevice p = peerDevice();
                if (p != null && packet(in, type) instanceof Sizes sizes) {
                    resource.peerReports().sizes(p, sizes);
                } else if (connection.connected()) {
                    resource.log(
                            Events.Level.WARN,
                            connection.label(),
                            "the peer has a volume " + header.volume() + ", which is not configured here:"
                                    + " it is not replicated. Give both nodes the same volumes");
                }
            }
            case UUIDS110 -> {
                PeerDevice p = peerDevice();
                if (p != null && packet(in, type) instanceof Uuids110 uuids) {
                    resource.peerReports().identifiers(p, uuids);
                }
            }
            case UUIDS -> {
                PeerDevice p = peerDevice();
                if (p != null && packet(in, type) instanceof Uuids uuids) {
                    resource.peerReports().identifiersOfDrbd84(p, uuids);
                }
            }
            case SYNC_UUID -> {
                PeerDevice p = requirePeerDevice(type);
                if (packet(in, type) instanceof SyncUuid sync) {
                    resource.actions().sourceLetsBegin(p, sync.uuid());
                }
            }
            case STATE_CHG_REQ -> {
                if (connection.connected() && packet(in, type) instanceof StateChangeRequest request) {
                    resource.clusterChange().oneStep().onRequest(session, header.volume(), request);
                }
            }
            case CONN_ST_CHG_REQ -> {
                if (connection.connected() && packet(in, type) instanceof ConnectionStateChangeRequest request) {
                    resource.clusterChange().oneStep().onRequest(session, request);
                }
            }
            case PROTOCOL_UPDATE -> {
                if (packet(in, type) instanceof ProtocolUpdate update) {
                    connection.adopt(update.settings());
                    integrityAlgorithm(update.settings().integrityAlgorithm());
                }
            }
            case CURRENT_UUID -> {
                PeerDevice p = peerDevice();
                if (p != null && packet(in, type) instanceof CurrentUuid uuid) {
                    resource.peerReports().currentUuid(p, uuid);
                }
            }
            case STATE -> {
                if (packet(in, type) instanceof State state) {
                    onState(state);
                }
            }
            case BM_EXCHANGE_STATE -> {
                PeerDevice p = peerDevice();
                if (p != null
                        && packet(in, type) instanceof BitmapExchangeState exchange
                        && exchange.state() == BitmapExchangeState.COMPLETE) {
                    p.resyncTarget().exchangeCompleted();
                }
            }
            case TWOPC_PREPARE, TWOPC_PREP_RSZ, TWOPC_COMMIT, TWOPC_ABORT -> {
                if (packet(in, type) instanceof TwoPhaseRequest request) {
                    resource.clusterChange().onRequest(session, header.volume(), request, handshake);
                }
            }
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

    /** The volume of the packet, if it is configured here; configuration of others is ignored. */
    private @Nullable PeerDevice peerDevice() {
        return connection.connected() ? connection.peerDevice(header.volume()) : null;
    }

    private PeerDevice requirePeerDevice(PacketType type) throws ProtocolException {
        PeerDevice p = peerDevice();
        if (p == null) {
            throw refused(type, "there is no connected volume " + header.volume());
        }
        return p;
    }

    static ProtocolException refused(PacketType type, String why) {
        return new ProtocolException(ProtocolException.Fault.BAD_VALUE, type + " refused", why);
    }

    static void checkRange(PacketType type, PeerDevice p, long sector, long bytes, long limit)
            throws ProtocolException {
        long sectors = bytes >>> Units.SECTOR_SHIFT;
        if (bytes <= 0
                || bytes > limit
                || (bytes & (p.volume().logicalBlockSize() - 1)) != 0
                || ((sector << Units.SECTOR_SHIFT) & (p.volume().logicalBlockSize() - 1)) != 0
                || sector < 0
                || sector > p.volume().agreedSectors() - sectors) {
            throw refused(
                    type,
                    bytes + " bytes at sector " + Long.toUnsignedString(sector) + " do not fit a volume of "
                            + p.volume().agreedSectors() + " sectors in blocks of "
                            + p.volume().logicalBlockSize() + " bytes");
        }
    }

    @Override
    public void payloadReceived() {
        intake.complete();
    }

    private void onBarrier(ByteBuffer in) throws ProtocolException {
        if (!connection.connected() || !session.receivedEpochs.barrier(BarrierLayout.barrier(in, in.position()))) {
            throw refused(PacketType.BARRIER, "too many epochs are open");
        }
    }

    // ------------------------------------------------------------------------------------------------ resync

    private void onResyncRequest(ByteBuffer in, PacketType type) throws ProtocolException {
        PeerDevice p = requirePeerDevice(type);
        int at = in.position();
        long sector = BlockRequestLayout.sector(in, at);
        long bytes = BlockRequestLayout.sizeBytes(in, at);
        checkRange(type, p, sector, bytes, VolumePort.MAX_TRANSFER);
        boolean compare = type == PacketType.CSUM_RS_REQUEST;
        DigestAlgorithm csums = connection.digests().csums();
        if (compare && (csums == null || csums.bytes() != header.payloadBytes())) {
            throw refused(
                    type, "its digest has " + header.payloadBytes() + " bytes: both nodes need the same csums-alg");
        }
        // What the target could not read differs for certain.
        boolean readable = BlockRequestLayout.blockId(in, at) != BlockIds.CSUM_SYNC_IO_ERROR;
        p.resyncSource()
                .requested(
                        session, sector, (int) bytes, compare && readable ? in : null, at + BlockRequestLayout.BYTES);
    }

    private void integrityAlgorithm(String integrity) throws ProtocolException {
        DigestAlgorithm algorithm = DigestAlgorithm.ofName(integrity);
        if (algorithm == null && !integrity.isEmpty()) {
            throw refused(PacketType.PROTOCOL_UPDATE, "data-integrity-alg " + integrity + " is not known here");
        }
        session.incomingDigest = Connection.digest(algorithm);
    }

    private void onDataRequest(ByteBuffer in) throws ProtocolException {
        PeerDevice p = requirePeerDevice(PacketType.DATA_REQUEST);
        int at = in.position();
        long sector = BlockRequestLayout.sector(in, at);
        long bytes = BlockRequestLayout.sizeBytes(in, at);
        checkRange(PacketType.DATA_REQUEST, p, sector, bytes, VolumePort.MAX_TRANSFER);
        p.peerReads().requested(session, sector, (int) bytes, BlockRequestLayout.blockId(in, at));
    }

    private void onVerifyRequest(ByteBuffer in) throws ProtocolException {
        PeerDevice p = requirePeerDevice(PacketType.OV_REQUEST);
        int at = in.position();
        long sector = BlockRequestLayout.sector(in, at);
        long bytes = BlockRequestLayout.sizeBytes(in, at);
        checkRange(PacketType.OV_REQUEST, p, sector, bytes, VolumePort.MAX_TRANSFER);
        p.verifyTarget().requested(session, sector, (int) bytes, BlockRequestLayout.blockId(in, at));
    }

    private void onVerifyReply(ByteBuffer in) throws ProtocolException {
        PeerDevice p = requirePeerDevice(PacketType.OV_REPLY);
        int at = in.position();
        long sector = BlockRequestLayout.sector(in, at);
        long bytes = BlockRequestLayout.sizeBytes(in, at);
        checkRange(PacketType.OV_REPLY, p, sector, bytes, VolumePort.MAX_TRANSFER);
        VerifyCompare waiting = p.verifySource().replied(session, sector, (int) (bytes >>> Units.SECTOR_SHIFT));
        if (waiting == null) {
            return;
        }
        int expected = p.verifySource().digestBytes();
        if (header.payloadBytes() != expected) {
            throw refused(
                    PacketType.OV_REPLY,
                    "its digest has " + header.payloadBytes() + " bytes, not " + expected
                            + ": both nodes need the same verify-alg");
        }
        waiting.replied(session, sector, (int) bytes, in, at + BlockRequestLayout.BYTES, expected);
    }

    private void onOutOfSync(ByteBuffer in) throws ProtocolException {
        PeerDevice p = requirePeerDevice(PacketType.OUT_OF_SYNC);
        int at = in.position();
        long sector = BlockDescriptorLayout.sector(in, at);
        long bytes = BlockDescriptorLayout.sizeBytes(in, at);
        if (sector == BlockIds.OUT_OF_SYNC_FINISHED_SECTOR && bytes == 0) {
            if (p.replication() == ReplicationState.BEHIND) {
                p.resyncTarget().exchangeCompleted();
                resource.actions().targetSentBitmap(p);
            }
            return;
        }
        checkRange(PacketType.OUT_OF_SYNC, p, sector, bytes, VolumePort.MAX_DISCARD);
        long end = sector + (bytes >>> Units.SECTOR_SHIFT);
        p.setOutOfSync(sector, end);
        p.resyncTarget().outOfSync(sector, end);
    }

    private void onState(State state) throws ProtocolException {
        if (header.volume() == PacketHeader.CONNECTION) {
            resource.peerReports().roleOnly(connection, state.word());
            return;
        }
        PeerDevice p = peerDevice();
        if (p != null) {
            resource.peerReports().state(p, state.word());
        }
    }

    @Override
    public void drained() {
        for (PeerDevice p : connection.peerDevices()) {
            p.bitmapExchange().pump();
            p.resyncSource().pump();
        }
    }

    @Override
    public void closed(String reason) {
        if (session.alive) {
            connection.streamEnded("data stream: " + reason);
        }
    }

    /** The session ended, perhaps in the middle of data. */
    void ended() {
        intake.end();
    }
}
