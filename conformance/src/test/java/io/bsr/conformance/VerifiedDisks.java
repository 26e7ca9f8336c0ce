package io.bsr.conformance;

import io.bsr.wire.StateWord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * What the recorded verify found: blocks of the second node's disk, changed behind its back. Each run of them was written with
 * the same line again and again, as the recorded digests say.
 */
final class VerifiedDisks {
    private static final byte[] LINE = "broken\n".getBytes(StandardCharsets.US_ASCII);
    private static final int VERIFY_S = 18;
    private static final long DIFFERENT = 4712;

    /** Takes what is written. */
    interface Target {
        void write(long sector, byte[] data) throws IOException;
    }

    private VerifiedDisks() {}

    static boolean beginsVerify(Packet packet) {
        return packet.command() == Packet.STATE_CHANGE_REQUEST
                && new StateWord(packet.body().getInt(0)).conn() != 0
                && new StateWord(packet.body().getInt(4)).conn() == VERIFY_S;
    }

    static void spoil(List<Recording.Sent> session, Target target) throws IOException {
        long end = -1;
        long start = -1;
        for (Recording.Sent sent : session) {
            ByteBuffer body = sent.packet().body();
            if (sent.packet().command() == Packet.OV_RESULT && body.getLong(8) == DIFFERENT) {
                long sector = body.getLong(0);
                start = sector == end ? start : sector;
                byte[] data = new byte[body.getInt(16)];
                for (int i = 0; i < data.length; i++) {
                    data[i] = LINE[(int) (((sector - start) * 512 + i) % LINE.length)];
                }
                target.write(sector, data);
                end = sector + data.length / 512;
            }
        }
    }

    /** A disk that is a file. */
    static Target file(Path disk) {
        return (sector, data) -> {
            try (FileChannel file = FileChannel.open(disk, StandardOpenOption.WRITE)) {
                file.write(ByteBuffer.wrap(data), sector * 512);
                file.force(true);
            }
        };
    }
}
