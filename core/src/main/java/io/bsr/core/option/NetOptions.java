package io.bsr.core.option;

import java.util.Map;

/**
 * Options of a connection.
 *
 * @param peerName configured name of the peer ({@code _name})
 * @param timeout 0.1 s without an answer after which the peer counts as gone
 * @param connectInterval s between attempts to connect
 * @param pingInterval s of silence before a ping
 * @param pingTimeout 0.1 s to wait for its answer
 * @param socketCheckTimeout 0.1 s that both sockets must have lived before they count
 * @param koCount times {@code timeout} that a blocked peer is tolerated; 0 for ever
 * @param maxEpochSize writes per epoch
 * @param maxBuffers 4 KiB blocks of resync data in flight
 * @param hmacAlgorithm Linux name, e.g. {@code sha256}; empty for no authentication
 * @param sendBufferBytes SO_SNDBUF, 0 for the system's default
 * @param peerFamily the product at the other end
 * @param allowTwoPrimaries both nodes may be Primary at once, where the product at the other end can that
 * @param fencing what is done when the peer is lost
 */
public record NetOptions(
        String peerName,
        Protocol protocol,
        int timeout,
        int connectInterval,
        int pingInterval,
        int pingTimeout,
        int socketCheckTimeout,
        int koCount,
        int maxEpochSize,
        int maxBuffers,
        String hmacAlgorithm,
        String sharedSecret,
        String afterSplitBrain0,
        String afterSplitBrain1,
        String afterSplitBrain2,
        boolean alwaysAfterSplitBrain,
        String roleResyncConflict,
        boolean runLengthBitmap,
        int sendBufferBytes,
        int receiveBufferBytes,
        PeerFamily peerFamily,
        boolean allowTwoPrimaries,
        FencingPolicy fencing,
        Map<String, String> given) {
    /** Of {@code sndbuf-size}, in bytes. */
    static final long LARGEST_SEND_BUFFER = (1L << 40) - 1;

    /**
     * Reads the options out of a map of names to canonical texts.
     *
     * @throws IllegalArgumentException for a value that the option does not allow
     */
    public static NetOptions from(Map<String, String> values) {
        OptionValues v = new OptionValues(values);
        return new NetOptions(
                v.text("_name", v.text("peer-node-name", "")),
                v.choice("protocol", Protocol.C, Protocol.class),
                (int) v.number("timeout", 60, 1, 600),
                (int) v.number("connect-int", 3, 1, 120),
                (int) v.number("ping-int", 3, 1, 120),
                (int) v.number("ping-timeout", 30, 1, 300),
                (int) v.number("socket-check-timeout", 5, 1, 300),
                (int) v.number("ko-count", 5, 0, 200),
                (int) v.number("max-epoch-size", 16000, 1, 20000),
                (int) v.number("max-buffers", 16000, 32, 131072),
                v.text("cram-hmac-alg", ""),
                v.text("shared-secret", ""),
                v.text("after-sb-0pri", "disconnect"),
                v.text("after-sb-1pri", "disconnect"),
                v.text("after-sb-2pri", "disconnect"),
                v.flag("always-asbp", false),
                v.text("rr-conflict", "disconnect"),
                v.flag("use-rle", true),
                (int) Math.min(v.number("sndbuf-size", 0, 0, LARGEST_SEND_BUFFER), Integer.MAX_VALUE),
                (int) v.number("rcvbuf-size", 0, 0, Integer.MAX_VALUE),
                v.choice("peer-family", PeerFamily.BSR, PeerFamily.class),
                v.flag("allow-two-primaries", false),
                v.choice("fencing", FencingPolicy.DONT_CARE, FencingPolicy.class),
                Map.copyOf(values));
    }
}
