package io.bsr.conformance;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Two engines under load, and one fault after the other at random moments: SIGKILL and SIGSTOP of either or both, a link
 * that is cut, hangs or is slow. After each, when both are in sync again, every write that was acknowledged is on both
 * disks, the disks are equal, and the file system on the volume is clean and complete. What was acknowledged is kept by
 * this process, for all cycles.
 */
final class KillCycles implements AutoCloseable {
    private static final int WRITERS = 3;
    private static final long RAW_BYTES = 12L << 20;
    private static final long DISK_BYTES = 24L << 20;

    /** The peer is given up after half a second without an answer. */
    private static final String NET = "timeout 8; ping-timeout 5;";

    private static final int LONGEST_FREEZE_MILLIS = 1500;
    private static final int LONGEST_LOAD_MILLIS = 600;

    /** What happens to a pair. */
    enum Fault {
        KILL_PRIMARY_AND_TAKE_OVER,
        KILL_PRIMARY,
        KILL_SECONDARY,
        KILL_BOTH,
        FREEZE_PRIMARY,
        FREEZE_SECONDARY,
        CUT_LINK,
        HANGING_LINK,
        SLOW_LINK;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private final Pair pair;
    private final SlowLink toAlpha;
    private final SlowLink toBeta;
    private final Random random;
    private final List<Acknowledged> written = UserLoad.parts(WRITERS, RAW_BYTES);
    private final @Nullable FileLoad files;
    private final Map<Fault, Integer> done = new EnumMap<>(Fault.class);
    private Node primary;

    /** @param withFiles with ext4 on the second half of the volume, for which {@link FileLoad#need} holds */
    KillCycles(Path folder, long seed, boolean withFiles) throws Exception {
        random = new Random(seed);
        pair = new Pair(folder, DISK_BYTES);
        toAlpha = SlowLink.to(pair.alphaPort());
        toBeta = SlowLink.to(pair.betaPort());
        pair.configure(pair.alpha(), NET, pair.alphaPort(), toBeta.port());
        pair.configure(pair.beta(), NET, toAlpha.port(), pair.betaPort());
        pair.bringUpInSync();
        primary = pair.alpha();
        files = withFiles ? new FileLoad(folder, RAW_BYTES, seed) : null;
        if (files != null) {
            files.make(primary);
        }
    }

    /** {@code CYCLES [SEED]}; a cycle takes some seconds. */
    public static void main(String[] args) throws Exception {
        int cycles = Integer.parseInt(args[0]);
        long seed = args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime();
        Path folder = Files.createTempDirectory("bsr-kill");
        boolean withFiles = LoopDevice.missing().isEmpty();
        System.out.println("seed " + seed + (withFiles ? "" : ", without a file system: " + LoopDevice.missing()));
        try (KillCycles it = new KillCycles(folder, seed, withFiles)) {
            it.run(cycles, System.out);
        } catch (AssertionError | Exception e) {
            System.out.println("logs and disks are in " + folder);
            throw e;
        }
        Tools.delete(folder);
        System.exit(0);
    }

    /** Runs so many cycles, and prints a line for each. */
    void run(int cycles, PrintStream out) throws Exception {
        for (int i = 1; i <= cycles; i++) {
            long begin = System.nanoTime();
            Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
            boolean again = random.nextInt(4) == 0;
            String name = fault + (again ? ", and the one that comes back is killed once more" : "");
            try {
                cycle(fault, again, random.nextLong());
            } catch (AssertionError | Exception e) {
                throw new AssertionError(
                        "cycle " + i + ", " + name + ": " + e.getMessage() + "\nalpha:\n"
                                + pair.alpha().log() + "\nbeta:\n" + pair.beta().log(),
                        e);
            }
            done.merge(fault, 1, Integer::sum);
            out.printf(Locale.ROOT, "cycle %3d  %4.1f s  %s%n", i, (System.nanoTime() - begin) / 1e9, name);
        }
        out.println(cycles + " cycles, nothing lost: " + done);
    }

    private Node secondary() {
        return primary == pair.alpha() ? pair.beta() : pair.alpha();
    }

    private void cycle(Fault fault, boolean again, long seed) throws Exception {
        UserLoad load = UserLoad.start(primary, 0, written, Integer.MAX_VALUE, seed);
        if (files != null) {
            files.start(primary);
        }
        pass(LONGEST_LOAD_MILLIS);
        strike(fault);
        if (primary.alive()) {
            pass(LONGEST_LOAD_MILLIS);
        }
        heal(fault);
        load.finish();
        if (files != null) {
            files.finish();
        }
        takeOver(fault);
        comeBack(again);
        pair.awaitInSync();
        load.assertKept(pair.alpha().disk());
        load.assertKept(pair.beta().disk());
        long difference = pair.firstDifference();
        if (difference >= 0) {
            throw new AssertionError("the disks differ at byte " + difference);
        }
        if (files != null) {
            files.assertKept(primary);
        }
    }

    /** Lets a moment pass that nobody has chosen. */
    private void pass(int longestMillis) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(20 + random.nextInt(longestMillis));
    }

    private void strike(Fault fault) throws Exception {
        switch (fault) {
            case KILL_PRIMARY_AND_TAKE_OVER, KILL_PRIMARY -> primary.kill();
            case KILL_SECONDARY -> secondary().kill();
            case KILL_BOTH -> {
                secondary().kill();
                primary.kill();
            }
            case FREEZE_PRIMARY -> {
                primary.freeze();
                pass(LONGEST_FREEZE_MILLIS);
            }
            case FREEZE_SECONDARY -> {
                secondary().freeze();
                pass(LONGEST_FREEZE_MILLIS);
            }
            case CUT_LINK -> {
                toAlpha.cut();
                toBeta.cut();
            }
            case HANGING_LINK -> {
                toAlpha.hang();
                toBeta.hang();
                pass(LONGEST_FREEZE_MILLIS);
            }
            case SLOW_LINK -> {
                toAlpha.speed(1 << 20);
                toBeta.speed(1 << 20);
            }
        }
    }

    private void heal(Fault fault) throws Exception {
        toAlpha.mend();
        toBeta.mend();
        if (fault == Fault.FREEZE_PRIMARY) {
            primary.thaw();
        } else if (fault == Fault.FREEZE_SECONDARY) {
            secondary().thaw();
        }
    }

    private void takeOver(Fault fault) throws Exception {
        if (fault == Fault.KILL_PRIMARY_AND_TAKE_OVER) {
            Node survivor = secondary();
            survivor.await("alone", s -> !s.isConnected());
            survivor.must("primary", Pair.RESOURCE);
            primary = survivor;
        }
    }

    private void comeBack(boolean again) throws Exception {
        boolean wasPrimary = primary.alive();
        for (Node node : List.of(pair.alpha(), pair.beta())) {
            if (!node.alive()) {
                Pair.comeBack(node);
                if (again) {
                    pass(LONGEST_LOAD_MILLIS);
                    node.kill();
                    Pair.comeBack(node);
                }
            }
        }
        if (!wasPrimary) {
            primary.await("connected", State::isConnected);
            primary.must("primary", Pair.RESOURCE);
        }
    }

    @Override
    public void close() throws IOException {
        pair.close();
        toAlpha.close();
        toBeta.close();
        if (files != null) {
            try {
                files.finish();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
