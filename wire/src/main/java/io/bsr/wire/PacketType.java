package io.bsr.wire;

import static io.bsr.wire.Availability.always;
import static io.bsr.wire.Availability.bsrSince;
import static io.bsr.wire.Availability.multiPeer;
import static io.bsr.wire.Availability.startingAt;

import io.bsr.wire.ProtocolException.Fault;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The packet table (reference 6): number, place, size and availability of every packet.
 *
 * <p>The constants are named as the packets are, without the prefix {@code P_}. A number that is not here (0x05 and
 * 0x06 once were packets) is an unknown command.
 */
public enum PacketType {
    DATA(0x00, Place.DATA, Layout.DATA, Payload.BLOCKS, always()),
    DATA_REPLY(0x01, Place.DATA, Layout.DATA, Payload.BLOCKS, always()),
    RS_DATA_REPLY(0x02, Place.DATA, Layout.DATA, Payload.BLOCKS, always()),
    BARRIER(0x03, Place.DATA, Layout.BARRIER, Payload.NONE, always()),
    BITMAP(0x04, Place.DATA, Layout.BITMAP, Payload.BITMAP_WORDS, always()),
    UNPLUG_REMOTE(0x07, Place.DATA, Layout.EMPTY, Payload.NONE, always()),
    DATA_REQUEST(0x08, Place.DATA, Layout.BLOCK_REQUEST, Payload.NONE, always()),
    RS_DATA_REQUEST(0x09, Place.DATA, Layout.BLOCK_REQUEST, Payload.NONE, always()),
    SYNC_PARAM(0x0a, Place.DATA, Layout.VARIABLE, Payload.SYNC_PARAMETERS, always().until(88)),
    PROTOCOL(0x0b, Place.DATA, Layout.PROTOCOL, Payload.NAME, always()),
    UUIDS(0x0c, Place.DATA, Layout.UUIDS, Payload.NONE, always().until(109)),
    SIZES(0x0d, Place.DATA, Layout.SIZES, Payload.NONE, always()),
    STATE(0x0e, Place.DATA, Layout.ONE_INT, Payload.NONE, always()),
    SYNC_UUID(0x0f, Place.DATA, Layout.ONE_LONG, Payload.NONE, always().until(109)),
    AUTH_CHALLENGE(0x10, Place.HANDSHAKE, Layout.VARIABLE, Payload.CHALLENGE, always()),
    AUTH_RESPONSE(0x11, Place.HANDSHAKE, Layout.VARIABLE, Payload.RESPONSE, always()),
    STATE_CHG_REQ(0x12, Place.DATA, Layout.STATE_REQUEST, Payload.NONE, always().until(109)),
    PING(0x13, Place.CONTROL, Layout.EMPTY, Payload.NONE, always()),
    PING_ACK(0x14, Place.CONTROL, Layout.EMPTY, Payload.NONE, always()),
    RECV_ACK(0x15, Place.CONTROL, Layout.BLOCK_ACK, Payload.NONE, always()),
    WRITE_ACK(0x16, Place.CONTROL, Layout.BLOCK_ACK, Payload.NONE, always()),
    RS_WRITE_ACK(0x17, Place.CONTROL, Layout.BLOCK_ACK, Payload.NONE, always()),
    SUPERSEDED(0x18, Place.CONTROL, Layout.BLOCK_ACK, Payload.NONE, always().in(Family.BSR_AND_84)),
    NEG_ACK(0x19, Place.CONTROL, Layout.BLOCK_ACK, Payload.NONE, always()),
    NEG_DREPLY(0x1a, Place.CONTROL, Layout.BLOCK_ACK, Payload.NONE, always()),
    NEG_RS_DREPLY(0x1b, Place.CONTROL, Layout.BLOCK_ACK, Payload.NONE, always()),
    BARRIER_ACK(0x1c, Place.CONTROL, Layout.BARRIER_ACK, Payload.NONE, always()),
    STATE_CHG_REPLY(0x1d, Place.CONTROL, Layout.ONE_INT, Payload.NONE, always().until(109)),
    OV_REQUEST(0x1e, Place.DATA, Layout.BLOCK_REQUEST, Payload.NONE, startingAt(Versions.VERIFY)),
    OV_REPLY(0x1f, Place.DATA, Layout.BLOCK_REQUEST, Payload.DIGEST, startingAt(Versions.VERIFY)),
    OV_RESULT(0x20, Place.CONTROL, Layout.BLOCK_ACK, Payload.NONE, startingAt(Versions.VERIFY)),
    CSUM_RS_REQUEST(0x21, Place.DATA, Layout.BLOCK_REQUEST, Payload.DIGEST, startingAt(Versions.CHECKSUM_RESYNC)),
    RS_IS_IN_SYNC(0x22, Place.CONTROL, Layout.BLOCK_ACK, Payload.NONE, startingAt(Versions.CHECKSUM_RESYNC)),
    SYNC_PARAM89(0x23, Place.DATA, Layout.VARIABLE, Payload.SYNC_PARAMETERS, startingAt(Versions.CHECKSUM_RESYNC)),
    COMPRESSED_BITMAP(0x24, Place.DATA, Layout.BITMAP, Payload.BITMAP_CODE, startingAt(Versions.COMPRESSED_BITMAP)),
    DELAY_PROBE(0x27, Place.BOTH, Layout.ONE_LONG, Payload.NONE, always()),
    OUT_OF_SYNC(0x28, Place.DATA, Layout.BLOCK_DESCRIPTOR, Payload.NONE, startingAt(Versions.AHEAD_BEHIND)),
    RS_CANCEL(0x29, Place.CONTROL, Layout.BLOCK_ACK, Payload.NONE, startingAt(Versions.AHEAD_BEHIND)),
    CONN_ST_CHG_REQ(
            0x2a,
            Place.DATA,
            Layout.STATE_REQUEST,
            Payload.NONE,
            startingAt(Versions.HEADER_100).until(109)),
    CONN_ST_CHG_REPLY(
            0x2b,
            Place.CONTROL,
            Layout.ONE_INT,
            Payload.NONE,
            startingAt(Versions.HEADER_100).until(109)),
    RETRY_WRITE(
            0x2c,
            Place.CONTROL,
            Layout.BLOCK_ACK,
            Payload.NONE,
            startingAt(Versions.HEADER_100).in(Family.BSR_AND_84)),
    PROTOCOL_UPDATE(0x2d, Place.DATA, Layout.PROTOCOL, Payload.NAME, startingAt(Versions.HEADER_100)),
    TWOPC_PREPARE(0x2e, Place.DATA, Layout.TWO_PHASE_REQUEST, Payload.NONE, multiPeer()),
    TWOPC_ABORT(0x2f, Place.DATA, Layout.TWO_PHASE_REQUEST, Payload.NONE, multiPeer()),
    DAGTAG(0x30, Place.DATA, Layout.ONE_LONG, Payload.NONE, multiPeer()),
    TRIM(0x31, Place.DATA, Layout.TRIM, Payload.NONE, always().with(Feature.TRIM)),
    RS_THIN_REQ(0x32, Place.DATA, Layout.BLOCK_REQUEST, Payload.NONE, always().with(Feature.THIN_RESYNC)),
    RS_DEALLOCATED(0x33, Place.DATA, Layout.BLOCK_DESCRIPTOR, Payload.NONE, always().with(Feature.THIN_RESYNC)),
    WSAME(
            0x34,
            Place.DATA,
            Layout.TRIM,
            Payload.ONE_BLOCK,
            always().with(Feature.WSAME).in(Family.BSR_AND_84)),
    TWOPC_PREP_RSZ(
            0x35,
            Place.DATA,
            Layout.TWO_PHASE_REQUEST,
            Payload.NONE,
            startingAt(Versions.TWO_PHASE_RESIZE).in(Family.BSR_AND_9)),
    ZEROES(0x36, Place.DATA, Layout.TRIM, Payload.NONE, always().with(Feature.WZEROES)),
    PEER_ACK(0x40, Place.CONTROL, Layout.TWO_LONGS, Payload.NONE, multiPeer()),
    PEERS_IN_SYNC(0x41, Place.CONTROL, Layout.PEER_BLOCK, Payload.NONE, multiPeer()),
    UUIDS110(0x42, Place.DATA, Layout.UUIDS110, Payload.GENERATIONS, multiPeer()),
    PEER_DAGTAG(0x43, Place.DATA, Layout.PEER_DAGTAG, Payload.NONE, multiPeer()),
    CURRENT_UUID(0x44, Place.DATA, Layout.TWO_LONGS, Payload.NONE, multiPeer()),
    TWOPC_YES(0x45, Place.CONTROL, Layout.TWO_PHASE_REPLY, Payload.NONE, multiPeer()),
    TWOPC_NO(0x46, Place.CONTROL, Layout.TWO_PHASE_REPLY, Payload.NONE, multiPeer()),
    TWOPC_COMMIT(0x47, Place.DATA, Layout.TWO_PHASE_REQUEST, Payload.NONE, multiPeer()),
    TWOPC_RETRY(0x48, Place.CONTROL, Layout.TWO_PHASE_REPLY, Payload.NONE, multiPeer()),
    BM_EXCHANGE_STATE(0x49, Place.DATA, Layout.EXCHANGE_STATE, Payload.NONE, bsrSince(Versions.DECOUPLED_RESYNC)),
    UUID_ACK(0x50, Place.CONTROL, Layout.EMPTY, Payload.NONE, bsrSince(Versions.UUID_ACK)),
    RS_WRITE116_ACK(0x51, Place.CONTROL, Layout.BLOCK_ACK_116, Payload.NONE, bsrSince(Versions.RESYNC_SEQUENCE)),
    INITIAL_META(
            0xfff1,
            Place.HANDSHAKE,
            Layout.EMPTY,
            Payload.NONE,
            startingAt(Versions.UNNEGOTIATED).until(Versions.UNNEGOTIATED)),
    INITIAL_DATA(
            0xfff2,
            Place.HANDSHAKE,
            Layout.EMPTY,
            Payload.NONE,
            startingAt(Versions.UNNEGOTIATED).until(Versions.UNNEGOTIATED)),
    NODE_FEATURES(0xfffd, Place.HANDSHAKE, Layout.NODE_FEATURES, Payload.NONE, bsrSince(Versions.BSR_17)),
    CONNECTION_FEATURES(
            0xfffe, Place.HANDSHAKE, Layout.CONNECTION_FEATURES, Payload.NONE, startingAt(Versions.UNNEGOTIATED));

    /** On which stream a packet travels. */
    public enum Place {
        DATA,
        CONTROL,
        BOTH,
        /**
         * Read one by one while the connection is set up, on the data stream. The first packet of a TCP connection and
         * the features also come on the control stream.
         */
        HANDSHAKE
    }

    /** The fixed part of a packet's body; several packets share one. Sizes in bytes. */
    public enum Layout {
        EMPTY(0),
        /** No fixed part: the version or the payload gives the size. */
        VARIABLE(0),
        BITMAP(0),
        DATA(24),
        TRIM(28),
        BLOCK_ACK(24),
        BLOCK_ACK_116(28),
        BLOCK_REQUEST(24),
        BLOCK_DESCRIPTOR(16),
        BARRIER(8),
        BARRIER_ACK(8),
        ONE_INT(4),
        ONE_LONG(8),
        TWO_LONGS(16),
        STATE_REQUEST(8),
        PROTOCOL(24),
        UUIDS(48),
        UUIDS110(40),
        /** 24 more with {@link Feature#WSAME}. */
        SIZES(32),
        TWO_PHASE_REQUEST(36),
        TWO_PHASE_REPLY(32),
        PEER_BLOCK(24),
        PEER_DAGTAG(12),
        EXCHANGE_STATE(8),
        NODE_FEATURES(64),
        CONNECTION_FEATURES(72);

        private final int bytes;

        Layout(int bytes) {
            this.bytes = bytes;
        }

        public int bytes() {
            return bytes;
        }
    }

    /** Bytes that P_SIZES grows by with {@link Feature#WSAME}. */
    static final int QUEUE_LIMITS_BYTES = 24;

    private static final @Nullable PacketType[] BY_NUMBER = new PacketType[0x52];

    static {
        for (PacketType type : values()) {
            if (type.number < BY_NUMBER.length) {
                BY_NUMBER[type.number] = type;
            }
        }
    }

    private final int number;
    private final String wireName;
    private final Place place;
    private final Layout layout;
    private final Payload payload;
    private final int since;
    private final int until;
    private final @Nullable Feature feature;
    private final Family family;

    PacketType(int number, Place place, Layout layout, Payload payload, Availability availability) {
        this.number = number;
        this.wireName = "P_" + name().toUpperCase(Locale.ROOT);
        this.place = place;
        this.layout = layout;
        this.payload = payload;
        this.since = availability.since();
        this.until = availability.until();
        this.feature = availability.feature();
        this.family = availability.family();
    }

    /** The packet with this number (0 … 65535); {@code null} if there is none. Allocates nothing. */
    public static @Nullable PacketType ofNumber(int number) {
        if (number >= 0 && number < BY_NUMBER.length) {
            return BY_NUMBER[number];
        }
        return switch (number) {
            case 0xfff1 -> INITIAL_META;
            case 0xfff2 -> INITIAL_DATA;
            case 0xfffd -> NODE_FEATURES;
            case 0xfffe -> CONNECTION_FEATURES;
            default -> null;
        };
    }

    /** The command number of the header. */
    public int number() {
        return number;
    }

    /** The name in the field, e.g. {@code P_DATA}. */
    public String wireName() {
        return wireName;
    }

    public Place place() {
        return place;
    }

    public Layout layout() {
        return layout;
    }

    public Payload payload() {
        return payload;
    }

    /** The first protocol version with this packet. */
    public int since() {
        return since;
    }

    /** The last protocol version with this packet; {@link Integer#MAX_VALUE} if there is none. */
    public int until() {
        return until;
    }

    /** The feature that must be agreed; {@code null} if none. */
    public @Nullable Feature feature() {
        return feature;
    }

    /** The products that know the packet. */
    public Family family() {
        return family;
    }

    /** True if the packet may be used under this agreement. */
    public boolean allowedBy(Agreement agreed) {
        return agreed.version() >= since && agreed.version() <= until && (feature == null || agreed.has(feature));
    }

    /** True if the packet may come on that stream. */
    public boolean travelsOn(StreamRole stream) {
        return switch (place) {
            case DATA -> stream == StreamRole.DATA;
            case CONTROL -> stream == StreamRole.CONTROL;
            case BOTH -> true;
            case HANDSHAKE ->
                stream == StreamRole.DATA
                        || this == INITIAL_META
                        || this == INITIAL_DATA
                        || this == CONNECTION_FEATURES;
        };
    }

    /** Bytes of the fixed part of the body. */
    public int subHeaderBytes(Agreement agreed) {
        return this == SIZES && agreed.has(Feature.WSAME) ? layout.bytes + QUEUE_LIMITS_BYTES : layout.bytes;
    }

    /**
     * Compares the length field of a header with what this packet can have (reference 3.2, 3.3).
     *
     * @param length the length field; a negative number is one above 2³¹
     * @throws ProtocolException {@link Fault#BAD_LENGTH}
     */
    public void checkLength(int length, Agreement agreed) throws ProtocolException {
        int fixed = subHeaderBytes(agreed);
        if (length == fixed) {
            return;
        }
        int most = fixed + payload.maxBytes(agreed);
        if (length < fixed || length > most) {
            throw new ProtocolException(
                    Fault.BAD_LENGTH,
                    wireName + " refused",
                    "length " + Integer.toUnsignedString(length) + ", must be " + fixed
                            + (most == fixed ? "" : " to " + most));
        }
    }

    @Override
    public String toString() {
        return wireName;
    }
}
