package io.bsr.core;

import io.bsr.base.port.Errno;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.Role;
import io.bsr.core.disk.Disk;
import io.bsr.core.option.DiskOptions;
import io.bsr.core.option.OnIoError;
import io.bsr.metadata.DeviceFlag;
import io.bsr.metadata.PeerEntry;
import io.bsr.metadata.PeerFlag;
import io.bsr.metadata.Superblock;
import java.util.function.IntConsumer;

/** What follows from an I/O error of a volume's disk (on-io-error). */
final class DiskErrors {
    private final Volume volume;
    private final Resource resource;
    private int passedErrors;
    private String failure = "";
    private long failedAt;

    DiskErrors(Volume volume, Resource resource) {
        this.volume = volume;
        this.resource = resource;
    }

    public void metadataFailed(String operation, int errno) {
        Disk attached = volume.disk();
        String where = attached == null ? "" : " on " + attached.meta().description();
        resource.log(Events.Level.ERROR, volume.label(), operation + where + " failed: " + Errno.name(errno));
        resource.happened(new Happening.IoError(volume.number(), true, !operation.contains("read"), errno, 0, 0));
        giveUp(operation + " failed: " + Errno.name(errno));
    }

    /** A write of a user failed locally. */
    void writeFailed(WriteRequest write, int errno) {
        markForEverybody(write.startSector, write.endSector);
        for (Connection c : resource.connections()) {
            PeerDevice p = c.peerDevice(volume);
            if (p != null) {
                p.resyncSource().missedHere(write.startSector, write.endSector);
                noteThatPeerMayHaveMore(p);
                resource.considerLeftovers(p);
            }
        }
        dataError("write", write.startSector, errno);
    }

    /** Both may be UpToDate and of one generation when they meet again: then nothing else says that the bits count. */
    private void noteThatPeerMayHaveMore(PeerDevice p) {
        PeerEntry entry = p.entry();
        if (entry != null && p.connection().connected() && !entry.has(PeerFlag.PRIMARY_IO_ERROR)) {
            entry.set(PeerFlag.PRIMARY_IO_ERROR, true);
            volume.persist();
        }
    }

    void readFailed(long sector, int count, int errno) {
        markForEverybody(sector, sector + count);
        dataError("read", sector, errno);
    }

    /** Whatever was written since the last flush may be lost; the activity log says where that is. */
    void flushFailed(int errno) {
        Disk attached = volume.disk();
        if (attached != null && attached.options().onIoError() == OnIoError.PASS_ON) {
            forEachSlot(attached, slot -> attached.setLoggedOutOfSync(slot, volume.sectors()));
        }
        dataError("flush", 0, errno);
    }

    /** A write of a peer failed here. */
    void peerWriteFailed(PeerWrite write) {
        markForEverybody(write.startSector, write.endSector);
        noteWhatALeftDiskLacks(true);
        dataError("write of a peer's data", write.startSector, write.error);
        if (volume.disk() != null && onlyPeersSee() && volume.diskState().compareTo(DiskState.INCONSISTENT) > 0) {
            // Nobody here sees the error, and nobody may be promoted on a copy that lacks an acknowledged write.
            StateChange.imposed(resource, "a replicated write failed")
                    .disk(volume, DiskState.INCONSISTENT)
                    .commit();
        }
    }

    /** A write of a peer came too late for a disk that is being left: the peer's data go on without it. */
    void peerWriteRefused(PeerWrite write) {
        markForEverybody(write.startSector, write.endSector);
        noteWhatALeftDiskLacks(false);
    }

    /** The states of a disk that is being left are not stored, but what it lacks has to be known at the next attach. */
    private void noteWhatALeftDiskLacks(boolean torn) {
        Disk attached = volume.disk();
        if (attached == null || !onlyPeersSee() || volume.diskState().compareTo(DiskState.NEGOTIATING) >= 0) {
            return;
        }
        Superblock superblock = attached.superblock();
        if (superblock.has(DeviceFlag.WAS_UP_TO_DATE) || (torn && superblock.has(DeviceFlag.CONSISTENT))) {
            superblock.set(DeviceFlag.WAS_UP_TO_DATE, false);
            superblock.set(DeviceFlag.CONSISTENT, !torn && superblock.has(DeviceFlag.CONSISTENT));
            volume.persist();
        }
    }

    private boolean onlyPeersSee() {
        return resource.role() != Role.PRIMARY || resource.peerIsPrimary();
    }

    /** Every block counts as different from every peer. */
    void markEverything() {
        markForEverybody(0, volume.sectors());
    }

    void markForEverybody(long startSector, long endSector) {
        Disk attached = volume.disk();
        if (attached == null) {
            return;
        }
        forEachSlot(attached, slot -> attached.setOutOfSync(slot, startSector, endSector));
    }

    private static void forEachSlot(Disk attached, IntConsumer mark) {
        for (int node = 0; node < Superblock.PEERS; node++) {
            PeerEntry entry = attached.superblock().peer(node);
            if (entry.hasSlot()) {
                mark.accept(entry.bitmapIndex);
            }
        }
    }

    private void dataError(String operation, long sector, int errno) {
        Disk attached = volume.disk();
        if (attached == null) {
            return;
        }
        DiskOptions o = attached.options();
        resource.log(
                Events.Level.ERROR,
                volume.label(),
                operation + " at sector " + sector + " of " + attached.data().description() + " failed: "
                        + Errno.name(errno) + " (on-io-error " + o.onIoError() + "). "
                        + (errno == Errno.ENOSPC ? "Make room on its file system" : "Check the device"));
        passedErrors++;
        resource.changed();
        String what = operation + " at sector " + sector + " failed: " + Errno.name(errno);
        int number = volume.number();
        resource.happened(new Happening.IoError(number, false, !operation.equals("read"), errno, sector, 0));
        switch (o.onIoError()) {
            case PASSTHROUGH -> {
                if (passedErrors > o.maxPassthroughErrors()) {
                    giveUp("more than " + o.maxPassthroughErrors() + " I/O errors; the last: " + what);
                }
            }
            case PASS_ON -> {
                if (volume.diskState().compareTo(DiskState.INCONSISTENT) > 0) {
                    StateChange.imposed(resource, "I/O error")
                            .disk(volume, DiskState.INCONSISTENT)
                            .commit();
                }
                for (Connection c : resource.connections()) {
                    PeerDevice p = c.peerDevice(volume);
                    if (p != null) {
                        resource.considerLeftovers(p);
                    }
                }
            }
            case DETACH -> giveUp("I/O error: " + what);
            case CALL_LOCAL_IO_ERROR -> {
                resource.happened(new Happening.HandlerDue("local-io-error", Happening.NONE, number));
                giveUp("I/O error: " + what);
            }
        }
    }

    /** A disk was attached: what the one before it passed on does not count. */
    void forget() {
        passedErrors = 0;
        failure = "";
    }

    int passedErrors() {
        return passedErrors;
    }

    /** Why the disk that was attached last was given up, in words; empty if it was not. */
    String failure() {
        return failure;
    }

    /** When it was given up. */
    long failedAt() {
        return failedAt;
    }

    /** The disk cannot be used any more. */
    private void giveUp(String reason) {
        Disk failing = volume.disk();
        if (failing == null || volume.diskState().compareTo(DiskState.FAILED) <= 0) {
            return;
        }
        failure = "gave up " + failing.data().description() + ": " + reason;
        failedAt = resource.now();
        resource.log(
                Events.Level.ERROR,
                volume.label(),
                "gives up " + failing.data().description() + ": " + reason + ". Repair it, then attach it again");
        StateChange.imposed(resource, reason).disk(volume, DiskState.FAILED).commit();
        volume.requests().diskLost();
        // That the data are not good any more must be on the disk, if that is still possible.
        volume.markUnsafeWrites();
        failing.writer().persist(durable -> {
            if (volume.disk() == failing) {
                volume.release(reason, () -> {});
            }
        });
    }
}
