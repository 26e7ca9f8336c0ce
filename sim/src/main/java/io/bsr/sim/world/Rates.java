package io.bsr.sim.world;

import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.VirtualClock;
import java.util.EnumMap;
import java.util.Map;

/** How often each thing happens that can happen to a pair of nodes: mean time between two, in ns; absent means never. */
final class Rates {
    /** Things that happen, with the probability that a seed has them at all. */
    enum Happening {
        CUT(0.5),
        CUT_ONE_WAY(0.3),
        RESET(0.4),
        CLOG(0.3),
        REFUSE(0.15),
        SLOW_READER(0.15),
        KILL(0.5),
        POWER_LOSS(0.35),
        POWER_LOSS_OF_BOTH(0.15),
        PAUSE(0.3),
        DISK_STALL(0.25),
        DISK_ERRORS(0.12),
        SWITCH_OVER(0.5),
        FORCED_PRIMARY(0.1),
        CARELESS_PRIMARY(0.2),
        DISCONNECT(0.35),
        DETACH(0.2),
        INVALIDATE(0.2),
        DOWN_UP(0.25),
        PAUSE_SYNC(0.15),
        OPEN_ON_SECONDARY(0.3),
        DEMOTE_IN_USE(0.2),
        SUSPEND_IO(0.15, "suspend-io"),
        NEW_CURRENT_UUID(0.1, "new-current-uuid"),
        FORGET_PEER(0.1, "forget-peer"),
        CRASH_IN_FLUSH(0.2, "crash-in-flush"),
        FAULT_AT_CHANGE(0.25, "fault-at-change"),
        SLOW_OPERATIONS(0.25, "slow-operations"),
        DISK_LOST(0.06, "disk-lost"),
        CRASH_LOOP(0.12, "crash-loop"),
        SLOW_RESYNC(0.15, "slow-resync"),
        /** Only where that is dangerous. */
        PEER_LAGS(0, "peer-lags");

        final double probability;

        /** The stream it is drawn from; empty: that of all. One of its own changes nothing for seeds that lack it. */
        final String stream;

        Happening(double probability) {
            this(probability, "");
        }

        Happening(double probability, String stream) {
            this.probability = probability;
            this.stream = stream;
        }

        SimRandom drawnFrom(SimRandom random) {
            return stream.isEmpty() ? random : random.split(stream);
        }
    }

    private final Map<Happening, Long> means = new EnumMap<>(Happening.class);

    static Rates random(SimRandom random) {
        Rates rates = new Rates();
        for (Happening happening : Happening.values()) {
            SimRandom source = happening.drawnFrom(random);
            if (source.chance(happening.probability)) {
                rates.means.put(happening, source.scaled(2 * VirtualClock.SECOND, 30 * VirtualClock.SECOND));
            }
        }
        return rates;
    }

    static Rates none() {
        return new Rates();
    }

    Rates with(Happening happening, long mean) {
        means.put(happening, mean);
        return this;
    }

    Map<Happening, Long> means() {
        return means;
    }

    boolean has(Happening happening) {
        return means.containsKey(happening);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        means.forEach((happening, mean) -> text.append(text.isEmpty() ? "" : ", ")
                .append(happening)
                .append(" every ")
                .append(mean / VirtualClock.SECOND)
                .append(" s"));
        return text.toString();
    }
}
