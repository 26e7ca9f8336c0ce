package io.bsr.wire.packet;

import io.bsr.wire.Agreement;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolException;
import io.bsr.wire.Versions;
import java.nio.ByteBuffer;

/**
 * P_AUTH_CHALLENGE (reference 4.2): random bytes of which the peer must compute a keyed digest.
 *
 * @param bytes 64 bytes; at a version below 110 a peer may send up to 128
 */
public record AuthChallenge(Octets bytes) implements SessionPacket {
    /** What we send, and what every known peer sends. */
    public static final int BYTES = 64;

    public AuthChallenge {
        if (bytes.length() < BYTES || bytes.length() > 2 * BYTES) {
            throw new IllegalArgumentException("a challenge has 64 to 128 bytes, not " + bytes.length());
        }
    }

    @Override
    public PacketType type() {
        return PacketType.AUTH_CHALLENGE;
    }

    @Override
    public int length(Agreement agreed) {
        return bytes.length();
    }

    @Override
    public void encode(ByteBuffer out, Agreement agreed) {
        out.put(bytes.toByteArray());
    }

    static AuthChallenge decode(ByteBuffer in, int length, Agreement agreed) throws ProtocolException {
        int most = agreed.atLeast(Versions.MULTI_PEER) ? BYTES : 2 * BYTES;
        if (length < BYTES || length > most) {
            throw Body.badValue(PacketType.AUTH_CHALLENGE, "challenge", length + " bytes long");
        }
        byte[] challenge = new byte[length];
        in.get(challenge);
        return new AuthChallenge(Octets.of(challenge));
    }
}
