package io.bsr.wire.packet;

import io.bsr.wire.AfterSplitBrainPolicy;
import io.bsr.wire.Agreement;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolException;
import io.bsr.wire.Versions;
import io.bsr.wire.WireProtocol;
import java.nio.ByteBuffer;

/**
 * What both ends of a connection must have configured alike (reference 6.3 p_protocol, 7.1).
 *
 * <pre>
 *   0          4             8             12            16           20            24
 *   ├──────────┼─────────────┼─────────────┼─────────────┼────────────┼─────────────┼──────────────┐
 *   │ protocol │ after-sb-0p │ after-sb-1p │ after-sb-2p │ conn flags │ 2 primaries │ name … 00    │
 * </pre>
 *
 * @param protocol A, B or C
 * @param after0Primaries after-sb-0pri
 * @param after1Primary after-sb-1pri
 * @param after2Primaries after-sb-2pri
 * @param flags {@link #DISCARD_MY_DATA}, {@link #DRY_RUN}
 * @param twoPrimaries allow-two-primaries
 * @param integrityAlgorithm the digest in front of the sender's data from here on; empty for none
 */
public record ProtocolSettings(
        WireProtocol protocol,
        AfterSplitBrainPolicy after0Primaries,
        AfterSplitBrainPolicy after1Primary,
        AfterSplitBrainPolicy after2Primaries,
        int flags,
        boolean twoPrimaries,
        String integrityAlgorithm) {
    /** Flag of DRBD 8.4; bsr says it in {@link io.bsr.wire.UuidFlags} instead. */
    public static final int DISCARD_MY_DATA = 1;

    /** Compare, report, and disconnect. */
    public static final int DRY_RUN = 2;

    public ProtocolSettings {
        Body.checkName("data-integrity-alg", integrityAlgorithm);
    }

    int length(PacketType type, Agreement agreed) {
        int name = agreed.atLeast(Versions.INTEGRITY_NAME) ? integrityAlgorithm.length() + 1 : 0;
        return type.layout().bytes() + name;
    }

    void encode(ByteBuffer out, Agreement agreed) {
        out.putInt(protocol.number());
        out.putInt(after0Primaries.number()).putInt(after1Primary.number()).putInt(after2Primaries.number());
        out.putInt(flags).putInt(twoPrimaries ? 1 : 0);
        if (agreed.atLeast(Versions.INTEGRITY_NAME)) {
            Body.putName(out, integrityAlgorithm, integrityAlgorithm.length() + 1);
        }
    }

    static ProtocolSettings decode(PacketType type, ByteBuffer in, int length, Agreement agreed)
            throws ProtocolException {
        int number = in.getInt();
        WireProtocol protocol = WireProtocol.ofNumber(number);
        if (protocol == null) {
            throw Body.badValue(type, "protocol", number);
        }
        AfterSplitBrainPolicy after0 = policy(type, in);
        AfterSplitBrainPolicy after1 = policy(type, in);
        AfterSplitBrainPolicy after2 = policy(type, in);
        int flags = in.getInt();
        int two = in.getInt();
        if (two != 0 && two != 1) {
            throw Body.badValue(type, "two-primaries", two);
        }
        String name = "";
        if (agreed.atLeast(Versions.INTEGRITY_NAME)) {
            name = Body.name(in, length - type.layout().bytes(), type, "data-integrity-alg");
        }
        return new ProtocolSettings(protocol, after0, after1, after2, flags, two == 1, name);
    }

    private static AfterSplitBrainPolicy policy(PacketType type, ByteBuffer in) throws ProtocolException {
        int number = in.getInt();
        AfterSplitBrainPolicy policy = AfterSplitBrainPolicy.ofNumber(number);
        if (policy == null) {
            throw Body.badValue(type, "after-split-brain policy", number);
        }
        return policy;
    }
}
