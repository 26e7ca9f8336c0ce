package io.bsr.sim.node;

import io.bsr.base.port.Timers;
import io.bsr.core.Happening;
import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.Timeline;
import io.bsr.sim.time.VirtualClock;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The administrator's handlers on one node whose exit code decides: none unless they are installed, and most nodes have none
 * then; with others they take their time, and some of them forbid things now and then while the storm lasts.
 */
public final class SimHandlers {
    private final SimRandom random;
    private final Timeline timeline;
    private boolean present;
    private long longest;
    private double forbids;
    private @Nullable Script script;

    /** Handlers that a scenario writes. */
    public interface Script {
        /** Plays the handler; {@code exitCode} takes its answer once, now or later. */
        void call(Happening.HandlerDue due, IntConsumer exitCode);
    }

    SimHandlers(SimRandom random, Timeline timeline) {
        this.random = random;
        this.timeline = timeline;
    }

    /** Decides whether there are any, and how they are. */
    public void install() {
        present = random.chance(0.15);
        longest = random.scaled(VirtualClock.SECOND / 1000, 4 * VirtualClock.SECOND);
        forbids = random.chance(0.3) ? 0.2 : 0;
    }

    /** From now on {@code written} answers. */
    public void script(Script written) {
        script = written;
    }

    /** From now on they forbid nothing. */
    public void stormIsOver() {
        forbids = 0;
    }

    /** Calls a handler whose answer counts for nothing. */
    void tell(Happening.HandlerDue due) {
        Script written = script;
        if (written != null) {
            written.call(due, code -> {});
        }
    }

    /** Calls a handler; the answer comes in a later turn of the process, unless that has died. */
    void ask(String node, Timers process, Happening.HandlerDue due, IntConsumer exitCode) {
        Script written = script;
        if (written != null) {
            process.schedule(0, () -> written.call(due, code -> process.schedule(0, () -> exitCode.accept(code))));
            return;
        }
        if (!present) {
            exitCode.accept(0);
            return;
        }
        int code = random.chance(forbids) ? 1 : 0;
        process.schedule(random.between(0, longest), () -> {
            timeline.event(
                    node, () -> "handler " + due.handler() + " of volume " + due.volume() + ": exit code " + code);
            exitCode.accept(code);
        });
    }
}
