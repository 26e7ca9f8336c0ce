package io.bsr.core;

import io.bsr.base.Minor;
import io.bsr.base.NodeId;
import io.bsr.base.VolumeNumber;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.Errno;
import io.bsr.base.port.IoRequest;
import io.bsr.base.port.VolumePort;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.Role;
import io.bsr.core.disk.Disk;
import io.bsr.core.disk.MetadataWriter;
import io.bsr.metadata.BitmapLayout;
import io.bsr.metadata.MetadataException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One volume of the resource on this node: its disk, its users, its generation. */
final class Volume implements VolumePort, MetadataWriter.Owner {
    private static final long LAZY_NANOS = 2_000_000_000L;

    private final Resource resource;
    private final VolumeNumber number;
    private final Minor minor;
    private final VolumeRequests requests;
    private final PeerWrites peerWrites = new PeerWrites(this);
    private final VolumeGeneration generation;
    private final DiskErrors errors;
    private final Set<User> users = new LinkedHashSet<>();

    private @Nullable Disk disk;
    private DiskState diskState = DiskState.DISKLESS;
    DiskState nextDisk = DiskState.DISKLESS;
    private long sectors;

    /** What peers may refer to: ahead of {@link #sectors} while a larger size is being stored. */
    private long agreedSectors;

    private final VolumeResize resize;

    /** Of the disk that was attached last: requests that wait while there is none must fit the same disk again. */
    private int blockSize = 512;

    private boolean crashedPrimary;
    private boolean leftInOrder;
    private boolean replicatedSinceFlush;
    private long lastLazyWrite;
    private @Nullable Runnable whenQuiet;
    Map<String, String> options;

    Volume(Resource resource, VolumeNumber number, Minor minor, Map<String, String> options) {
        this.resource = resource;
        this.number = number;
        this.minor = minor;
        this.options = Map.copyOf(options);
        requests = new VolumeRequests(this, resource);
        generation = new VolumeGeneration(this, resource);
        errors = new DiskErrors(this, resource);
        resize = new VolumeResize(this, resource);
    }

    int number() {
        return number.value();
    }

    VolumeNumber volumeNumber() {
        return number;
    }

    Minor minor() {
        return minor;
    }

    String label() {
        return resource.name() + "/" + number;
    }

    @Nullable Disk disk() {
        return disk;
    }

    /** The disk, which must be there. */
    Disk requireDisk() {
        return Objects.requireNonNull(disk);
    }

    /** The disk, if data may be read from it and written to it; {@code null} otherwise. */
    @Nullable Disk usableDisk() {
        return diskState.compareTo(DiskState.INCONSISTENT) < 0 ? null : disk;
    }

    DiskState diskState() {
        return diskState;
    }

    /** True if good data are within reach; without them users get errors (on-no-data-accessible io-error). */
    boolean dataAccessible() {
        return diskState == DiskState.UP_TO_DATE || goodPeer() != null;
    }

    /** A peer with good data that are within reach; {@code null} if there is none. */
    @Nullable PeerDevice goodPeer() {
        for (Connection c : resource.connections()) {
            PeerDevice p = c.peerDevice(this);
            if (p != null && c.peerUpToDate(this)) {
                return p;
            }
        }
        return null;
    }

    /** A peer that is Primary has no disk: of what it writes here there is no other copy. */
    boolean onlyCopyForPeer() {
        for (Connection c : resource.connections()) {
            PeerDevice p = c.peerDevice(this);
            if (p != null && p.peerLacksDisk()) {
                return true;
            }
        }
        return false;
    }

    void adoptNextState() {
        diskState = nextDisk;
    }

    VolumeRequests requests() {
        return requests;
    }

    PeerWrites peerWrites() {
        return peerWrites;
    }

    /** Size in sectors; 0 while no disk has told it. */
    long sectors() {
        return sectors;
    }

    /** Nobody has relied on the contents yet: the size may still become smaller. */
    boolean fresh() {
        return diskState.compareTo(DiskState.OUTDATED) < 0;
    }

    boolean crashedPrimary() {
        return crashedPrimary;
    }

    void crashedPrimary(boolean crashed) {
        crashedPrimary = crashed;
    }

    /** The generation that users of this node see; 0 if there never was a disk. */
    long exposedUuid() {
        Disk attached = disk;
        long exposed = generation.exposed();
        return exposed != 0 || attached == null ? exposed : attached.superblock().currentUuid;
    }

    // ------------------------------------------------------------------------------------------------ users

    @Override
    public long size() {
        return sectors << 9;
    }

    @Override
    public int logicalBlockSize() {
        return blockSize;
    }

    @Override
    public boolean discards() {
        Disk attached = disk;
        return attached != null && attached.data().discards();
    }

    @Override
    public @Nullable String open(User user) {
        if (resource.role() != Role.PRIMARY) {
            return "volume " + label() + " is Secondary on this node; only the Primary serves it";
        }
        if (!dataAccessible()) {
            return "volume " + label() + " has no UpToDate data: the disk of this node is " + diskState
                    + ", and no UpToDate peer is connected";
        }
        users.add(user);
        resource.changed();
        return null;
    }

    @Override
    public void close(User user) {
        users.remove(user);
        resource.changed();
    }

    Set<User> users() {
        return users;
    }

    @Override
    public void submit(IoRequest request) {
        requests.submit(request);
    }

    @Override
    public void abandon(User user) {
        requests.abandoned(user);
    }

    @Override
    public void mapAllocation(long offset, long length, BlockStore.AllocationSink sink) {
        Disk attached = diskState == DiskState.UP_TO_DATE ? disk : null;
        if (offset < 0 || length < 0 || offset > size() - length) {
            resource.later(() -> sink.completed(Errno.EINVAL));
        } else if (attached == null) {
            // Which parts are holes on the peer's disk is not known.
            resource.later(() -> {
                sink.extent(length, false);
                sink.completed(Errno.OK);
            });
        } else {
            attached.data().mapAllocation(offset, length, sink);
        }
    }

    // ------------------------------------------------------------------------------------------------ gates

    /** True if no write of a user may be dispatched now. Begins a new generation if that is what is missing. */
    boolean writesHeld() {
        Disk attached = disk;
        if (resource.suspension().byFencing()
                || resource.handshaking()
                || (attached != null && attached.writer().persistPending())) {
            return true;
        }
        if (generation.isDue()) {
            generation.begin(false);
            return attached != null && attached.writer().persistPending();
        }
        return false;
    }

    /** True if a peer may be Primary at the same time as this node, so that writes of both can cross. */
    boolean twoPrimaries() {
        return resource.twoPrimaries();
    }

    /** True if no write of a peer may be started now: what the superblock says of this disk is not on it yet. */
    boolean peerWritesHeld() {
        Disk attached = disk;
        return attached != null && attached.writer().persistPending();
    }

    /** A size is on the disk for which resyncs may have waited. */
    void resyncReadsWaitedForSize() {
        for (Connection c : resource.connections()) {
            PeerDevice p = c.peerDevice(this);
            if (p != null) {
                p.resyncSource().pump();
            }
        }
    }

    /** A write is on the disk for which a resync may have waited. */
    void resyncReadsMayGoOn() {
        for (Connection c : resource.connections()) {
            PeerDevice p = c.peerDevice(this);
            if (p != null) {
                p.resyncSource().ownWriteDone();
            }
        }
    }

    void holdEnded() {
        requests.holdEnded();
        peerWrites.holdEnded();
    }

    /** Makes superblock and bitmap durable as they are; writes wait for it. */
    void persist() {
        Disk attached = disk;
        if (attached != null) {
            attached.writer().persist(durable -> {});
        }
    }

    void lazyBitmap() {
        Disk attached = disk;
        if (attached != null) {
            attached.writer().writeLazily();
        }
    }

    /** During a resync: stores progress now and then. */
    void lazyBitmapTick() {
        if (resource.now() - lastLazyWrite > LAZY_NANOS) {
            lastLazyWrite = resource.now();
            lazyBitmap();
        }
    }

    void replicatedSinceFlush() {
        replicatedSinceFlush = true;
    }

    boolean takeReplicatedSinceFlush() {
        boolean was = replicatedSinceFlush;
        replicatedSinceFlush = false;
        return was;
    }

    // ------------------------------------------------------------------------------------------------ disk

    VolumeGeneration generation() {
        return generation;
    }

    DiskErrors errors() {
        return errors;
    }

    /** A disk whose metadata were read: what a crash left in the superblock stays on record until a peer has the data. */
    void adopt(Disk loaded, long size, boolean crashed) {
        disk = loaded;
        errors.forget();
        resized(size);
        crashedPrimary = crashed;
        leftInOrder = false;
        blockSize = loaded.data().logicalBlockSize();
    }

    /** The peer's disk is smaller, and nobody has relied on this one yet. */
    void shrink(long newSectors) {
        Disk attached = disk;
        if (attached == null || newSectors >= sectors) {
            return;
        }
        resource.log(Events.Level.INFO, label(), "size agreed: " + newSectors + " sectors (was " + sectors + ")");
        attached.bitmap().shrink(BitmapLayout.bitsOfSectors(newSectors));
        attached.superblock().effectiveSectors = newSectors;
        persist();
        resized(newSectors);
    }

    VolumeResize resize() {
        return resize;
    }

    /** Size in sectors that peers may refer to. */
    long agreedSectors() {
        return agreedSectors;
    }

    /** A size was agreed on and is being stored; without users of this node it counts from now on. */
    void agree(long newSectors) {
        agreedSectors = Math.max(sectors, newSectors);
        if (resource.role() != Role.PRIMARY) {
            sectors = newSectors;
        }
    }

    /** The size is stored. */
    void resized(long newSectors) {
        boolean changed = newSectors != sectors;
        sectors = newSectors;
        agreedSectors = newSectors;
        resource.changed();
        if (changed) {
            for (User user : List.copyOf(users)) {
                user.resized(size());
            }
        }
    }

    /** Nothing is in flight to the disk that is being left, and its bitmap says all: the activity log does not count any more. */
    void leaveInOrder() {
        leftInOrder = true;
        updateFlags();
    }

    boolean leftInOrder() {
        return leftInOrder;
    }

    /** Sets the superblock's flags as the states say; true if that changed them. */
    boolean updateFlags() {
        return StoredFlags.update(this, resource);
    }

    /** Slots for a peer that is configured while a disk is attached. */
    void allocateSlot(NodeId peer) throws MetadataException {
        Disk attached = disk;
        if (attached != null && !attached.superblock().peer(peer.value()).hasSlot()) {
            if (attached.allocateSlot(peer.value()) < 0) {
                throw new MetadataException(
                        MetadataException.Code.NO_FREE_SLOT,
                        "there is no bitmap slot for node-id " + peer,
                        "all " + attached.superblock().maxPeers + " slots are taken",
                        "recreate the metadata with more max-peers");
            }
            persist();
        }
    }

    // ------------------------------------------------------------------------------------------------ errors

    @Override
    public void transactionCommitted() {
        requests.writes().transactionCommitted();
        peerWrites.holdEnded();
    }

    @Override
    public void superblockSettled() {
        holdEnded();
    }

    @Override
    public void metadataFailed(String operation, int errno) {
        errors.metadataFailed(operation, errno);
    }

    /** What some peer has not made durable counts as different: nobody will say more about it. */
    void markUnsafeWrites() {
        for (WriteRequest r = resource.transferLog().head(); r != null; r = r.newer) {
            if (r.volume == this && (r.awaitingBarrier | r.awaitingAck) != 0) {
                errors.markForEverybody(r.startSector, r.endSector);
            }
        }
    }

    /** Ends use of the disk; what users still wait for fails or is answered by the peer. */
    void release(String reason, Runnable then) {
        Disk gone = Objects.requireNonNull(disk);
        disk = null;
        resource.heldAnswers().diskLost(this);
        requests.diskLost();
        peerWrites.holdEnded();
        afterQuiet(() -> gone.close(() -> {
            StateChange.imposed(resource, reason).disk(this, DiskState.DISKLESS).commit();
            then.run();
        }));
    }

    /** Calls {@code then} when nothing is in flight on the store. */
    void afterQuiet(Runnable then) {
        if (quiet()) {
            then.run();
        } else {
            Runnable before = whenQuiet;
            whenQuiet = before == null
                    ? then
                    : () -> {
                        before.run();
                        then.run();
                    };
        }
    }

    private boolean quiet() {
        return requests.localOperations() == 0 && peerWrites.quiet();
    }

    void quietCheck() {
        Runnable then = whenQuiet;
        if (then != null && quiet()) {
            whenQuiet = null;
            then.run();
        }
    }
}
