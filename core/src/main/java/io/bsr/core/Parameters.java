package io.bsr.core;

import io.bsr.core.option.DigestOptions;
import io.bsr.core.option.NetOptions;
import io.bsr.wire.AfterSplitBrainPolicy;
import io.bsr.wire.WireProtocol;
import io.bsr.wire.packet.ProtocolSettings;
import java.util.Objects;

/** What both nodes must be configured alike: P_PROTOCOL (wire-protocol reference, section 7.1). */
final class Parameters {
    private final Connection connection;

    Parameters(Connection connection) {
        this.connection = connection;
    }

    /** As configured here, or as the peer changed it meanwhile, with the flags of this connection. */
    ProtocolSettings mine() {
        ProtocolSettings configured = configured();
        ProtocolSettings followed = connection.adopted();
        ProtocolSettings counts = followed == null ? configured : followed;
        return new ProtocolSettings(
                counts.protocol(),
                counts.after0Primaries(),
                counts.after1Primary(),
                counts.after2Primaries(),
                (connection.tentative ? ProtocolSettings.DRY_RUN : 0)
                        | (discards() ? ProtocolSettings.DISCARD_MY_DATA : 0),
                counts.twoPrimaries(),
                configured.integrityAlgorithm());
    }

    /** What this node has to tell so that the peer, which tells {@code theirs}, finds no difference. */
    static ProtocolSettings asHere(ProtocolSettings theirs) {
        return new ProtocolSettings(
                theirs.protocol(),
                theirs.after0Primaries().seenByPeer(),
                theirs.after1Primary().seenByPeer(),
                theirs.after2Primaries().seenByPeer(),
                0,
                theirs.twoPrimaries(),
                theirs.integrityAlgorithm());
    }

    /** As configured here. */
    ProtocolSettings configured() {
        NetOptions options = connection.options();
        return new ProtocolSettings(
                Objects.requireNonNull(WireProtocol.ofNumber(options.protocol().number())),
                policy(options.afterSplitBrain0()),
                policy(options.afterSplitBrain1()),
                policy(options.afterSplitBrain2()),
                0,
                allowsTwoPrimaries(options),
                DigestOptions.name(connection.digests().integrity()));
    }

    /** True if both nodes may be Primary at once, as far as this node is configured. */
    static boolean allowsTwoPrimaries(NetOptions options) {
        return options.allowTwoPrimaries()
                && PeerProtocol.of(options.peerFamily()).knowsTwoPrimaries();
    }

    private boolean discards() {
        return connection.protocol().tellsDiscardInParameters()
                && connection.peerDevices().stream().anyMatch(p -> p.discardMyData);
    }

    private static AfterSplitBrainPolicy policy(String word) {
        for (AfterSplitBrainPolicy policy : AfterSplitBrainPolicy.values()) {
            if (policy.toString().equals(word)) {
                return policy;
            }
        }
        return AfterSplitBrainPolicy.DISCONNECT;
    }

    /** What is configured differently there, for people; empty if nothing is. */
    String differences(ProtocolSettings theirs) {
        ProtocolSettings mine = mine();
        return (theirs.protocol() != mine.protocol()
                        ? "protocol is " + mine.protocol() + " here and " + theirs.protocol() + " there"
                        : differs("after-sb-0pri", mine.after0Primaries(), theirs.after0Primaries())
                                + differs("after-sb-1pri", mine.after1Primary(), theirs.after1Primary())
                                + differs("after-sb-2pri", mine.after2Primaries(), theirs.after2Primaries())
                                + twoPrimaries(mine.twoPrimaries(), theirs.twoPrimaries())
                                + (theirs.integrityAlgorithm().equals(mine.integrityAlgorithm())
                                        ? ""
                                        : "data-integrity-alg is " + named(mine.integrityAlgorithm()) + " here and "
                                                + named(theirs.integrityAlgorithm()) + " there. "))
                .strip();
    }

    private String twoPrimaries(boolean here, boolean there) {
        if (here == there) {
            return "";
        }
        return there && !connection.protocol().knowsTwoPrimaries()
                ? "allow-two-primaries is set there, and not possible here. "
                : "allow-two-primaries is " + yesOrNo(here) + " here and " + yesOrNo(there) + " there. ";
    }

    private static String yesOrNo(boolean flag) {
        return flag ? "yes" : "no";
    }

    private static String named(String algorithm) {
        return algorithm.isEmpty() ? "not set" : algorithm;
    }

    private static String differs(String option, AfterSplitBrainPolicy mine, AfterSplitBrainPolicy theirs) {
        return mine == theirs.seenByPeer() ? "" : option + " is " + mine + " here and " + theirs + " there. ";
    }
}
