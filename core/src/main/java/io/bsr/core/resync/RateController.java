package io.bsr.core.resync;

import io.bsr.base.Units;
import java.util.Arrays;

/**
 * How many blocks the target of a resync (or the source of an online verify) asks for in each turn of a tenth of a
 * second (wire-protocol reference, section 11.8).
 *
 * <p>The controller keeps a wanted number of sectors in flight. A difference is not corrected at once, which would make
 * the speed swing, but spread evenly over the next {@code planAhead} turns: the plan is a ring with one correction for
 * each of them.
 *
 * <pre>
 *   correction = wanted − in flight − already planned
 *   plan:  | this turn | next | … |    each += correction / turns
 *   ask for: received since the last turn + this turn's slot, at most max-rate, at least min-rate
 * </pre>
 *
 * <p>It is called once per turn; how long a turn really took does not matter to it.
 */
public final class RateController {
    /** From this protocol version on c-min-rate is guaranteed, and buffers do not limit the requests. */
    private static final int GUARANTEED_MINIMUM = 115;

    private static final int TURNS_PER_SECOND = 10;

    /** Sectors per KiB. */
    private static final long SECTORS_PER_KIB = 2;

    /** A block in each turn is a speed of this many KiB/s. */
    private static final int KIB_TIMES_TURNS_PER_BLOCK = Units.BLOCK_BYTES / 1024 * TURNS_PER_SECOND;

    private final long[] plan = new long[RateOptions.MAX_PLAN_AHEAD];
    private final int agreedVersion;
    private final int maxBuffers;
    private RateOptions options;
    private int head;
    private long planTotal;
    private long inFlight;
    private long receivedThisTurn;
    private int turn;
    private long fixedRemainder;

    /**
     * @param agreedVersion protocol version of the connection
     * @param maxBuffers the option max-buffers, in blocks of 4 KiB; limits what is in flight below protocol 115
     */
    public RateController(RateOptions options, int agreedVersion, int maxBuffers) {
        this.options = options;
        this.agreedVersion = agreedVersion;
        this.maxBuffers = maxBuffers;
    }

    /** New options; a plan of another length starts empty. */
    public void options(RateOptions changed) {
        if (changed.planAhead() != options.planAhead()) {
            clearPlan();
        }
        options = changed;
    }

    /** A resync begins: nothing is in flight, nothing is planned. */
    public void reset() {
        clearPlan();
        inFlight = 0;
        receivedThisTurn = 0;
        turn = 0;
        fixedRemainder = 0;
    }

    /** A request for {@code sectors} was sent. */
    public void requested(long sectors) {
        inFlight += sectors;
    }

    /** A reply with {@code sectors} of data has arrived. */
    public void received(long sectors) {
        receivedThisTurn += sectors;
        settled(sectors);
    }

    /** A request for {@code sectors} ended without data: refused, failed, or found equal. */
    public void settled(long sectors) {
        // Never below zero: replies to requests from before the reset of each second still arrive.
        inFlight = Math.max(0, inFlight - sectors);
    }

    /** Sectors asked for and not yet answered, as far as the controller counts them. */
    public long inFlight() {
        return inFlight;
    }

    /** Sectors of correction that the plan still holds. */
    public long planned() {
        return planTotal;
    }

    /**
     * Ends a turn.
     *
     * @return how many blocks of 4 KiB to ask for in the turn that begins
     */
    public long blocksForNextTurn() {
        long received = receivedThisTurn;
        receivedThisTurn = 0;
        // Requests whose replies were lost must not count for ever, so the count starts anew each second.
        turn++;
        if (turn == TURNS_PER_SECOND) {
            turn = 0;
            inFlight = 0;
        }
        long blocks = options.planAhead() == 0 ? fixedBlocks() : sectorsByPlan(received) / Units.SECTORS_PER_BIT;
        if (agreedVersion < GUARANTEED_MINIMUM) {
            blocks = Math.min(blocks, maxBuffers - inFlight / Units.SECTORS_PER_BIT);
        }
        return Math.max(0, blocks);
    }

    /** What is left of a block is carried to the next turn: else a speed below one block per turn would be none. */
    private long fixedBlocks() {
        long kibTimesTurns = options.resyncRate() + fixedRemainder;
        fixedRemainder = kibTimesTurns % KIB_TIMES_TURNS_PER_BLOCK;
        return kibTimesTurns / KIB_TIMES_TURNS_PER_BLOCK;
    }

    private long sectorsByPlan(long received) {
        int turns = options.planAhead();
        long correctionPerTurn = (wanted(received, turns) - inFlight - planTotal) / turns;
        for (int i = 0; i < turns; i++) {
            plan[i] += correctionPerTurn;
        }
        planTotal += correctionPerTurn * turns;

        long correction = Math.max(plan[head], Units.SECTORS_PER_BIT);
        plan[head] = 0;
        head = (head + 1) % turns;
        planTotal -= correction;

        long sectors = Math.max(0, received + correction);
        sectors = Math.min(sectors, perTurn(options.maxRate()));
        if (agreedVersion >= GUARANTEED_MINIMUM) {
            sectors = Math.max(sectors, perTurn(options.minRate()));
        }
        return sectors;
    }

    private long wanted(long received, int turns) {
        if (inFlight + received == 0) {
            return perTurn(options.resyncRate()) * turns;
        }
        return options.fillTarget() != 0 ? options.fillTarget() : received * options.delayTarget();
    }

    /** Sectors per turn at a speed in KiB/s. */
    private static long perTurn(int rate) {
        return rate * SECTORS_PER_KIB / TURNS_PER_SECOND;
    }

    private void clearPlan() {
        Arrays.fill(plan, 0);
        head = 0;
        planTotal = 0;
    }
}
