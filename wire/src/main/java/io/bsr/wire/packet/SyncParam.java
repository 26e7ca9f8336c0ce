package io.bsr.wire.packet;

import io.bsr.wire.Agreement;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolException;
import io.bsr.wire.Versions;
import java.nio.ByteBuffer;

/**
 * P_SYNC_PARAM, up to version 88; {@link SyncParam89} from 89 on.
 *
 * <pre>
 *   0      4
 *   ├──────┼──────────┐
 *   │ rate │ name … 00│   the name only at version 88
 * </pre>
 *
 * @param resyncRate KiB/s
 * @param verifyAlgorithm empty for none; not sent below version 88
 */
public record SyncParam(long resyncRate, String verifyAlgorithm) implements SessionPacket {
    public SyncParam {
        Body.checkUnsigned("resync-rate", resyncRate);
        Body.checkName("verify-alg", verifyAlgorithm);
    }

    @Override
    public PacketType type() {
        return PacketType.SYNC_PARAM;
    }

    @Override
    public int length(Agreement agreed) {
        return Integer.BYTES + (agreed.atLeast(Versions.VERIFY) ? verifyAlgorithm.length() + 1 : 0);
    }

    @Override
    public void encode(ByteBuffer out, Agreement agreed) {
        out.putInt((int) resyncRate);
        if (agreed.atLeast(Versions.VERIFY)) {
            Body.putName(out, verifyAlgorithm, verifyAlgorithm.length() + 1);
        }
    }

    static SyncParam decode(ByteBuffer in, int length, Agreement agreed) throws ProtocolException {
        if (length < Integer.BYTES || length > Integer.BYTES + Body.NAME_BYTES) {
            throw SyncParam89.badLength(PacketType.SYNC_PARAM, length);
        }
        long rate = Body.unsigned(in);
        String verify = agreed.atLeast(Versions.VERIFY)
                ? Body.name(in, length - Integer.BYTES, PacketType.SYNC_PARAM, "verify-alg")
                : "";
        return new SyncParam(rate, verify);
    }
}
