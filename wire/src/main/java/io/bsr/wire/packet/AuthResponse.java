package io.bsr.wire.packet;

import io.bsr.wire.Agreement;
import io.bsr.wire.PacketType;
import java.nio.ByteBuffer;

/**
 * P_AUTH_RESPONSE (reference 4.2).
 *
 * @param digest the keyed digest, 0 … 64 bytes; whether its length is right is for the receiver to check
 */
public record AuthResponse(Octets digest) implements SessionPacket {
    @Override
    public PacketType type() {
        return PacketType.AUTH_RESPONSE;
    }

    @Override
    public int length(Agreement agreed) {
        return digest.length();
    }

    @Override
    public void encode(ByteBuffer out, Agreement agreed) {
        out.put(digest.toByteArray());
    }

    static AuthResponse decode(ByteBuffer in, int length) {
        byte[] digest = new byte[length];
        in.get(digest);
        return new AuthResponse(Octets.of(digest));
    }
}
