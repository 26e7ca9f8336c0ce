package io.bsr.wire.packet;

import io.bsr.wire.Agreement;
import io.bsr.wire.PacketType;
import java.nio.ByteBuffer;

/**
 * P_NODE_FEATURES, bsr from version 118 on: the name of the node in 64 bytes, filled up with NUL. Nothing depends on it,
 * so a strange name is no reason to refuse a peer: bytes that are not printable ASCII are read as {@code ?}.
 *
 * @param nodeName may be empty
 */
public record NodeFeatures(String nodeName) implements SessionPacket {
    private static final int BYTES = 64;

    /** A name for the peer: other characters become {@code ?}, and what is longer than 64 characters is cut. */
    public NodeFeatures {
        StringBuilder text = new StringBuilder(nodeName.length());
        for (int i = 0; i < Math.min(BYTES, nodeName.length()); i++) {
            char c = nodeName.charAt(i);
            text.append(c >= ' ' && c <= '~' ? c : '?');
        }
        nodeName = text.toString();
    }

    @Override
    public PacketType type() {
        return PacketType.NODE_FEATURES;
    }

    @Override
    public int length(Agreement agreed) {
        return BYTES;
    }

    @Override
    public void encode(ByteBuffer out, Agreement agreed) {
        Body.putName(out, nodeName, BYTES);
    }

    static NodeFeatures decode(ByteBuffer in) {
        StringBuilder text = new StringBuilder();
        int end = in.position() + BYTES;
        while (in.position() < end) {
            int c = in.get() & 0xff;
            if (c == 0) {
                break;
            }
            text.append((char) c);
        }
        in.position(end);
        return new NodeFeatures(text.toString());
    }
}
