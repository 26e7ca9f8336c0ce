package io.bsr.wire.trace;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** The bytes of one direction, put in order. */
final class TcpStream {
    private record Segment(int sequence, ByteBuffer data) {}

    private final int first;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final List<Segment> early = new ArrayList<>();

    /**
     * An empty stream.
     *
     * @param first the sequence number of its first byte
     */
    TcpStream(int first) {
        this.first = first;
    }

    boolean beganAt(int sequence) {
        return first == sequence;
    }

    /**
     * Takes a segment, which may come too early, again, or partly again.
     *
     * @param data its bytes from index 0; kept
     */
    void segment(int sequence, ByteBuffer data) {
        early.add(new Segment(sequence, data));
        boolean grew = true;
        while (grew) {
            grew = false;
            for (Iterator<Segment> each = early.iterator(); each.hasNext(); ) {
                Segment segment = each.next();
                int known = first + bytes.size() - segment.sequence;
                if (known < 0) {
                    continue;
                }
                each.remove();
                int length = segment.data.remaining();
                if (known < length) {
                    byte[] news = new byte[length - known];
                    segment.data.get(known, news);
                    bytes.writeBytes(news);
                    grew = true;
                }
            }
        }
    }

    ByteBuffer bytes() {
        return ByteBuffer.wrap(bytes.toByteArray());
    }
}
