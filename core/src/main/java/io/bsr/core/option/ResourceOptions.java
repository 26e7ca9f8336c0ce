package io.bsr.core.option;

import java.util.Map;

/**
 * Options of a resource.
 *
 * @param nodeName name of this node, sent to peers (option {@code node-name})
 * @param twoPhaseTimeout 0.1 s that a cluster-wide change may take
 * @param twoPhaseRetryTimeout 0.1 s, base of the random pause before it is tried again
 * @param peerAckWindow sectors of writes covered by one P_PEER_ACK at most
 * @param peerAckDelay ms of silence after which a P_PEER_ACK is sent
 */
public record ResourceOptions(
        String nodeName,
        int twoPhaseTimeout,
        int twoPhaseRetryTimeout,
        int peerAckWindow,
        int peerAckDelay,
        Map<String, String> given) {
    /**
     * Reads the options out of a map of names to canonical texts.
     *
     * @throws IllegalArgumentException for a value that the option does not allow
     */
    public static ResourceOptions from(Map<String, String> values) {
        OptionValues v = new OptionValues(values);
        return new ResourceOptions(
                v.text("node-name", ""),
                (int) v.number("twopc-timeout", 50, 1, 600),
                (int) v.number("twopc-retry-timeout", 1, 1, 50),
                (int) v.number("peer-ack-window", 4096, 2048, 204800),
                (int) v.number("peer-ack-delay", 100, 1, 10000),
                Map.copyOf(values));
    }
}
