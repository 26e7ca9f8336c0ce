package io.bsr.engine.fault;

import io.bsr.control.parameter.Parameter;
import io.bsr.engine.parameter.Parameters;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** Decides what fails, by the parameters as they are now. For every thread. */
public final class FaultPlan {
    private static final int ALL = 100;
    private static final int BITS = 32;

    private final Parameters parameters;

    /** For each bit of enable_faults: what the rate has come to since the last fault. */
    private final AtomicIntegerArray sums = new AtomicIntegerArray(BITS);

    private final AtomicInteger changes = new AtomicInteger();

    public FaultPlan(Parameters parameters) {
        this.parameters = parameters;
    }

    /**
     * Whether this operation fails.
     *
     * @param bit of enable_faults
     */
    boolean hits(int bit, int minor) {
        if ((parameters.number(Parameter.ENABLE_FAULTS) & bit) == 0) {
            return false;
        }
        int devices = parameters.number(Parameter.FAULT_DEVS);
        if (devices != 0 && (minor >= BITS || (devices & (1 << minor)) == 0)) {
            return false;
        }
        int rate = parameters.number(Parameter.FAULT_RATE);
        int before = sums.getAndUpdate(Integer.numberOfTrailingZeros(bit), sum -> (sum + rate) % ALL);
        if (before + rate < ALL) {
            return false;
        }
        parameters.count(Parameter.FAULT_COUNT);
        return true;
    }

    /** Whether the change that a peer asks for now is refused. */
    public boolean refusesChange() {
        int distance = parameters.number(Parameter.TWO_PHASE_COMMIT_FAIL);
        if (distance == 0) {
            return false;
        }
        return changes.updateAndGet(count -> count + 1 >= distance ? 0 : count + 1) == 0;
    }
}
