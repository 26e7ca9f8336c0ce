package io.bsr.core.option;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.wire.digest.DigestAlgorithm;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which net options do not go together, and which names of algorithms mean nothing here; with the code for each. */
public final class NetRules {
    private static final long SMALLEST_SEND_BUFFER = 10L << 20;

    private NetRules() {}

    /**
     * Why a connection cannot have these options; {@code null} if it can.
     *
     * @param values names to canonical texts
     * @throws IllegalArgumentException for a value that its option does not allow
     */
    public static @Nullable Outcome refusal(Map<String, String> values) {
        OptionValues v = new OptionValues(values);
        Protocol protocol = v.choice("protocol", Protocol.C, Protocol.class);
        if (v.flag("allow-two-primaries", false) && protocol != Protocol.C) {
            return Outcome.of(ErrorCode.NOT_PROTOCOL_C, "allow-two-primaries needs protocol C, this is " + protocol);
        }
        if (v.text("fencing", "").equals("resource-and-stonith") && protocol == Protocol.A) {
            return Outcome.of(
                    ErrorCode.STONITH_WITH_PROTOCOL_A,
                    "fencing resource-and-stonith needs protocol B or C: with A users do not wait for the peer");
        }
        String policy = v.text("on-congestion", "block");
        if (!policy.equals("block") && protocol != Protocol.A) {
            return Outcome.of(
                    ErrorCode.CONGESTION_NOT_PROTOCOL_A,
                    "on-congestion " + policy + " needs protocol A: with the others users wait for the peer anyway");
        }
        long sendBuffer = v.number("sndbuf-size", 0, 0, NetOptions.LARGEST_SEND_BUFFER);
        if (sendBuffer > 0 && sendBuffer < SMALLEST_SEND_BUFFER) {
            return Outcome.of(
                    ErrorCode.SEND_BUFFER_TOO_SMALL,
                    "sndbuf-size " + sendBuffer + ": 0 for none, or " + SMALLEST_SEND_BUFFER + " and more");
        }
        Outcome unknown = algorithm(v, "cram-hmac-alg", true, ErrorCode.AUTH_ALGORITHM);
        unknown = unknown != null ? unknown : algorithm(v, "verify-alg", false, ErrorCode.VERIFY_ALGORITHM);
        unknown = unknown != null ? unknown : algorithm(v, "csums-alg", false, ErrorCode.CSUMS_ALGORITHM);
        return unknown != null ? unknown : algorithm(v, "data-integrity-alg", false, ErrorCode.INTEGRITY_ALGORITHM);
    }

    private static @Nullable Outcome algorithm(OptionValues values, String option, boolean keyed, ErrorCode code) {
        String name = values.text(option, "");
        DigestAlgorithm known = DigestAlgorithm.ofName(name);
        if (name.isEmpty() || (known != null && (!keyed || known.isKeyed()))) {
            return null;
        }
        return Outcome.of(
                code,
                "option " + option + ": the algorithm \"" + name + "\" is not known here; known are "
                        + String.join(", ", DigestAlgorithm.names(keyed)));
    }
}
