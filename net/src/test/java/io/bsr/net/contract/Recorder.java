package io.bsr.net.contract;

import io.bsr.base.port.Stream;
import io.bsr.base.port.StreamHandler;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A handler that keeps all input and counts its callbacks. */
class Recorder implements StreamHandler {
    final ByteArrayOutputStream input = new ByteArrayOutputStream();
    final List<String> closed = new ArrayList<>();
    int payloads;
    int drained;

    @Nullable Stream stream;

    Stream stream() {
        Stream known = stream;
        if (known == null) {
            throw new AssertionError("not connected");
        }
        return known;
    }

    @Override
    public void received(ByteBuffer in) {
        byte[] bytes = new byte[in.remaining()];
        in.get(bytes);
        input.writeBytes(bytes);
    }

    @Override
    public void payloadReceived() {
        payloads++;
    }

    @Override
    public void drained() {
        drained++;
    }

    @Override
    public void closed(String reason) {
        closed.add(reason);
    }
}
