package io.bsr.sim.time;

import java.util.zip.CRC32C;

/** The hash of everything that happened, in order (I12). */
public final class EventHash {
    private final CRC32C crc = new CRC32C();
    private long hash = 0x243F6A8885A308D3L;

    public long value() {
        return hash;
    }

    public void add(long a) {
        hash = SimRandom.mix(hash ^ a) + 0x9E3779B97F4A7C15L;
    }

    public void add(long a, long b, long c) {
        add(a + 31 * (b + 31 * SimRandom.mix(c)));
    }

    public void add(byte[] bytes, int from, int length) {
        crc.reset();
        crc.update(bytes, from, length);
        add(crc.getValue());
    }
}
