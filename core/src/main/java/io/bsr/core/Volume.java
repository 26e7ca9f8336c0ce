package io.bsr.core;

import io.bsr.base.Minor;
import io.bsr.base.NodeId;
import io.bsr.base.VolumeNumber;
import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.Errno;
import io.bsr.base.port.IoRequest;
import io.bsr.base.port.VolumePort;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.disk.AttachRequest;
import io.bsr.core.disk.Disk;
import io.bsr.core.disk.DiskLoader;
import io.bsr.core.disk.MetadataWriter;
import io.bsr.core.generation.GenerationIdentifiers;
import io.bsr.core.generation.NewGeneration;
import io.bsr.core.option.DiskOptions;
import io.bsr.metadata.BitmapLayout;
import io.bsr.metadata.DeviceFlag;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.PeerEntry;
import io.bsr.metadata.PeerFlag;
import io.bsr.metadata.Superblock;
import io.bsr.wire.UuidFlags;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
    private final Set<User> users = new LinkedHashSet<>();

    private @Nullable Disk disk;
    private DiskState diskState = DiskState.DISKLESS;
    DiskState nextDisk = DiskState.DISKLESS;
    private long sectors;

    /** Of the disk that was attached last: requests that wait while there is none must fit the same disk again. */
    private int blockSize = 512;

    private boolean crashedPrimary;
    private boolean newGenerationDue;
    private int passedErrors;
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
        return diskState == DiskState.UP_TO_DATE || resource.upToDateElsewhere(this);
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

    /** The generation that users of this node see; 0 without a disk. */
    long exposedUuid() {
        Disk attached = disk;
        return attached == null ? 0 : attached.superblock().currentUuid;
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
        if (diskState.compareTo(DiskState.INCONSISTENT) < 0) {
            return "volume " + label() + " has no usable disk on this node (" + diskState + ")";
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
    public void mapAllocation(long offset, long length, BlockStore.AllocationSink sink) {
        Disk attached = disk;
        if (attached == null || offset < 0 || length < 0 || offset > size() - length) {
            resource.later(() -> sink.completed(Errno.EINVAL));
        } else {
            attached.data().mapAllocation(offset, length, sink);
        }
    }

    // ------------------------------------------------------------------------------------------------ gates

    /** Why writes of users are held back now, for people; empty if they are not. */
    String holdReason() {
        Disk attached = disk;
        if (attached == null) {
            return "";
        }
        if (attached.writer().persistPending()) {
            return "the superblock to be written";
        }
        if (newGenerationDue) {
            return "a new generation identifier";
        }
        return resource.handshaking() ? "a peer that is exchanging identifiers" : "";
    }

    /** True if no write of a user may be dispatched now. Begins a new generation if that is what is missing. */
    boolean writesHeld() {
        Disk attached = disk;
        if (attached == null || attached.writer().persistPending() || resource.handshaking()) {
            return true;
        }
        if (newGenerationDue) {
            beginGeneration(false);
            return attached.writer().persistPending();
        }
        return false;
    }

    /** True if no write of a peer may be started now: what the superblock says of this disk is not on it yet. */
    boolean peerWritesHeld() {
        Disk attached = disk;
        return attached != null && attached.writer().persistPending();
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

    // ------------------------------------------------------------------------------------------------ generation

    /** Before the next write a new generation begins. */
    void newGenerationDue() {
        newGenerationDue = true;
    }

    boolean generationDue() {
        return newGenerationDue;
    }

    void noGenerationDue() {
        newGenerationDue = false;
    }

    /** Begins a new generation if a peer that has a bitmap here is out of contact, or if {@code forced}. */
    void beginGeneration(boolean forced) {
        newGenerationDue = false;
        Disk attached = disk;
        if (attached == null) {
            return;
        }
        Superblock superblock = attached.superblock();
        List<NewGeneration.Other> others = new ArrayList<>();
        for (int node = 0; node < Superblock.PEERS; node++) {
            PeerEntry entry = superblock.peer(node);
            if (entry.hasSlot() || entry.has(PeerFlag.NODE_EXISTS)) {
                others.add(new NewGeneration.Other(
                        new NodeId(node), inContact(node), entry.has(PeerFlag.IN_PROGRESS_SYNC)));
            }
        }
        GenerationIdentifiers mine = Generations.of(superblock, resource.nodeId());
        Optional<GenerationIdentifiers> next = NewGeneration.begin(
                mine,
                others,
                resource.role() == Role.PRIMARY,
                forced,
                resource.entropy().nextLong());
        if (next.isEmpty()) {
            return;
        }
        Generations.store(superblock, next.get(), resource.transferLog().dagtag());
        resource.log(Events.Level.INFO, label(), "new generation " + Long.toHexString(superblock.currentUuid));
        // A peer that followed a generation which a crash took from this disk would count as one that wrote alone.
        attached.writer().persist(durable -> {
            if (durable) {
                announceGeneration();
            }
        });
    }

    private void announceGeneration() {
        for (Connection c : resource.connections()) {
            PeerDevice p = c.peerDevice(this);
            if (p != null && c.connected() && p.replication().atLeast(ReplicationState.ESTABLISHED)) {
                p.sendIdentifiers(
                        UuidFlags.NEW_DATAGEN,
                        ~(resource.nodeId().mask() | c.peer().mask()));
            }
        }
    }

    private boolean inContact(int node) {
        for (Connection c : resource.connections()) {
            PeerDevice p = c.peerDevice(this);
            if (c.peer().value() == node && p != null) {
                return NewGeneration.inContact(c.connected(), p.peerDisk(), p.replication(), false, false)
                        || (c.connected() && p.mirrors());
            }
        }
        return false;
    }

    // ------------------------------------------------------------------------------------------------ attach

    void attach(AttachRequest request, Reply reply) {
        if (diskState != DiskState.DISKLESS) {
            closeStores(request);
            reply.done(Outcome.of(ErrorCode.DISK_CONFIGURED, label() + " has a disk"));
            return;
        }
        StateChange.imposed(resource, "attach").disk(this, DiskState.ATTACHING).commit();
        DiskLoader.load(
                request,
                resource.nodeId(),
                resource.buffers(),
                this,
                text -> resource.log(Events.Level.INFO, label(), text),
                new DiskLoader.Done() {
                    @Override
                    public void loaded(Disk loaded, boolean crashed) {
                        finishAttach(loaded, crashed, reply);
                    }

                    @Override
                    public void refused(Outcome outcome) {
                        resource.log(Events.Level.ERROR, label(), "attach failed: " + outcome.detail());
                        StateChange.imposed(resource, "attach failed")
                                .disk(Volume.this, DiskState.DISKLESS)
                                .commit();
                        reply.done(outcome);
                    }
                });
    }

    static void closeStores(AttachRequest request) {
        request.data().close();
        if (request.meta() != request.data()) {
            request.meta().close();
        }
    }

    private void finishAttach(Disk loaded, boolean crashed, Reply reply) {
        Superblock superblock = loaded.superblock();
        superblock.nodeId = resource.nodeId().value();
        for (Connection c : resource.connections()) {
            int node = c.peer().value();
            if (!superblock.peer(node).hasSlot() && superblock.allocateSlot(node) < 0) {
                loaded.close(() -> {});
                StateChange.imposed(resource, "attach failed")
                        .disk(this, DiskState.DISKLESS)
                        .commit();
                reply.done(Outcome.of(
                        ErrorCode.INVALID_REQUEST,
                        "the metadata have no free bitmap slot for node-id " + node + "; recreate them with more"
                                + " max-peers, or forget-peer a node that is gone"));
                return;
            }
        }
        DiskState state = !superblock.has(DeviceFlag.CONSISTENT)
                ? DiskState.INCONSISTENT
                : superblock.has(DeviceFlag.WAS_UP_TO_DATE) ? DiskState.UP_TO_DATE : DiskState.OUTDATED;
        if (resource.role() == Role.PRIMARY && state != DiskState.UP_TO_DATE) {
            loaded.close(() -> {});
            StateChange.imposed(resource, "attach failed")
                    .disk(this, DiskState.DISKLESS)
                    .commit();
            reply.done(Outcome.of(
                    ErrorCode.DATA_NOT_CURRENT,
                    "this node is Primary and the disk is " + state
                            + ": a peer has newer data. Demote this node first, then attach and resynchronise"));
            return;
        }
        disk = loaded;
        passedErrors = 0;
        sectors = loaded.bitmap().bits() == 0
                ? 0
                : superblock.effectiveSectors > 0
                        ? Math.min(superblock.effectiveSectors, loaded.sectors())
                        : loaded.sectors();
        crashedPrimary = crashed;
        if (crashed) {
            for (int node = 0; node < Superblock.PEERS; node++) {
                if (superblock.peer(node).hasSlot()) {
                    superblock.peer(node).set(PeerFlag.CRASHED_PRIMARY_WORK_PENDING, true);
                }
            }
            resource.log(Events.Level.WARN, label(), "this node was Primary when it stopped");
        }

        superblock.effectiveSectors = sectors;
        blockSize = loaded.data().logicalBlockSize();
        for (Connection c : resource.connections()) {
            PeerDevice p = c.peerDevice(this);
            if (p != null) {
                p.comparedBefore = false;
            }
        }
        StateChange.imposed(resource, "metadata read").disk(this, state).commit();
        outdateIfAPeerHasNewerData();
        persist();
        loaded.writer().persist(durable -> {
            reply.done(
                    durable ? Outcome.OK : Outcome.of(ErrorCode.META_IO_ERROR, "the superblock could not be written"));
            // The peers must compare generations anew, which happens when a connection is made.
            for (Connection c : resource.connections()) {
                if (c.connected()) {
                    c.fail(
                            io.bsr.base.state.ConnectionState.NETWORK_FAILURE,
                            "a disk was attached: generations are compared anew");
                }
            }
        });
    }

    /**
     * A peer went on while this disk was detached: until both have compared and resynchronised, nobody may be promoted on
     * this copy. What a peer told counts also if it is out of reach now.
     */
    private void outdateIfAPeerHasNewerData() {
        if (resource.role() == Role.PRIMARY || diskState != DiskState.UP_TO_DATE) {
            return;
        }
        for (Connection c : resource.connections()) {
            PeerDevice p = c.peerDevice(this);
            if (p != null && p.peerKnownToHaveNewerData()) {
                StateChange.imposed(resource, "the peer has newer data")
                        .disk(this, DiskState.OUTDATED)
                        .commit();
            }
        }
    }

    /** The peer's disk is smaller, and nobody has relied on this one yet. */
    void shrink(long newSectors) {
        Disk attached = disk;
        if (attached == null || newSectors >= sectors) {
            return;
        }
        resource.log(Events.Level.INFO, label(), "size agreed: " + newSectors + " sectors (was " + sectors + ")");
        sectors = newSectors;
        attached.bitmap().shrink(BitmapLayout.bitsOfSectors(newSectors));
        attached.superblock().effectiveSectors = newSectors;
        persist();
        for (User user : List.copyOf(users)) {
            user.resized(size());
        }
    }

    /** Slots for a peer that is configured while a disk is attached. */
    void allocateSlot(NodeId peer) throws MetadataException {
        Disk attached = disk;
        if (attached != null && !attached.superblock().peer(peer.value()).hasSlot()) {
            if (attached.superblock().allocateSlot(peer.value()) < 0) {
                throw new MetadataException(
                        MetadataException.Code.NO_FREE_SLOT,
                        "there is no bitmap slot for node-id " + peer,
                        "all " + attached.superblock().maxPeers + " slots are taken",
                        "recreate the metadata with more max-peers");
            }
            persist();
        }
    }

    /** Sets the superblock's flags as the states say; true if that changed them. */
    boolean updateFlags() {
        Disk attached = disk;
        if (attached == null) {
            return false;
        }
        Superblock superblock = attached.superblock();
        int before = superblock.flags;
        superblock.set(DeviceFlag.AL_CLEAN, false);
        superblock.set(DeviceFlag.AL_DISABLED, !attached.options().activityLogUpdates());
        superblock.set(DeviceFlag.PRIMARY_IND, resource.role() == Role.PRIMARY && diskState != DiskState.DETACHING);
        superblock.set(DeviceFlag.CRASHED_PRIMARY, crashedPrimary);
        if (diskState.atLeast(DiskState.INCONSISTENT) && diskState != DiskState.UNKNOWN) {
            superblock.set(DeviceFlag.CONSISTENT, diskState.compareTo(DiskState.INCONSISTENT) > 0);
            superblock.set(DeviceFlag.WAS_UP_TO_DATE, diskState.compareTo(DiskState.OUTDATED) > 0);
        }
        boolean peerGoesOn = resource.peerIsPrimary() && resource.upToDateElsewhere(this);
        boolean peerIsAhead =
                diskState == DiskState.FAILED && resource.role() == Role.PRIMARY && resource.upToDateElsewhere(this);
        if (peerIsAhead || (diskState.compareTo(DiskState.FAILED) <= 0 && peerGoesOn)) {
            superblock.set(DeviceFlag.WAS_UP_TO_DATE, false);
        }
        if (resource.role() == Role.PRIMARY) {
            superblock.set(DeviceFlag.LAST_PRIMARY, true);
        } else if (resource.peerIsPrimary()) {
            superblock.set(DeviceFlag.LAST_PRIMARY, false);
        }
        boolean primary = resource.role() == Role.PRIMARY;
        long current = superblock.currentUuid;
        if (current != Superblock.UUID_JUST_CREATED) {
            superblock.currentUuid = primary ? current | Superblock.UUID_PRIMARY : current & ~Superblock.UUID_PRIMARY;
        }
        return before != superblock.flags || current != superblock.currentUuid;
    }

    /** A resync with this node as target is complete; its result must be durable before anybody hears of it. */
    void resyncedFrom(PeerDevice p, DiskState good) {
        Disk attached = disk;
        Session session = p.connection().session();
        if (attached == null || session == null) {
            return;
        }
        attached.superblock().set(DeviceFlag.CONSISTENT, good.compareTo(DiskState.INCONSISTENT) > 0);
        attached.superblock().set(DeviceFlag.WAS_UP_TO_DATE, good.compareTo(DiskState.OUTDATED) > 0);
        crashedPrimary = false;
        attached.superblock().set(DeviceFlag.CRASHED_PRIMARY, false);
        attached.writer().persist(durable -> {
            if (!durable || !session.alive || p.replication() != ReplicationState.SYNC_TARGET) {
                return;
            }
            if (p.outOfSyncBlocks() > 0) {
                p.resyncTarget().start();
                return;
            }
            if (session.protocol.tellsIdentifiersAfterResync()) {
                p.sendIdentifiers(0, 0);
            }
            StateChange.imposed(resource, "resync finished")
                    .replication(p, ReplicationState.ESTABLISHED)
                    .disk(this, good)
                    .commit();
        });
    }

    // ------------------------------------------------------------------------------------------------ errors

    @Override
    public void transactionCommitted() {
        requests.transactionCommitted();
    }

    @Override
    public void superblockSettled() {
        holdEnded();
    }

    @Override
    public void metadataFailed(String operation, int errno) {
        Disk attached = disk;
        String where = attached == null ? "" : " on " + attached.meta().description();
        resource.log(Events.Level.ERROR, label(), operation + where + " failed: " + Errno.name(errno));
        giveUp(operation + " failed: " + Errno.name(errno));
    }

    /** A write of a user failed locally. */
    void writeFailed(WriteRequest write, int errno) {
        markForEverybody(write.startSector, write.endSector);
        for (Connection c : resource.connections()) {
            PeerDevice p = c.peerDevice(this);
            if (p != null) {
                resource.considerLeftovers(p);
            }
        }
        dataError("write", write.startSector, errno);
    }

    void readFailed(long sector, int count, int errno) {
        markForEverybody(sector, sector + count);
        dataError("read", sector, errno);
    }

    void flushFailed(int errno) {
        dataError("flush", 0, errno);
    }

    /** A write of a peer failed here. */
    void peerWriteFailed(PeerWrite write) {
        markForEverybody(write.startSector, write.endSector);
        dataError("write of a peer's data", write.startSector, write.error);
        if (disk != null && resource.role() != Role.PRIMARY && diskState.compareTo(DiskState.INCONSISTENT) > 0) {
            // Nobody here sees the error, and nobody may be promoted on a copy that lacks an acknowledged write.
            StateChange.imposed(resource, "a replicated write failed")
                    .disk(this, DiskState.INCONSISTENT)
                    .commit();
        }
    }

    private void markForEverybody(long startSector, long endSector) {
        Disk attached = disk;
        if (attached == null) {
            return;
        }
        for (int node = 0; node < Superblock.PEERS; node++) {
            PeerEntry entry = attached.superblock().peer(node);
            if (entry.hasSlot()) {
                attached.setOutOfSync(entry.bitmapIndex, startSector, endSector);
            }
        }
    }

    private void dataError(String operation, long sector, int errno) {
        Disk attached = disk;
        if (attached == null) {
            return;
        }
        DiskOptions o = attached.options();
        resource.log(
                Events.Level.ERROR,
                label(),
                operation + " at sector " + sector + " of " + attached.data().description() + " failed: "
                        + Errno.name(errno) + " (on-io-error " + o.onIoError() + "). "
                        + (errno == Errno.ENOSPC ? "Make room on its file system" : "Check the device"));
        passedErrors++;
        resource.changed();
        switch (o.onIoError()) {
            case PASSTHROUGH -> {
                if (passedErrors > o.maxPassthroughErrors()) {
                    giveUp("more than " + o.maxPassthroughErrors() + " I/O errors");
                }
            }
            case PASS_ON -> {
                if (diskState.compareTo(DiskState.INCONSISTENT) > 0) {
                    StateChange.imposed(resource, "I/O error")
                            .disk(this, DiskState.INCONSISTENT)
                            .commit();
                }
            }
            case DETACH, CALL_LOCAL_IO_ERROR -> giveUp("I/O error");
        }
    }

    int passedErrors() {
        return passedErrors;
    }

    /** The disk cannot be used any more. */
    private void giveUp(String reason) {
        if (disk == null || diskState.compareTo(DiskState.FAILED) <= 0) {
            return;
        }
        Disk failing = disk;
        resource.log(
                Events.Level.ERROR,
                label(),
                "gives up " + failing.data().description() + ": " + reason + ". Repair it, then attach it again");
        StateChange.imposed(resource, reason).disk(this, DiskState.FAILED).commit();
        requests.diskLost();
        // That the data are not good any more must be on the disk, if that is still possible.
        markUnsafeWrites();
        failing.writer().persist(durable -> {
            if (disk == failing) {
                release(reason, () -> {});
            }
        });
    }

    /** What some peer has not made durable counts as different: nobody will say more about it. */
    void markUnsafeWrites() {
        for (WriteRequest r = resource.transferLog().head(); r != null; r = r.newer) {
            if (r.volume == this && (r.awaitingBarrier | r.awaitingAck) != 0) {
                markForEverybody(r.startSector, r.endSector);
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
