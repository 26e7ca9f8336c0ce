package io.bsr.sim.world;

import io.bsr.core.option.Protocol;
import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.VirtualClock;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Digests and what is done with them.
 *
 * @param netOptions options of the connection besides the usual ones
 * @param verifyEvery mean time between two online verifies in the storm, ns; 0 for none
 * @param flips bits that are flipped behind the nodes' back when the storm is over, for a verify to find
 */
record Extras(Map<String, String> netOptions, long verifyEvery, int flips) {
    static final Extras NONE = new Extras(Map.of(), 0, 0);

    static Extras random(SimRandom random, Protocol protocol, boolean huge) {
        if (random.chance(0.6)) {
            return NONE;
        }
        Map<String, String> options = new LinkedHashMap<>();
        boolean verify = random.chance(0.7);
        if (verify) {
            options.put("verify-alg", random.pick("crc32c", "md5", "sha1"));
        }
        if (random.chance(0.4)) {
            options.put("csums-alg", random.pick("crc32c", "md5", "sha256"));
        }
        if (random.chance(0.3)) {
            options.put("data-integrity-alg", random.pick("crc32c", "sha256"));
        }
        long every = verify ? random.scaled(VirtualClock.SECOND, 20 * VirtualClock.SECOND) : 0;
        int flips = verify && !huge ? (int) random.between(0, 6) : 0;
        if (protocol == Protocol.A && random.chance(0.6)) {
            options.put("on-congestion", random.chance(0.85) ? "pull-ahead" : "disconnect");
            options.put("congestion-fill", Long.toString(random.scaled(4 << 10, 512 << 10)));
            if (random.chance(0.3)) {
                options.put("congestion-highwater", Long.toString(random.between(2, 100)));
            }
        }
        return new Extras(options, every, flips);
    }
}
