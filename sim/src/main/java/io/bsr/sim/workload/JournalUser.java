package io.bsr.sim.workload;

import io.bsr.base.memory.Buffer;
import io.bsr.base.memory.BufferPool;
import io.bsr.base.port.Errno;
import io.bsr.base.port.VolumePort;
import io.bsr.sim.node.SimNode;
import io.bsr.sim.oracle.SectorPattern;
import io.bsr.sim.oracle.VolumeOracle;
import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.Timeline;
import io.bsr.sim.time.VirtualClock;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a small file system with a journal of whole blocks, as ext4 does with {@code data=journal}: mounts it, which replays
 * the journal; then one transaction after the other goes to the journal, while blocks of durable ones are put in their
 * places and the superblock gives their part of the journal free. It waits for every write and flush on which the next
 * step relies, and for nothing else.
 */
public final class JournalUser extends VolumeUser {
    private static final int LARGEST_WRITE = 16;
    private static final long RETRY = 300 * VirtualClock.MILLISECOND;

    /** How a transaction becomes durable. */
    private enum Commit {
        /** Blocks, flush, commit record with FUA. */
        FUA,
        /** Blocks, flush, commit record, flush. */
        TWO_FLUSHES,
        /** Blocks and commit record at once, flush. */
        CHECKSUM,
        /** Blocks, flush, commit record; a later flush makes it durable. */
        LAZY
    }

    /** Something to submit: a flush if {@code blocks} is zero. */
    private record Step(boolean reading, int first, int blocks, boolean fua, List<JournalBlock> contents) {
        static final Step FLUSH = new Step(false, 0, 0, false, List.of());
    }

    /** Steps that may go at once; then what follows. */
    private static final class Batch {
        final ArrayDeque<Step> steps = new ArrayDeque<>();
        final Runnable then;
        int open;

        Batch(List<Step> steps, Runnable then) {
            this.steps.addAll(steps);
            this.then = then;
        }
    }

    /** A request of a batch. */
    private final class Piece extends Request {
        final Batch batch;
        final JournalOracle.Fsync fsync;

        Piece(Batch batch, JournalOracle.Fsync fsync) {
            this.batch = batch;
            this.fsync = fsync;
        }
    }

    private final JournalOracle journal;
    private final JournalProfile profile;
    private final JournalLayout layout;
    private final List<Batch> batches = new ArrayList<>();
    private @Nullable JournalImage image;
    private @Nullable Transaction head;
    private @Nullable Transaction durable;
    private @Nullable Transaction checkpoint;
    private JournalOracle.@Nullable Fsync lastFsync;
    private boolean hadDisk;
    private boolean broken;
    private boolean checkpointing;
    private boolean committing;
    private boolean pumping;
    private boolean busy;
    private long phaseEnds;

    /** Changes with each mount: what an earlier one had planned is dropped. */
    private int mount;

    /** See {@link VolumeUser}. */
    public JournalUser(
            VolumeOracle oracle,
            JournalOracle journal,
            SimNode node,
            JournalProfile profile,
            VirtualClock clock,
            SimRandom random,
            Timeline timeline,
            UnaryOperator<VolumePort> decorator) {
        super(oracle, node, clock, random, timeline, decorator);
        this.journal = journal;
        this.profile = profile;
        this.layout = profile.layout();
    }

    // ---- mounting

    @Override
    void opened() {
        forget();
        mount();
    }

    @Override
    void left() {
        forget();
    }

    private void forget() {
        mount++;
        batches.clear();
        head = null;
        durable = null;
        checkpoint = null;
        image = null;
        broken = false;
        checkpointing = false;
        committing = false;
    }

    private void mount() {
        image = new JournalImage(journal.contents(), layout.blocks());
        hadDisk = journal.beginFsync(node.id()).hadDisk();
        List<Step> steps = new ArrayList<>();
        for (int block = 0; block < layout.blocks(); ) {
            int count = Math.min(LARGEST_WRITE, layout.blocks() - block);
            steps.add(new Step(true, block, count, false, List.of()));
            block += count;
        }
        start(steps, this::readAll);
    }

    @Override
    void arrived(Request request, Buffer buffer) {
        JournalImage into = image;
        if (into != null) {
            ByteBuffer bytes = buffer.bytes();
            int first = (int) (request.offset / SECTOR);
            for (int i = 0; i < request.length / SECTOR; i++) {
                into.put(first + i, SectorPattern.identify(bytes, i * SECTOR, oracle.volume(), first + i));
            }
        }
    }

    private void readAll() {
        JournalImage read = image;
        image = null;
        JournalMount found = read == null ? null : journal.mounted(node.id(), hadDisk, read);
        Transaction last = found == null ? null : found.head();
        Transaction placed = found == null ? null : found.checkpoint();
        if (last == null || placed == null) {
            format();
            return;
        }
        timeline.event(
                node.name(), () -> "volume " + oracle.volume() + " mounted: " + last + ", replayed from " + placed);
        // Who used it before may have left without a flush: what is read may be in a volatile cache only.
        List<Step> flush = last == placed ? List.of() : List.of(Step.FLUSH);
        start(flush, () -> place(placed, last, () -> run(last)));
    }

    private void format() {
        timeline.event(node.name(), () -> "volume " + oracle.volume() + " gets a file system");
        int[] all = new int[layout.fileBlocks()];
        Arrays.setAll(all, i -> i);
        Transaction first = new Transaction(null, node.id(), all, 0, false);
        journal.formatting();
        List<Step> files = new ArrayList<>();
        fileSteps(first, all, files);
        start(
                files,
                () -> start(
                        List.of(Step.FLUSH),
                        () -> start(List.of(superblock(first)), () -> {
                            if (lastFsync != null) {
                                journal.formatted(node.id(), first, lastFsync);
                            }
                            run(first);
                        })));
    }

    private void run(Transaction last) {
        head = last;
        durable = last;
        checkpoint = last;
        planCommit();
    }

    // ---- transactions

    private void planCommit() {
        int planned = mount;
        if (clock.now() >= phaseEnds) {
            busy = !busy;
            phaseEnds = clock.now() + random.exponential(busy ? profile.busy() : profile.idle());
        }
        long think = random.exponential(profile.think());
        clock.after(busy ? think : phaseEnds - clock.now() + think, () -> {
            if (mount == planned && !committing) {
                begin();
            }
        });
    }

    private void begin() {
        Transaction parent = head;
        Transaction placed = checkpoint;
        if (parent == null || placed == null || broken || usable() == null) {
            return;
        }
        if (!mayIssue()) {
            planCommit();
            return;
        }
        int[] blocks = distinct((int) random.between(1, Math.min(profile.largest(), layout.fileBlocks())));
        int used = parent.end() - placed.end();
        if (used + blocks.length + 2 > layout.ringBlocks()) {
            checkpoint();
            planCommit();
            return;
        }
        double choice = random.unit();
        Commit commit = choice < profile.lazy()
                ? Commit.LAZY
                : choice - profile.lazy() < profile.checksummed() && parent == durable
                        ? Commit.CHECKSUM
                        : random.chance(0.5) ? Commit.FUA : Commit.TWO_FLUSHES;
        committing = true;
        log(new Transaction(parent, node.id(), blocks, parent.end(), commit == Commit.CHECKSUM), commit);
        if (random.chance(0.2)) {
            checkpoint();
        }
    }

    /** Some neighbouring blocks of some files, in their order. */
    private int[] distinct(int count) {
        boolean[] chosen = new boolean[layout.fileBlocks()];
        int left = count;
        while (left > 0) {
            int run = (int) random.between(1, left);
            int first = random.nextInt(layout.fileBlocks() - run + 1);
            for (int i = 0; i < run; i++) {
                left -= chosen[first + i] ? 0 : 1;
                chosen[first + i] = true;
            }
        }
        int[] blocks = new int[count];
        int found = 0;
        for (int i = 0; i < chosen.length; i++) {
            if (chosen[i]) {
                blocks[found++] = i;
            }
        }
        return blocks;
    }

    private void log(Transaction made, Commit commit) {
        List<Step> steps = new ArrayList<>();
        List<JournalBlock> blocks = new ArrayList<>();
        blocks.add(new JournalBlock(JournalBlock.Kind.DESCRIPTOR, made, 0));
        for (int i = 0; i < made.blocks.length; i++) {
            blocks.add(new JournalBlock(JournalBlock.Kind.LOGGED, made, i));
        }
        for (int at = 0; at < blocks.size(); ) {
            int first = layout.ring(made.start + at);
            int toEnd = layout.ringBlocks() + 1 - first;
            int count = (int) random.between(1, Math.min(Math.min(LARGEST_WRITE, toEnd), blocks.size() - at));
            steps.add(new Step(false, first, count, false, List.copyOf(blocks.subList(at, at + count))));
            at += count;
        }
        Step record = new Step(
                false,
                layout.ring(made.commit()),
                1,
                commit == Commit.FUA,
                List.of(new JournalBlock(JournalBlock.Kind.COMMIT, made, 0)));
        List<Step> flush = List.of(Step.FLUSH);
        switch (commit) {
            case FUA -> start(steps, () -> start(flush, () -> start(List.of(record), () -> fsynced(made))));
            case TWO_FLUSHES ->
                start(steps, () -> start(flush, () -> start(List.of(record), () -> start(flush, () -> fsynced(made)))));
            case CHECKSUM -> {
                steps.add(record);
                start(steps, () -> start(flush, () -> fsynced(made)));
            }
            case LAZY -> start(steps, () -> start(flush, () -> start(List.of(record), () -> committed(made))));
        }
    }

    private void fsynced(Transaction made) {
        durable = made;
        if (lastFsync != null) {
            journal.fsynced(node.id(), made, lastFsync);
        }
        committed(made);
    }

    private void committed(Transaction made) {
        committing = false;
        head = made;
        planCommit();
    }

    // ---- checkpoints

    private void checkpoint() {
        Transaction last = head;
        Transaction placed = checkpoint;
        if (checkpointing || last == null || placed == null || last == placed) {
            return;
        }
        checkpointing = true;
        start(List.of(Step.FLUSH), () -> {
            if (durable == null || !durable.includes(last)) {
                durable = last;
            }
            place(placed, last, () -> {
                checkpoint = last;
                checkpointing = false;
            });
        });
    }

    /** Puts blocks of the transactions after {@code from} in their places, and then notes that in the superblock. */
    private void place(Transaction from, Transaction to, Runnable then) {
        Transaction[] before = from.lastChanges(layout.fileBlocks());
        Transaction[] now = to.lastChanges(layout.fileBlocks());
        List<Step> steps = new ArrayList<>();
        for (int first = 0; first < now.length; first++) {
            int count = 0;
            List<JournalBlock> blocks = new ArrayList<>();
            while (first + count < now.length && count < LARGEST_WRITE && now[first + count] != before[first + count]) {
                blocks.add(new JournalBlock(JournalBlock.Kind.FILE, now[first + count], first + count));
                count++;
            }
            if (count > 0) {
                steps.add(new Step(false, layout.file(first), count, false, List.copyOf(blocks)));
                first += count - 1;
            }
        }
        start(steps, () -> start(List.of(Step.FLUSH), () -> start(List.of(superblock(to)), then)));
    }

    private static Step superblock(Transaction upTo) {
        return new Step(false, 0, 1, true, List.of(new JournalBlock(JournalBlock.Kind.SUPERBLOCK, upTo, 0)));
    }

    private void fileSteps(Transaction of, int[] blocks, List<Step> steps) {
        for (int at = 0; at < blocks.length; ) {
            int count = Math.min(LARGEST_WRITE, blocks.length - at);
            List<JournalBlock> contents = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                contents.add(new JournalBlock(JournalBlock.Kind.FILE, of, at + i));
            }
            steps.add(new Step(false, layout.file(at), count, false, contents));
            at += count;
        }
    }

    // ---- requests

    private void start(List<Step> steps, Runnable then) {
        if (steps.isEmpty()) {
            then.run();
            return;
        }
        batches.add(new Batch(steps, then));
        pumpSoon(0);
    }

    private void pumpSoon(long after) {
        if (!pumping) {
            pumping = true;
            clock.after(after, () -> {
                pumping = false;
                node.inTurn(resource -> pump());
            });
        }
    }

    private void pump() {
        VolumePort open = usable();
        BufferPool pool = node.pool();
        for (Batch batch : List.copyOf(batches)) {
            Step step = batch.steps.peek();
            while (open != null && pool != null && step != null && !broken && outstanding() < profile.depth()) {
                Piece piece = new Piece(batch, journal.beginFsync(node.id()));
                if (!prepare(piece, step, open.logicalBlockSize(), pool)) {
                    pumpSoon(10 * VirtualClock.MILLISECOND);
                    return;
                }
                batch.steps.remove();
                batch.open++;
                submit(open, piece);
                step = batch.steps.peek();
            }
        }
    }

    private boolean prepare(Piece piece, Step step, int logicalBlock, BufferPool pool) {
        if (step.blocks == 0) {
            flush(piece);
            return true;
        }
        piece.offset = (long) step.first * JournalLayout.BLOCK;
        piece.length = step.blocks * JournalLayout.BLOCK;
        if (!step.reading && isRecord(step)) {
            // What must not be torn is as large as what disks write in one go.
            piece.length = logicalBlock;
        }
        if (!withBuffer(piece, pool)) {
            return false;
        }
        if (step.reading) {
            read(piece);
        } else {
            journal.contents().add(write(piece, step.fua).id(), step.first, step.contents);
        }
        return true;
    }

    private static boolean isRecord(Step step) {
        JournalBlock.Kind kind = step.contents.getFirst().kind();
        return kind == JournalBlock.Kind.SUPERBLOCK || kind == JournalBlock.Kind.COMMIT;
    }

    @Override
    void settled(Request request) {
        if (!(request instanceof Piece piece) || !batches.contains(piece.batch)) {
            return;
        }
        Batch batch = piece.batch;
        batch.open--;
        broken |= request.errno != Errno.OK;
        lastFsync = piece.fsync;
        if (broken) {
            remountWhenIdle();
        } else if (batch.open == 0 && batch.steps.isEmpty()) {
            batches.remove(batch);
            int planned = mount;
            clock.after(0, () -> {
                if (planned == mount && usable() != null) {
                    lastFsync = piece.fsync;
                    batch.then.run();
                }
            });
        } else {
            pumpSoon(0);
        }
    }

    /** Nothing is known about what failed: only the disk can tell. */
    private void remountWhenIdle() {
        if (outstanding() == 0) {
            int planned = mount;
            clock.after(RETRY, () -> {
                if (planned == mount && usable() != null) {
                    forget();
                    mount();
                }
            });
        }
    }
}
