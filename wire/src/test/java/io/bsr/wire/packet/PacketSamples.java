package io.bsr.wire.packet;

import io.bsr.base.state.DiskState;
import io.bsr.base.state.Role;
import io.bsr.wire.AfterSplitBrainPolicy;
import io.bsr.wire.Agreement;
import io.bsr.wire.Feature;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolOffer;
import io.bsr.wire.StateWord;
import io.bsr.wire.Versions;
import io.bsr.wire.WireProtocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Valid packets with random contents. */
final class PacketSamples {
    private static final String[] NAMES = {"", "md5", "sha1", "crc32c", "sha512", "x".repeat(63)};

    /** One of each change of the format, and the profiles of the reference. */
    static final List<Agreement> AGREEMENTS = List.of(
            Agreement.NONE_YET,
            new Agreement(86, 0),
            new Agreement(88, Feature.ALL),
            new Agreement(94, 0),
            new Agreement(99, Feature.ALL),
            new Agreement(100, 0),
            new Agreement(101, Feature.ALL),
            new Agreement(112, Feature.ALL),
            new Agreement(113, 0),
            new Agreement(118, Feature.ALL));

    private final Random random;
    private final Agreement agreed;

    PacketSamples(Random random, Agreement agreed) {
        this.random = random;
        this.agreed = agreed;
    }

    /** Every packet that the agreement allows, once. */
    List<Packet> all() {
        List<Packet> packets = new ArrayList<>();
        for (PacketType type : PacketType.values()) {
            if (type.allowedBy(agreed)) {
                packets.add(of(type));
            }
        }
        return packets;
    }

    private Packet of(PacketType type) {
        return switch (type) {
            case INITIAL_DATA -> Signal.INITIAL_DATA;
            case INITIAL_META -> Signal.INITIAL_META;
            case PING -> Signal.PING;
            case PING_ACK -> Signal.PING_ACK;
            case UNPLUG_REMOTE -> Signal.UNPLUG_REMOTE;
            case UUID_ACK -> Signal.UUID_ACK;
            case DELAY_PROBE -> Signal.DELAY_PROBE;
            case DATA, DATA_REPLY, RS_DATA_REPLY ->
                new BulkPacket.Data(type, number(), number(), small(), small(), random.nextInt(1 << 15));
            case TRIM, ZEROES -> new BulkPacket.Trim(type, number(), number(), small(), small(), unsigned(), 0);
            case WSAME -> new BulkPacket.Trim(type, number(), number(), small(), small(), unsigned(), 512);
            case BARRIER -> new BulkPacket.Barrier(small());
            case BARRIER_ACK -> new BulkPacket.BarrierAck(small(), small());
            case BITMAP, COMPRESSED_BITMAP -> new BulkPacket.Bitmap(type, random.nextInt(4080));
            case DATA_REQUEST, RS_DATA_REQUEST, RS_THIN_REQ, OV_REQUEST ->
                new BulkPacket.BlockRequest(type, number(), number(), unsigned(), 0);
            case OV_REPLY, CSUM_RS_REQUEST ->
                new BulkPacket.BlockRequest(type, number(), number(), unsigned(), random.nextInt(65));
            case RECV_ACK,
                    WRITE_ACK,
                    RS_WRITE_ACK,
                    SUPERSEDED,
                    NEG_ACK,
                    NEG_DREPLY,
                    NEG_RS_DREPLY,
                    OV_RESULT,
                    RS_IS_IN_SYNC,
                    RS_CANCEL,
                    RETRY_WRITE -> new BulkPacket.BlockAck(type, number(), number(), unsigned(), small());
            case RS_WRITE116_ACK -> new BulkPacket.ResyncWriteAck116(number(), number(), unsigned(), small(), small());
            case OUT_OF_SYNC, RS_DEALLOCATED -> new BulkPacket.BlockDescriptor(type, number(), unsigned());
            case CONNECTION_FEATURES ->
                new ConnectionFeatures(new ProtocolOffer(below(200), below(200), small()), small(), small());
            case NODE_FEATURES -> new NodeFeatures(random.nextBoolean() ? "" : "n" + "x".repeat(below(64)));
            case AUTH_CHALLENGE -> new AuthChallenge(octets(64));
            case AUTH_RESPONSE -> new AuthResponse(octets(below(65)));
            case PROTOCOL -> new Protocol(settings());
            case PROTOCOL_UPDATE -> new ProtocolUpdate(settings());
            case SYNC_PARAM -> new SyncParam(unsigned(), agreed.atLeast(88) ? name() : "");
            case SYNC_PARAM89 -> syncParam89();
            case SIZES ->
                new Sizes(
                        sectors(),
                        sectors(),
                        sectors(),
                        unsigned(),
                        below(65536),
                        below(65536),
                        agreed.has(Feature.WSAME) ? limits() : null);
            case UUIDS -> new Uuids(number(), number(), number(), number(), number(), number());
            case UUIDS110 -> uuids110();
            case CURRENT_UUID -> new CurrentUuid(number(), number());
            case SYNC_UUID -> new SyncUuid(number());
            case STATE -> new State(state());
            case STATE_CHG_REQ -> new StateChangeRequest(new StateWord(small()), new StateWord(small()));
            case STATE_CHG_REPLY -> new StateChangeReply(small());
            case CONN_ST_CHG_REQ -> new ConnectionStateChangeRequest(new StateWord(small()), new StateWord(small()));
            case CONN_ST_CHG_REPLY -> new ConnectionStateChangeReply(small());
            case TWOPC_PREPARE -> request(TwoPhaseRequest.Kind.PREPARE);
            case TWOPC_PREP_RSZ -> request(TwoPhaseRequest.Kind.PREPARE_RESIZE);
            case TWOPC_COMMIT -> request(TwoPhaseRequest.Kind.COMMIT);
            case TWOPC_ABORT -> request(TwoPhaseRequest.Kind.ABORT);
            case TWOPC_YES -> reply(TwoPhaseReply.Answer.YES);
            case TWOPC_NO -> reply(TwoPhaseReply.Answer.NO);
            case TWOPC_RETRY -> reply(TwoPhaseReply.Answer.RETRY);
            case DAGTAG -> new Dagtag(number());
            case PEER_ACK -> new PeerAck(number(), number());
            case PEERS_IN_SYNC -> new PeersInSync(number(), number(), unsigned());
            case PEER_DAGTAG -> new PeerDagtag(number(), below(32));
            case BM_EXCHANGE_STATE -> new BitmapExchangeState(small());
        };
    }

    private long number() {
        return random.nextLong() >> below(64);
    }

    private int small() {
        return random.nextInt() >> below(32);
    }

    private int below(int bound) {
        return random.nextInt(bound);
    }

    private <T> T any(T[] values) {
        return values[below(values.length)];
    }

    private long unsigned() {
        return random.nextInt() & 0xffff_ffffL;
    }

    private long sectors() {
        return random.nextLong() >>> 10;
    }

    private String name() {
        return NAMES[below(NAMES.length)];
    }

    private Octets octets(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return Octets.of(bytes);
    }

    private ProtocolSettings settings() {
        AfterSplitBrainPolicy[] policies = AfterSplitBrainPolicy.values();
        return new ProtocolSettings(
                any(WireProtocol.values()),
                any(policies),
                any(policies),
                any(policies),
                small(),
                random.nextBoolean(),
                agreed.atLeast(Versions.INTEGRITY_NAME) ? name() : "");
    }

    private SyncParam89 syncParam89() {
        boolean controller = agreed.atLeast(95);
        boolean pace = agreed.atLeast(114);
        return new SyncParam89(
                unsigned(),
                name(),
                name(),
                controller ? unsigned() : 0,
                controller ? unsigned() : 0,
                controller ? unsigned() : 0,
                controller ? unsigned() : 0,
                pace ? unsigned() : 0,
                pace ? unsigned() : 0);
    }

    private QueueLimits limits() {
        return new QueueLimits(
                unsigned(),
                unsigned(),
                unsigned(),
                unsigned(),
                unsigned(),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean());
    }

    private Uuids110 uuids110() {
        long mask = unsigned();
        return new Uuids110(
                number(),
                number(),
                number(),
                number(),
                mask,
                random.longs(Long.bitCount(mask)).boxed().toList(),
                random.longs(below(33)).boxed().toList());
    }

    private StateWord state() {
        DiskState[] disks = DiskState.values();
        Role[] roles = Role.values();
        StateWord word = new StateWord(random.nextInt() << 17)
                .withRole(any(roles))
                .withPeer(any(roles))
                .withConn(below(24))
                .withDisk(any(disks))
                .withPdsk(any(disks));
        // Detaching has no number of its own for old peers: it goes out as Failed, and would come back as that.
        return word.withDisk(known(word.disk())).withPdsk(known(word.pdsk()));
    }

    private int known(int disk) {
        return !agreed.atLeast(Versions.MULTI_PEER) && disk == DiskState.DETACHING.number()
                ? DiskState.FAILED.number()
                : disk;
    }

    private TwoPhaseRequest request(TwoPhaseRequest.Kind kind) {
        return new TwoPhaseRequest(kind, random.nextInt() | 1, below(32), below(33) - 1, number(), number(), number());
    }

    private TwoPhaseReply reply(TwoPhaseReply.Answer answer) {
        return new TwoPhaseReply(answer, random.nextInt() | 1, below(32), number(), number(), number());
    }
}
