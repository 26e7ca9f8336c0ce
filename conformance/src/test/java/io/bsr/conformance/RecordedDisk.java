package io.bsr.conformance;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;

/** The disk of one volume of the node that a recording plays: what it is recorded to have, and what our node wrote to it since. */
final class RecordedDisk {
    private static final int SECTOR = 512;

    private final byte[] bytes;

    RecordedDisk(long sectors) {
        bytes = new byte[(int) sectors * SECTOR];
    }

    byte[] bytes() {
        return bytes;
    }

    byte[] read(long sector, int length) {
        int from = Math.toIntExact(sector * SECTOR);
        return Arrays.copyOfRange(bytes, from, from + length);
    }

    void write(long sector, byte[] data) {
        System.arraycopy(data, 0, bytes, Math.toIntExact(sector * SECTOR), data.length);
    }

    byte[] digest(String algorithm, long sector, int length) {
        try {
            return MessageDigest.getInstance(algorithm).digest(read(sector, length));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the node has when a session begins: what it is recorded to answer to requests for a resync. */
    static void begin(List<RecordedDisk> volumes, List<Recording.Sent> session, boolean first) {
        for (Recording.Sent sent : session) {
            if (sent.byFirst() == first && sent.packet().command() == Packet.RS_DATA_REPLY) {
                volumes.get(sent.packet().volume()).take(sent.packet());
            }
        }
    }

    /** Data, zeroes or a discard, sent to or by this node. */
    void take(Packet packet) {
        ByteBuffer body = packet.body();
        long sector = body.getLong(0);
        if (packet.command() == Packet.TRIM || packet.command() == Packet.ZEROES) {
            write(sector, new byte[body.getInt(24)]);
        } else {
            byte[] data = new byte[body.remaining() - 24];
            body.get(24, data);
            write(sector, data);
        }
    }
}
