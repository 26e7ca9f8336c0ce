package io.bsr.wire.packet;

import io.bsr.wire.Agreement;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolException;
import io.bsr.wire.ProtocolException.Fault;
import java.nio.ByteBuffer;

/** A packet that is not on the data path. */
public sealed interface SessionPacket extends Packet
        permits AuthChallenge,
                AuthResponse,
                BitmapExchangeState,
                ConnectionFeatures,
                ConnectionStateChangeReply,
                ConnectionStateChangeRequest,
                CurrentUuid,
                Dagtag,
                NodeFeatures,
                PeerAck,
                PeerDagtag,
                PeersInSync,
                Protocol,
                ProtocolUpdate,
                Signal,
                Sizes,
                State,
                StateChangeReply,
                StateChangeRequest,
                SyncParam,
                SyncParam89,
                SyncUuid,
                TwoPhaseReply,
                TwoPhaseRequest,
                Uuids,
                Uuids110 {

    /**
     * Reads what follows the header, as {@link Packet#decode}.
     *
     * @throws IllegalArgumentException if {@code type} is a {@link BulkPacket}
     */
    static SessionPacket decode(PacketType type, ByteBuffer in, int length, Agreement agreed) throws ProtocolException {
        Packet.checkBody(type, in, length, length, agreed);
        int end = in.position() + length;
        SessionPacket packet =
                switch (type) {
                    case INITIAL_DATA, INITIAL_META, PING, PING_ACK, UNPLUG_REMOTE, UUID_ACK, DELAY_PROBE ->
                        Signal.decode(type, in);
                    case CONNECTION_FEATURES -> ConnectionFeatures.decode(in);
                    case NODE_FEATURES -> NodeFeatures.decode(in);
                    case AUTH_CHALLENGE -> AuthChallenge.decode(in, length, agreed);
                    case AUTH_RESPONSE -> AuthResponse.decode(in, length);
                    case PROTOCOL -> new Protocol(ProtocolSettings.decode(type, in, length, agreed));
                    case PROTOCOL_UPDATE -> new ProtocolUpdate(ProtocolSettings.decode(type, in, length, agreed));
                    case SYNC_PARAM -> SyncParam.decode(in, length, agreed);
                    case SYNC_PARAM89 -> SyncParam89.decode(in, length, agreed);
                    case SIZES -> Sizes.decode(in, agreed);
                    case UUIDS -> Uuids.decode(in);
                    case UUIDS110 -> Uuids110.decode(in, length);
                    case CURRENT_UUID -> CurrentUuid.decode(in);
                    case SYNC_UUID -> SyncUuid.decode(in);
                    case STATE -> State.decode(in, agreed);
                    case STATE_CHG_REQ -> StateChangeRequest.decode(in);
                    case STATE_CHG_REPLY -> StateChangeReply.decode(in);
                    case CONN_ST_CHG_REQ -> ConnectionStateChangeRequest.decode(in);
                    case CONN_ST_CHG_REPLY -> ConnectionStateChangeReply.decode(in);
                    case TWOPC_PREPARE, TWOPC_PREP_RSZ, TWOPC_COMMIT, TWOPC_ABORT -> TwoPhaseRequest.decode(type, in);
                    case TWOPC_YES, TWOPC_NO, TWOPC_RETRY -> TwoPhaseReply.decode(type, in);
                    case DAGTAG -> Dagtag.decode(in);
                    case PEER_ACK -> PeerAck.decode(in);
                    case PEERS_IN_SYNC -> PeersInSync.decode(in);
                    case PEER_DAGTAG -> PeerDagtag.decode(in);
                    case BM_EXCHANGE_STATE -> BitmapExchangeState.decode(in);
                    case DATA,
                            DATA_REPLY,
                            RS_DATA_REPLY,
                            BARRIER,
                            BITMAP,
                            DATA_REQUEST,
                            RS_DATA_REQUEST,
                            RECV_ACK,
                            WRITE_ACK,
                            RS_WRITE_ACK,
                            SUPERSEDED,
                            NEG_ACK,
                            NEG_DREPLY,
                            NEG_RS_DREPLY,
                            BARRIER_ACK,
                            OV_REQUEST,
                            OV_REPLY,
                            OV_RESULT,
                            CSUM_RS_REQUEST,
                            RS_IS_IN_SYNC,
                            COMPRESSED_BITMAP,
                            OUT_OF_SYNC,
                            RS_CANCEL,
                            RETRY_WRITE,
                            TRIM,
                            RS_THIN_REQ,
                            RS_DEALLOCATED,
                            WSAME,
                            ZEROES,
                            RS_WRITE116_ACK -> throw new IllegalArgumentException(type + " is not a session packet");
                };
        if (in.position() != end) {
            throw new ProtocolException(
                    Fault.BAD_LENGTH, type + " refused", (end - in.position()) + " bytes too many of " + length);
        }
        return packet;
    }
}
