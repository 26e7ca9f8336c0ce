package io.bsr.conformance;

import io.bsr.wire.Agreement;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolException;
import io.bsr.wire.bitmap.BitmapReceiver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a recorded node wrote while the other was away: its bitmap at the next resync says where, and what it answers to requests
 * says what. What the other one has overwritten since is not recorded, and may be anything.
 */
final class LoneWrites {
    private static final int BLOCK = 4096;
    private static final int BLOCK_SECTORS = BLOCK / 512;

    private LoneWrites() {}

    /**
     * The writes before a session: for each block its data, empty if it was written with what it had.
     *
     * @param from that session and those that follow: a split brain is resynchronised later
     * @param first true for those of the first of the recording
     */
    static SortedMap<Integer, byte[]> before(List<List<Recording.Sent>> from, boolean first, long sectors)
            throws IOException {
        for (List<Recording.Sent> session : from) {
            if (session.stream().anyMatch(LoneWrites::isBitmap)) {
                return resynchronised(session, first, sectors);
            }
        }
        return new TreeMap<>();
    }

    private static boolean isBitmap(Recording.Sent sent) {
        return sent.packet().command() == Packet.BITMAP || sent.packet().command() == Packet.COMPRESSED_BITMAP;
    }

    private static SortedMap<Integer, byte[]> resynchronised(List<Recording.Sent> session, boolean first, long sectors)
            throws IOException {
        boolean source = session.stream()
                .anyMatch(s -> s.byFirst() == first && s.packet().command() == Packet.RS_DATA_REPLY);
        BitSet marks = bitmap(session, first, sectors);
        if (!source) {
            // The target answers with what is marked on either side.
            marks.andNot(bitmap(session, !first, sectors));
        }
        SortedMap<Integer, byte[]> writes = new TreeMap<>();
        marks.stream().forEach(block -> writes.put(block, source ? answered(session, block) : alone(block)));
        return writes;
    }

    private static BitSet bitmap(List<Recording.Sent> session, boolean first, long sectors) throws IOException {
        BitSet set = new BitSet();
        BitmapReceiver receiver = new BitmapReceiver(
                sectors / BLOCK_SECTORS, (from, to) -> set.set((int) from, (int) to), new Agreement(101, 0));
        for (Recording.Sent sent : session) {
            if (sent.byFirst() == first && isBitmap(sent) && !receiver.finished()) {
                ByteBuffer body = sent.packet().body();
                boolean plain = sent.packet().command() == Packet.BITMAP;
                try {
                    receiver.receive(plain ? PacketType.BITMAP : PacketType.COMPRESSED_BITMAP, body, body.remaining());
                } catch (ProtocolException e) {
                    throw new IOException("no recorded bitmap", e);
                }
            }
        }
        return set;
    }

    private static byte[] answered(List<Recording.Sent> session, int block) {
        for (Recording.Sent sent : session) {
            ByteBuffer body = sent.packet().body();
            if (sent.packet().command() == Packet.RS_DATA_REPLY) {
                long offset = ((long) block * BLOCK_SECTORS - body.getLong(0)) * 512;
                if (offset >= 0 && offset + BLOCK <= body.remaining() - 24) {
                    byte[] data = new byte[BLOCK];
                    body.get(24 + (int) offset, data);
                    return data;
                }
            }
        }
        return new byte[0];
    }

    private static byte[] alone(int block) {
        byte[] data = new byte[BLOCK];
        Arrays.fill(data, (byte) (block + 1));
        return data;
    }
}
