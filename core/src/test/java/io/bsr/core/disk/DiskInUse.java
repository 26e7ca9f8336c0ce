package io.bsr.core.disk;

import io.bsr.base.NodeId;
import io.bsr.base.error.Outcome;
import io.bsr.base.memory.Buffer;
import io.bsr.base.memory.BufferPool;
import io.bsr.core.disk.UserWrite.Peer;
import io.bsr.core.option.DiskOptions;
import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.DeviceFlag;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.PeerFlag;
import io.bsr.metadata.Placement;
import io.bsr.metadata.Superblock;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A disk of a node that has peers, used as a volume uses it: writes go through the activity log, peers come and go, fall
 * behind and are resynchronised, or this node is. Everything is recorded, and told to a {@link Truth}.
 */
final class DiskInUse implements MetadataWriter.Owner {
    static final int SELF = 0;

    /** Node ids whose entries are in different sectors of the superblock; that of 12 is in two of them. */
    static final int[] NODES = {1, 12, 20, 30};

    private static final int BLOCK_SECTORS = 8;
    private static final int EXTENT_SECTORS = 8192;

    /** How a disk is made. */
    record Shape(boolean internal, int peers, ActivityLogRing ring, int alExtents, int extents) {}

    final Recording recording;
    final Truth truth;
    final RecordedStore data;
    final RecordedStore meta;

    private final Random random;
    private final AttachRequest request;
    private final BufferPool pool = new BufferPool(16 << 20);
    private final List<Peer> peers = new ArrayList<>();
    private final ArrayDeque<UserWrite> waiting = new ArrayDeque<>();
    private final List<UserWrite> logging = new ArrayList<>();
    private final List<UserWrite> inFlight = new ArrayList<>();
    private final List<Runnable> remote = new ArrayList<>();
    private final BitSet busyBlocks = new BitSet();
    private @Nullable Disk disk;
    private final List<Integer> recent = new ArrayList<>();
    private long contents;
    private int commands;

    /** Peers get what is sent, and their answers do not arrive. */
    boolean deaf;

    DiskInUse(Shape shape, int repairsSampled, long seed) throws MetadataException {
        random = new Random(seed);
        recording = new Recording(new Random(~seed));
        long dataBytes = (long) shape.extents * EXTENT_SECTORS * 512;
        Placement placement = shape.internal ? new Placement.Internal() : new Placement.FlexibleExternal();
        data = new RecordedStore(recording, "data", dataBytes);
        long metaBytes = 4096L + shape.ring.bytes() + MetadataLayout.bitmapBytes(2 * dataBytes / 512, shape.peers);
        meta = shape.internal ? data : new RecordedStore(recording, "metadata", metaBytes);
        MetadataLayout layout = MetadataLayout.forDevice(placement, meta.size(), shape.peers, shape.ring);
        request = new AttachRequest(
                data, meta, shape.internal ? AttachRequest.INTERNAL : AttachRequest.FLEXIBLE, options(shape));
        truth = new Truth(recording, request, layout, repairsSampled);
        Superblock superblock = Superblock.create(layout);
        superblock.nodeId = SELF;
        superblock.effectiveSectors = layout.usableSectors(data.size());
        superblock.currentUuid = uuid();
        superblock.flags = DeviceFlag.CONSISTENT | DeviceFlag.WAS_UP_TO_DATE;
        for (int i = 0; i < shape.peers; i++) {
            peers.add(new Peer(NODES[i], superblock.allocateSlot(NODES[i])));
        }
        recording.prepareMetadata(meta, layout, superblock);
        truth.watch(() -> disk == null ? superblock : disk.superblock());
        truth.look();
    }

    private static DiskOptions options(Shape shape) {
        return DiskOptions.from(Map.of("al-extents", Integer.toString(shape.alExtents)));
    }

    private long uuid() {
        return random.nextLong() & ~5L;
    }

    Disk disk() {
        return Objects.requireNonNull(disk, "not attached");
    }

    private Superblock superblock() {
        return disk().superblock();
    }

    // ------------------------------------------------------------------------------------------------ turns

    /** One thing happens: a completion, or something at a peer. */
    private boolean turn() {
        if (!deaf && !remote.isEmpty() && random.nextInt(3) == 0) {
            remote.remove(random.nextInt(remote.size())).run();
        } else if (!recording.step()) {
            if (deaf || remote.isEmpty()) {
                return false;
            }
            remote.remove(random.nextInt(remote.size())).run();
        }
        pump();
        return true;
    }

    /** Some things happen. */
    void turns(int count) {
        for (int i = 0; i < count && turn(); i++) {
            // The next one.
        }
    }

    void quiet() {
        pump();
        while (turn()) {
            // The next one.
        }
        if (!waiting.isEmpty() || !logging.isEmpty() || !inFlight.isEmpty() || commands > 0) {
            throw new IllegalStateException("writes or commands hang");
        }
    }

    /** All of that has happened long ago. */
    void settle() {
        quiet();
        recording.settle(data, meta);
        truth.settle();
    }

    // ------------------------------------------------------------------------------------------------ commands

    void attach() {
        commands++;
        truth.attaching();
        DiskLoader.load(request, new NodeId(SELF), pool, this, text -> {}, new DiskLoader.Done() {
            @Override
            public void loaded(Disk loaded, boolean crashed) {
                commands--;
                disk = loaded;
                loaded.superblock().set(DeviceFlag.AL_CLEAN, false);
                persist();
            }

            @Override
            public void refused(Outcome outcome) {
                throw new IllegalStateException(outcome.detail());
            }
        });
        quiet();
    }

    void detach() {
        quiet();
        disk().close(() -> disk = null);
        quiet();
    }

    private void persist() {
        persist(() -> {});
    }

    private void persist(Runnable then) {
        truth.look();
        int version = truth.version();
        commands++;
        disk().writer().persist(durable -> {
            commands--;
            if (!durable) {
                throw new IllegalStateException("not durable");
            }
            truth.durable(version);
            then.run();
        });
    }

    void promote() {
        superblock().set(DeviceFlag.PRIMARY_IND, true);
        persist();
    }

    void demote() {
        quiet();
        superblock().set(DeviceFlag.PRIMARY_IND, false);
        persist();
    }

    /** Another generation, for no reason: the history becomes longer. */
    void rename() {
        superblock().pushHistory(superblock().currentUuid);
        superblock().currentUuid = uuid();
        persist();
    }

    // ------------------------------------------------------------------------------------------------ writes

    /** A write somewhere; sometimes over the border of two extents. */
    void write() {
        int extents = (int) (superblock().effectiveSectors / EXTENT_SECTORS);
        // Where was written lately, nothing needs to be flushed before.
        boolean again = !recent.isEmpty() && random.nextInt(3) > 0;
        int extent = again ? recent.get(random.nextInt(recent.size())) : random.nextInt(extents);
        if (!again) {
            recent.add(extent);
            recent.subList(0, Math.max(0, recent.size() - 5)).clear();
        }
        boolean border = extent > 0 && random.nextInt(8) == 0;
        long sector = border
                ? (long) extent * EXTENT_SECTORS - 1
                : (long) extent * EXTENT_SECTORS + random.nextInt(4) * 1000L + random.nextInt(8);
        write(sector, border ? 2 : 1 + random.nextInt(2));
    }

    void writeToExtent(int extent) {
        write((long) extent * EXTENT_SECTORS + 8, 1);
    }

    private void write(long sector, int sectors) {
        waiting.add(new UserWrite(sector, sectors));
        pump();
    }

    private boolean busy(UserWrite w) {
        int next = busyBlocks.nextSetBit(w.firstBlock());
        return next >= 0 && next <= w.lastBlock();
    }

    private boolean held() {
        return disk().writer().persistPending();
    }

    private void pump() {
        if (disk == null) {
            return;
        }
        ActivityLog log = disk().activityLog();
        for (int i = waiting.size(); i > 0 && !held(); i--) {
            UserWrite w = waiting.remove();
            if (busy(w)) {
                waiting.add(w);
            } else if (log.tryGet(w.firstExtent(), w.lastExtent())) {
                dispatch(w);
            } else if (log.get(w.firstExtent(), w.lastExtent())) {
                busyBlocks.set(w.firstBlock(), w.lastBlock() + 1);
                logging.add(w);
            } else {
                waiting.addFirst(w);
                break;
            }
        }
        if (log.pendingCount() > 0) {
            disk().writer().commitTransaction();
        }
    }

    @Override
    public void transactionCommitted() {
        if (!held()) {
            for (UserWrite w : List.copyOf(logging)) {
                if (disk().activityLog().contains(w.firstExtent(), w.lastExtent())) {
                    logging.remove(w);
                    dispatch(w);
                }
            }
        }
        pump();
    }

    @Override
    public void superblockSettled() {
        if (disk != null) {
            transactionCommitted();
        }
    }

    @Override
    public void metadataFailed(String operation, int errno) {
        throw new IllegalStateException(operation + " failed");
    }

    private void dispatch(UserWrite w) {
        busyBlocks.set(w.firstBlock(), w.lastBlock() + 1);
        inFlight.add(w);
        List<Long> numbers = numbers(w.sectors);
        for (Peer p : peers) {
            if (p.connected) {
                w.unacknowledged.add(p);
                for (int i = 0; i < w.sectors; i++) {
                    truth.peerMayHave(p.slot, w.sector + i, numbers.get(i));
                }
                remote.add(() -> acknowledged(w, p, numbers));
            } else {
                disk().setOutOfSync(p.slot, w.sector, w.sector + w.sectors);
            }
        }
        submit(w.sector, numbers, () -> {
            w.local = true;
            retire(w);
        });
    }

    private List<Long> numbers(int count) {
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            numbers.add(++contents);
        }
        return numbers;
    }

    private void submit(long sector, List<Long> numbers, Runnable then) {
        Buffer buffer = Objects.requireNonNull(pool.tryAcquire(numbers.size() * 512));
        for (int i = 0; i < numbers.size(); i++) {
            buffer.bytes().putLong(i * 512, numbers.get(i));
        }
        data.write(sector * 512, buffer, 0, numbers.size() * 512, false, errno -> {
            buffer.release();
            then.run();
        });
    }

    private void acknowledged(UserWrite w, Peer p, List<Long> numbers) {
        if (w.unacknowledged.remove(p)) {
            for (int i = 0; i < w.sectors; i++) {
                truth.peerHas(p.slot, w.sector + i, numbers.get(i));
            }
            retire(w);
        }
    }

    private void retire(UserWrite w) {
        if (w.local && w.unacknowledged.isEmpty()) {
            inFlight.remove(w);
            busyBlocks.clear(w.firstBlock(), w.lastBlock() + 1);
            disk().activityLog().put(w.firstExtent(), w.lastExtent());
            pump();
        }
    }

    // ------------------------------------------------------------------------------------------------ peers

    /** The connection to a peer breaks, and a generation begins that it does not have. */
    void losePeer(int index) {
        Peer p = peers.get(index);
        if (!p.connected) {
            return;
        }
        p.connected = false;
        for (UserWrite w : List.copyOf(inFlight)) {
            if (w.unacknowledged.remove(p)) {
                disk().setOutOfSync(p.slot, w.sector, w.sector + w.sectors);
                retire(w);
            }
        }
        superblock().peer(p.node).set(PeerFlag.CONNECTED, false);
        superblock().rotate(uuid(), 1L << p.node, contents);
        persist();
    }

    /** The peer is back, and gets up to so many blocks; if that was all, it has this node's generation. */
    void resync(int index, int blocks) {
        Peer p = peers.get(index);
        if (!p.connected) {
            p.connected = true;
            superblock().peer(p.node).set(PeerFlag.CONNECTED, true);
            persist();
        }
        long block = disk().bitmap().nextSet(p.slot, 0);
        for (int sent = 0; sent < blocks && block < disk().bitmap().bits(); sent++) {
            if (!busyBlocks.get((int) block)) {
                send(p, (int) block);
            }
            block = disk().bitmap().nextSet(p.slot, block + 1);
        }
    }

    private void send(Peer p, int block) {
        busyBlocks.set(block);
        long first = (long) block * BLOCK_SECTORS;
        long[] numbers = new long[BLOCK_SECTORS];
        for (int i = 0; i < BLOCK_SECTORS; i++) {
            numbers[i] = ByteBuffer.wrap(data.sector(first + i).bytes).getLong(0);
            truth.peerMayHave(p.slot, first + i, numbers[i]);
        }
        remote.add(() -> {
            for (int i = 0; i < BLOCK_SECTORS; i++) {
                truth.peerHas(p.slot, first + i, numbers[i]);
            }
            truth.resynchronised(p.slot, block);
            disk().setInSync(p.slot, first, first + BLOCK_SECTORS, superblock().effectiveSectors);
            busyBlocks.clear(block);
            if (disk().bitmap().count(p.slot) == 0 && p.connected) {
                superblock().setBitmapUuid(p.node, 0, 0);
                persist();
            } else if (random.nextInt(3) == 0) {
                disk().writer().writeLazily();
            }
        });
    }

    /** This node has missed what its only peer wrote, and gets it; no user is here meanwhile. */
    void resyncFrom(int blocks) {
        quiet();
        Peer p = peers.getFirst();
        List<Long> sectors = new ArrayList<>();
        for (int i = 0; i < blocks; i++) {
            long sector = random.nextLong(superblock().effectiveSectors / BLOCK_SECTORS) * BLOCK_SECTORS;
            if (!sectors.contains(sector)) {
                sectors.add(sector);
                disk().setOutOfSync(p.slot, sector, sector + 1);
            }
        }
        superblock().set(DeviceFlag.CONSISTENT | DeviceFlag.WAS_UP_TO_DATE, false);
        int[] left = {sectors.size()};
        persist(() -> {
            for (long sector : sectors) {
                List<Long> numbers = numbers(1);
                truth.peerHas(p.slot, sector, numbers.getFirst());
                remote.add(() -> submit(sector, numbers, () -> {
                    disk().setInSync(p.slot, sector, sector + BLOCK_SECTORS, superblock().effectiveSectors);
                    if (--left[0] == 0) {
                        superblock().set(DeviceFlag.CONSISTENT | DeviceFlag.WAS_UP_TO_DATE, true);
                        superblock().pushHistory(superblock().currentUuid);
                        superblock().currentUuid = uuid();
                        persist();
                    } else if (random.nextInt(3) == 0) {
                        disk().writer().writeLazily();
                    }
                }));
            }
        });
    }

    void lazily() {
        disk().writer().writeLazily();
    }

    // ------------------------------------------------------------------------------------------------ size

    /** The disk grows, and the volume with it; what is new differs from every peer. */
    void grow(int bytes, ActivityLogRing ring) throws MetadataException {
        data.grow(data.size() + bytes);
        MetadataLayout next = disk().layoutFor(ring);
        resize(next, disk().sectorsWith(next));
    }

    void shrink() {
        resize(disk().layout(), superblock().effectiveSectors / 2);
    }

    private void resize(MetadataLayout next, long sectors) {
        long former = superblock().effectiveSectors;
        truth.moves(next);
        if (sectors > former) {
            truth.newSpace((former + 7) / 8, (sectors + 7) / 8, sectors);
        }
        commands++;
        int[] version = {0};
        disk().resize(
                        next,
                        sectors,
                        0,
                        () -> {
                            for (Peer p : peers) {
                                if (sectors > former) {
                                    disk().setOutOfSync(p.slot, former, sectors);
                                }
                            }
                            truth.look();
                            version[0] = truth.version();
                        },
                        durable -> {
                            commands--;
                            truth.durable(version[0]);
                            truth.moved();
                        });
    }
}
