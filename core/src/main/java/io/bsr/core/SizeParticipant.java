package io.bsr.core;

import io.bsr.base.port.Errno;
import io.bsr.base.port.Timers;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.disk.Disk;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataLayout;
import io.bsr.wire.packet.Sizes;
import io.bsr.wire.packet.TwoPhaseReply;
import io.bsr.wire.packet.TwoPhaseRequest;
import org.jspecify.annotations.Nullable;

/** The two-phase commit of a size that a peer asks for; see {@link SizeAgreement}. */
final class SizeParticipant {
    /** Largest size of the format, 1 EiB in sectors: what a node without a disk can have. */
    private static final long DISKLESS_SECTORS = 1L << 51;

    private static final long TENTH = 100_000_000L;

    /** A size that a peer asked for and this node is ready for. */
    private record Remote(TwoPhaseRequest request, Volume volume, Session session, Timers.Timer timer) {}

    private final Resource resource;
    private @Nullable Remote remote;

    SizeParticipant(Resource resource) {
        this.resource = resource;
    }

    boolean running() {
        return remote != null;
    }

    void connectionLost(Connection connection) {
        Remote ready = remote;
        if (ready != null && ready.session.connection == connection) {
            forget(ready.request);
        }
    }

    void onPrepare(Session session, int number, TwoPhaseRequest request) {
        PeerDevice p = session.connection.peerDevice(number);
        if (resource.clusterChange().running() || p == null || p.handshaking()) {
            answer(session, number, request, TwoPhaseReply.Answer.RETRY, 0);
            return;
        }
        Volume volume = p.volume();
        Disk disk = volume.disk();
        String refusal = refusal(p, request);
        if (!refusal.isEmpty()) {
            resource.log(Events.Level.WARN, volume.label(), "refuses a resize that the peer asks for: " + refusal);
            answer(session, number, request, TwoPhaseReply.Answer.NO, 0);
            return;
        }
        long patience = resource.options().twoPhaseTimeout() * TENTH;
        Timers.Timer timer = resource.timers().schedule(patience + patience / 4, () -> forget(request));
        remote = new Remote(request, volume, session, timer);
        if (disk == null) {
            answer(session, number, request, TwoPhaseReply.Answer.YES, DISKLESS_SECTORS);
            return;
        }
        disk.remeasure(errno -> {
            Remote still = remote;
            if (still == null || still.request.tid() != request.tid()) {
                return;
            }
            long largest = largest(disk);
            boolean good = errno == Errno.OK && volume.disk() == disk && largest > 0;
            if (!good) {
                forget(request);
            }
            answer(session, number, request, good ? TwoPhaseReply.Answer.YES : TwoPhaseReply.Answer.NO, largest);
        });
    }

    private String refusal(PeerDevice p, TwoPhaseRequest request) {
        Volume volume = p.volume();
        if (volume.disk() != null && p.replication() != ReplicationState.ESTABLISHED) {
            return "the replication state is " + p.replication();
        }
        if (VolumeResize.resyncDue(p)) {
            return VolumeResize.whyResyncDue(p);
        }
        if (volume.resize().running()) {
            return "another resize is not finished";
        }
        boolean shrinks = request.userSectors() > 0 && request.userSectors() < volume.sectors();
        return shrinks && resource.openUsers() > 0 ? "somebody here has the volume open" : "";
    }

    private static long largest(Disk disk) {
        try {
            return disk.sectorsWith(disk.layoutFor(disk.layout().ring()));
        } catch (MetadataException e) {
            return 0;
        }
    }

    private void answer(
            Session session, int volume, TwoPhaseRequest request, TwoPhaseReply.Answer answer, long largest) {
        if (!session.alive) {
            return;
        }
        long self = resource.nodeId().mask();
        long reachable = self;
        for (Connection c : resource.connections()) {
            reachable |= c.connected() ? c.peer().mask() : 0;
        }
        PeerDevice p = session.connection.peerDevice(volume);
        boolean primaryWithDisk =
                resource.role() == Role.PRIMARY && p != null && p.volume().usableDisk() != null;
        session.sendControl(
                volume,
                new TwoPhaseReply(
                        answer, request.tid(), request.initiator(), reachable, primaryWithDisk ? self : 0, largest));
    }

    /** True if the packet belongs to a resize. */
    boolean onCommit(Session session, TwoPhaseRequest request) {
        Remote ready = remote;
        if (ready == null || ready.request.tid() != request.tid() || ready.session != session) {
            return false;
        }
        forget(ready.request);
        Volume volume = ready.volume;
        Disk disk = volume.disk();
        PeerDevice p = session.connection.peerDevice(volume);
        if (disk == null || p == null) {
            return true;
        }
        long sectors = request.exposedSectors();
        MetadataLayout layout;
        try {
            layout = disk.layoutFor(disk.layout().ring());
        } catch (MetadataException e) {
            session.connection.failAndRetry("the size that the peer committed is not possible here: " + e.what());
            return true;
        }
        if (sectors <= 0 || sectors > disk.sectorsWith(layout)) {
            session.connection.failAndRetry(
                    "the peer committed " + sectors + " sectors, the disk here offers " + disk.sectorsWith(layout));
            return true;
        }
        boolean clean = (ready.request.growFlags() & Sizes.NO_RESYNC) != 0;
        boolean grows = sectors > volume.sectors();
        // As the initiator has it: the role may have changed since this node told it, and both must not become the
        // target.
        boolean source = (request.primaryNodes() & resource.nodeId().mask()) != 0;
        VolumeResize.Part part = source ? VolumeResize.Part.SOURCE : VolumeResize.Part.TARGET;
        volume.resize().apply(disk, layout, sectors, ready.request.userSectors(), part, clean, durable -> {
            if (durable && session.alive && source && grows) {
                volume.resize().beginAsSource(p, clean);
            } else if (durable && session.alive) {
                session.send(volume.number(), InitialExchange.sizes(volume));
                if (clean) {
                    resource.considerLeftovers(p);
                }
            }
        });
        if (!source && grows) {
            volume.resize().beginAsTarget(p, clean);
        }
        return true;
    }

    /** True if the packet belongs to a resize. */
    boolean onAbort(Session session, TwoPhaseRequest request) {
        Remote ready = remote;
        boolean mine = ready != null && ready.request.tid() == request.tid() && ready.session == session;
        if (mine) {
            forget(request);
        }
        return mine;
    }

    private void forget(TwoPhaseRequest request) {
        Remote ready = remote;
        if (ready != null && ready.request.tid() == request.tid()) {
            remote = null;
            ready.timer.cancel();
        }
    }
}
