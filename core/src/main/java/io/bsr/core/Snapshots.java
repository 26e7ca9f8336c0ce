package io.bsr.core;

import io.bsr.base.state.ReplicationState;
import io.bsr.core.disk.Disk;
import io.bsr.core.snapshot.ConnectionSnapshot;
import io.bsr.core.snapshot.GenerationSnapshot;
import io.bsr.core.snapshot.PeerDeviceSnapshot;
import io.bsr.core.snapshot.ResourceSnapshot;
import io.bsr.core.snapshot.VolumeSnapshot;
import io.bsr.metadata.PeerEntry;
import java.util.ArrayList;
import java.util.List;

/** Takes pictures of the live objects. */
final class Snapshots {
    private static final long SECTORS_PER_BLOCK = 8;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private Snapshots() {}

    static ResourceSnapshot of(Resource resource) {
        List<VolumeSnapshot> volumes = new ArrayList<>();
        boolean flushes = false;
        int pending = 0;
        for (Volume v : resource.volumes()) {
            volumes.add(of(resource, v));
            Disk disk = v.disk();
            flushes |= disk != null && disk.writer().flushesData();
            pending += v.requests().inProgress();
        }
        List<ConnectionSnapshot> connections = new ArrayList<>();
        for (Connection c : resource.connections()) {
            connections.add(c.snapshot());
        }
        return new ResourceSnapshot(
                resource.name(),
                resource.nodeId().value(),
                resource.options().nodeName(),
                resource.role(),
                resource.suspension().text(),
                flushes ? "flush" : "drain",
                pending,
                volumes,
                connections,
                resource.options().given());
    }

    private static VolumeSnapshot of(Resource resource, Volume v) {
        Disk disk = v.disk();
        String flushes = disk == null
                ? ""
                : disk.writer().flushesData() ? "yes" : disk.data().volatileCache() ? "no" : "not needed";
        return new VolumeSnapshot(
                v.number(),
                v.minor().value(),
                v.diskState(),
                v.sectors(),
                v.requests().reads().sectorsRead,
                v.requests().writes().sectorsWritten,
                disk == null ? 0 : disk.writer().transactionsWritten(),
                disk == null ? 0 : disk.writer().bitmapBlocksWritten(),
                v.requests().inProgress(),
                v.requests().localOperations() + v.peerWrites().inProgress(),
                false,
                disk == null ? 0 : disk.activityLog().pendingCount(),
                disk == null ? 0 : disk.activityLog().used(),
                v.errors().passedErrors(),
                v.users().stream()
                        .map(io.bsr.base.port.VolumePort.User::description)
                        .toList(),
                disk == null ? "" : disk.data().description(),
                disk == null ? "" : disk.meta().description(),
                disk == null ? 0 : disk.metaIndex(),
                disk == null ? 0 : disk.storedFor(),
                flushes,
                resource.suspension().active() || resource.handshaking(),
                Waiting.of(resource, v),
                v.errors().failure(),
                v.errors().failedAt(),
                disk == null
                        ? GenerationSnapshot.NONE
                        : new GenerationSnapshot(
                                disk.superblock().currentUuid,
                                Generations.history(disk.superblock()),
                                disk.superblock().flags),
                v.options);
    }

    static PeerDeviceSnapshot of(PeerDevice p) {
        PeerEntry entry = p.entry();
        long outOfSync = p.outOfSyncBlocks() * SECTORS_PER_BLOCK;
        boolean syncing = StateRules.syncing(p.replication());
        boolean source = syncing && StateRules.sourceSide(p.replication());
        boolean target = syncing && !source;
        long total = target
                ? p.resyncTarget().totalBlocks()
                : source ? p.resyncSource().totalBlocks() : 0;
        long verified = 0;
        if (p.replication() == ReplicationState.VERIFY_S) {
            total = p.verifySource().totalBlocks();
            verified = total - p.verifySource().leftBlocks();
        } else if (p.replication() == ReplicationState.VERIFY_T) {
            total = p.verifyTarget().totalBlocks();
            verified = total - p.verifyTarget().leftBlocks();
        }
        boolean verify = !target && !source && total > 0;
        long began = verify
                ? verifyBegan(p)
                : target ? p.resyncTarget().beganAt() : p.resyncSource().beganAt();
        long left = verify ? (total - verified) * SECTORS_PER_BLOCK : outOfSync;
        long done = Math.max(0, total * SECTORS_PER_BLOCK - left);
        long nanos = Math.max(1, p.connection().resource().now() - began);
        String suspended = (p.pausedByUser() ? "user" : "")
                + (p.pausedByUser() && p.pausedByPeer() ? "," : "")
                + (p.pausedByPeer() ? "peer" : "");
        return new PeerDeviceSnapshot(
                p.volume().number(),
                p.replication(),
                p.peerDisk(),
                suspended.isEmpty() ? "no" : suspended,
                p.sectorsReceived(),
                p.sectorsSent(),
                outOfSync,
                p.pendingWrites(),
                p.connection().session() == null ? 0 : p.volume().peerWrites().inProgress(),
                total * SECTORS_PER_BLOCK,
                total == 0 ? 0 : left,
                total == 0 ? 0 : (long) ((double) done * NANOS_PER_SECOND / nanos),
                target ? p.resyncTarget().wantedBlocksPerSecond() * SECTORS_PER_BLOCK : 0,
                Waiting.of(p),
                p.startedDegraded,
                entry == null ? 0 : entry.bitmapUuid,
                entry == null ? 0 : entry.flags,
                p.options().given());
    }

    private static long verifyBegan(PeerDevice p) {
        return p.replication() == ReplicationState.VERIFY_S
                ? p.verifySource().beganAt()
                : p.verifyTarget().beganAt();
    }
}
