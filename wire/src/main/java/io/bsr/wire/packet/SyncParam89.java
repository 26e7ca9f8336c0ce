package io.bsr.wire.packet;

import io.bsr.wire.Agreement;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolException;
import io.bsr.wire.ProtocolException.Fault;
import io.bsr.wire.Versions;
import java.nio.ByteBuffer;

/**
 * P_SYNC_PARAM89 (reference 6.3 p_rs_param): 132 bytes, from version 95 on 148, from 114 on (bsr) 156.
 *
 * <pre>
 *   0      4               68              132     136     140     144      148          152       156
 *   ├──────┼───────────────┼───────────────┼───────┼───────┼───────┼────────┼────────────┼─────────┤
 *   │ rate │ verify-alg, 0 │ csums-alg, 0  │ plan  │ delay │ fill  │ max    │ verify num │ interval│
 * </pre>
 *
 * All numbers are unsigned 32 bits. What the version has no room for is not sent, and 0 when received.
 *
 * @param resyncRate KiB/s
 * @param verifyAlgorithm empty for none
 * @param csumsAlgorithm empty for none
 * @param planAhead 0.1 s
 * @param delayTarget 0.1 s
 * @param fillTarget sectors
 * @param maxRate KiB/s
 * @param verifyRequestBlocks blocks of 4 KiB for each verify request
 * @param verifyIntervalMillis between verify requests
 */
public record SyncParam89(
        long resyncRate,
        String verifyAlgorithm,
        String csumsAlgorithm,
        long planAhead,
        long delayTarget,
        long fillTarget,
        long maxRate,
        long verifyRequestBlocks,
        long verifyIntervalMillis)
        implements SessionPacket {

    public SyncParam89 {
        Body.checkUnsigned("resync-rate", resyncRate);
        Body.checkName("verify-alg", verifyAlgorithm);
        Body.checkName("csums-alg", csumsAlgorithm);
        Body.checkUnsigned("c-plan-ahead", planAhead);
        Body.checkUnsigned("c-delay-target", delayTarget);
        Body.checkUnsigned("c-fill-target", fillTarget);
        Body.checkUnsigned("c-max-rate", maxRate);
        Body.checkUnsigned("ov-req-num", verifyRequestBlocks);
        Body.checkUnsigned("ov-req-interval", verifyIntervalMillis);
    }

    @Override
    public PacketType type() {
        return PacketType.SYNC_PARAM89;
    }

    @Override
    public int length(Agreement agreed) {
        return lengthAt(agreed);
    }

    private static int lengthAt(Agreement agreed) {
        if (agreed.atLeast(Versions.FAST_VERIFY)) {
            return 156;
        }
        return agreed.atLeast(Versions.HEADER_95) ? 148 : 132;
    }

    @Override
    public void encode(ByteBuffer out, Agreement agreed) {
        out.putInt((int) resyncRate);
        Body.putName(out, verifyAlgorithm, Body.NAME_BYTES);
        Body.putName(out, csumsAlgorithm, Body.NAME_BYTES);
        if (agreed.atLeast(Versions.HEADER_95)) {
            out.putInt((int) planAhead).putInt((int) delayTarget).putInt((int) fillTarget);
            out.putInt((int) maxRate);
        }
        if (agreed.atLeast(Versions.FAST_VERIFY)) {
            out.putInt((int) verifyRequestBlocks).putInt((int) verifyIntervalMillis);
        }
    }

    static SyncParam89 decode(ByteBuffer in, int length, Agreement agreed) throws ProtocolException {
        PacketType type = PacketType.SYNC_PARAM89;
        if (length != lengthAt(agreed)) {
            throw badLength(type, length);
        }
        long rate = Body.unsigned(in);
        String verify = Body.name(in, Body.NAME_BYTES, type, "verify-alg");
        String csums = Body.name(in, Body.NAME_BYTES, type, "csums-alg");
        boolean controller = agreed.atLeast(Versions.HEADER_95);
        long planAhead = controller ? Body.unsigned(in) : 0;
        long delayTarget = controller ? Body.unsigned(in) : 0;
        long fillTarget = controller ? Body.unsigned(in) : 0;
        long maxRate = controller ? Body.unsigned(in) : 0;
        boolean pace = agreed.atLeast(Versions.FAST_VERIFY);
        long requestBlocks = pace ? Body.unsigned(in) : 0;
        long interval = pace ? Body.unsigned(in) : 0;
        return new SyncParam89(
                rate, verify, csums, planAhead, delayTarget, fillTarget, maxRate, requestBlocks, interval);
    }

    static ProtocolException badLength(PacketType type, int length) {
        return new ProtocolException(
                Fault.BAD_LENGTH, type + " refused", "length " + length + " does not belong to the agreed version");
    }
}
