package io.bsr.core;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.port.Errno;
import io.bsr.base.port.Timers;
import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.disk.Disk;
import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.PeerEntry;
import io.bsr.metadata.PeerFlag;
import io.bsr.wire.packet.Sizes;
import io.bsr.wire.packet.TwoPhaseReply;
import io.bsr.wire.packet.TwoPhaseRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A size that all connected nodes agree on, in two phases (wire-protocol reference, section 15.6).
 *
 * <pre>
 *   initiator                                    participant
 *   measure own disk ── PREP_RSZ ──────────────▶ measure own disk
 *                    ◀───────── YES, my largest ──
 *   Primary: grow durably, then ── COMMIT ─────▶ grow as target, resync
 *   Secondary:                  ── COMMIT ─────▶ Primary: grow durably, then serve the resync
 *              grow as target, resync
 * </pre>
 *
 * The Primary has the new size on disk before its users can write there, and every packet beyond the former size comes
 * after the COMMIT in the same stream. Without a Primary the initiator is the source.
 */
final class SizeAgreement {
    private static final long TENTH = 100_000_000L;

    /** A size that this node asked for. */
    private static final class Own {
        final Volume volume;
        final ResizeRequest wanted;
        final Disk disk;
        final MetadataLayout layout;
        final Reply reply;
        final List<Session> sessions = new ArrayList<>();
        final List<Session> awaited = new ArrayList<>();

        @Nullable TwoPhaseRequest request;

        Timers.@Nullable Timer timer;
        long largest;
        /** Node mask: the peers that are Primary with a disk, as they said. */
        long peerPrimaries;

        Own(Volume volume, ResizeRequest wanted, Disk disk, MetadataLayout layout, Reply reply) {
            this.volume = volume;
            this.wanted = wanted;
            this.disk = disk;
            this.layout = layout;
            this.reply = reply;
        }
    }

    private final Resource resource;
    private boolean measuring;
    private @Nullable Own own;
    private final SizeParticipant participant;
    private final OneStepResize oneStep;

    SizeAgreement(Resource resource) {
        this.resource = resource;
        participant = new SizeParticipant(resource);
        oneStep = new OneStepResize(resource);
    }

    boolean running() {
        return measuring || own != null || participant.running() || oneStep.running();
    }

    /** With DRBD 8.4. */
    OneStepResize oneStep() {
        return oneStep;
    }

    // ------------------------------------------------------------------------------------------------ as initiator

    /** An administrator's request. */
    void resize(Volume volume, ResizeRequest wanted, Reply reply) {
        Disk disk = volume.usableDisk();
        if (disk == null) {
            refuse(reply, ErrorCode.NO_DISK, "the disk of " + volume.label() + " is " + volume.diskState());
        } else if (allowed(volume, reply)) {
            start(volume, disk, wanted, reply);
        }
    }

    /** Looks whether a size may be decided on here; the request is refused if not. */
    private boolean allowed(Volume volume, Reply reply) {
        boolean primary = resource.role() == Role.PRIMARY && volume.diskState() == DiskState.UP_TO_DATE;
        for (Connection c : resource.connections()) {
            PeerDevice p = c.peerDevice(volume);
            if (p != null && p.replication().compareTo(ReplicationState.ESTABLISHED) > 0) {
                refuse(reply, ErrorCode.RESIZE_DURING_RESYNC, p.label() + " is " + p.replication());
                return false;
            }
            primary |= p != null
                    && p.replication() == ReplicationState.ESTABLISHED
                    && c.peerRole() == Role.PRIMARY
                    && p.peerDisk() == DiskState.UP_TO_DATE;
        }
        if (!primary) {
            refuse(reply, ErrorCode.NO_PRIMARY, "make a node with UpToDate data Primary first");
        }
        return primary;
    }

    /**
     * Both nodes have more room than the volume uses, as after both disks grew while one node was down: the Primary, or
     * the lower node id, asks for it.
     */
    void considerRoom(PeerDevice p) {
        Volume volume = p.volume();
        Disk disk = volume.usableDisk();
        boolean asker = resource.role() == Role.PRIMARY
                || (p.connection().peerRole() != Role.PRIMARY
                        && resource.nodeId().value() < p.connection().peer().value());
        if (disk == null
                || !asker
                || p.roomConsidered
                || p.peerSectors == 0
                || !p.connection().protocol().agreesOnSizes()) {
            return;
        }
        long limit = smallerNonZero(disk.limit(), p.peerLimit);
        long room = smallerNonZero(limit, Math.min(disk.sectors(), p.peerSectors));
        if (room <= volume.sectors()) {
            return;
        }
        p.roomConsidered = true;
        resource.later(() -> {
            boolean still = p.replication() == ReplicationState.ESTABLISHED
                    && p.peerDisk() == DiskState.UP_TO_DATE
                    && volume.diskState() == DiskState.UP_TO_DATE
                    && volume.disk() == disk
                    && !p.handshaking();
            if (still) {
                start(volume, disk, new ResizeRequest(room == limit ? limit : 0, false, false, 0, 0), outcome -> {
                    if (!outcome.success()) {
                        p.roomConsidered = false;
                        resource.log(
                                Events.Level.WARN,
                                p.label(),
                                "all nodes have room for " + room + " sectors, but could not agree: "
                                        + outcome.detail());
                    }
                });
            } else {
                p.roomConsidered = false;
            }
        });
    }

    private static long smallerNonZero(long a, long b) {
        return a == 0 ? b : b == 0 ? a : Math.min(a, b);
    }

    private void start(Volume volume, Disk disk, ResizeRequest wanted, Reply reply) {
        if (resource.clusterChange().running() || volume.resize().running()) {
            refuse(reply, ErrorCode.CONCURRENT_STATE_CHANGE, "another change of the cluster is going on; try again");
            return;
        }
        measuring = true;
        disk.remeasure(errno -> {
            measuring = false;
            if (errno != Errno.OK || volume.disk() != disk) {
                refuse(reply, ErrorCode.NO_DISK, "the size of the disk could not be read: " + Errno.name(errno));
                return;
            }
            // A Secondary that lost the Primary meanwhile must not begin a size, and with it a generation, of its own.
            boolean byItself = volume.goodPeer() == null;
            MetadataLayout layout = byItself && !allowed(volume, reply) ? null : layout(disk, wanted, volume, reply);
            if (layout != null) {
                ask(new Own(volume, wanted, disk, layout, reply));
            }
        });
    }

    /** Where the metadata belong; {@code null} if they find no place, and the request is refused. */
    private static @Nullable MetadataLayout layout(Disk disk, ResizeRequest wanted, Volume volume, Reply reply) {
        ActivityLogRing present = disk.layout().ring();
        long blocks = wanted.ringBlocks(present);
        if (blocks > ActivityLogRing.MAX_BLOCKS) {
            refuse(reply, ErrorCode.LAYOUT_TOO_BIG, "an activity log of " + blocks * 4 + " KiB; 32 MiB are possible");
            return null;
        }
        if (!ActivityLogRing.valid(wanted.stripes(present), wanted.stripeBlocks(present))) {
            refuse(reply, ErrorCode.LAYOUT_TOO_SMALL, "an activity log of " + blocks * 4 + " KiB; it needs 32 KiB");
            return null;
        }
        ActivityLogRing ring = new ActivityLogRing(wanted.stripes(present), wanted.stripeBlocks(present));
        if (ring.maxActiveExtents() < disk.activityLog().slots()) {
            refuse(
                    reply,
                    ErrorCode.LAYOUT_TOO_SMALL,
                    "al-extents " + disk.activityLog().slots() + " need a larger activity log; this one can hold "
                            + ring.maxActiveExtents() + ". Attach with fewer al-extents first");
            return null;
        }
        try {
            MetadataLayout next = disk.layoutFor(ring);
            if (disk.sectorsWith(next) < volume.sectors()) {
                boolean ringChanges = !ring.equals(present);
                refuse(
                        reply,
                        ringChanges ? ErrorCode.LAYOUT_NO_FIT : ErrorCode.DISK_TOO_SMALL,
                        "with its metadata the device offers " + disk.sectorsWith(next) + " sectors, the volume has "
                                + volume.sectors()
                                + (ringChanges ? ". Enlarge the device, or shrink the volume first" : ""));
                return null;
            }
            return next;
        } catch (MetadataException e) {
            refuse(reply, ErrorCode.LAYOUT_NO_FIT, e.what() + ": " + e.why() + ". " + e.remedy());
            return null;
        }
    }

    private void ask(Own asked) {
        asked.largest = asked.disk.sectorsWith(asked.layout);
        if (asked.wanted.sectors() > asked.largest) {
            refuse(
                    asked.reply,
                    ErrorCode.DISK_TOO_SMALL,
                    "the disk of this node offers " + asked.largest + " sectors. Enlarge it first");
            return;
        }
        if (resource.clusterChange().running()) {
            refuse(asked.reply, ErrorCode.CONCURRENT_STATE_CHANGE, "another change of the cluster began; try again");
            return;
        }
        int flags = (asked.wanted.assumePeerHasSpace() ? Sizes.ASSUME_PEER_HAS_SPACE : 0)
                | (asked.wanted.assumeClean() ? Sizes.NO_RESYNC : 0);
        int tid = 0;
        while (tid == 0) {
            tid = (int) resource.entropy().nextLong();
        }
        long reach = ~resource.nodeId().mask();
        for (Connection c : resource.connections()) {
            Session session = c.session();
            PeerDevice p = c.peerDevice(asked.volume);
            if (p != null && p.handshaking()) {
                refuse(asked.reply, ErrorCode.IN_TRANSIENT_STATE, "a peer is just connecting; try again");
                return;
            }
            if (p != null && VolumeResize.resyncDue(p)) {
                refuse(asked.reply, ErrorCode.RESIZE_DURING_RESYNC, VolumeResize.whyResyncDue(p));
                return;
            }
            if (c.connected() && session != null && p != null && !session.protocol.agreesOnSizes()) {
                oneStep.ask(p, session, asked.disk, asked.layout, asked.wanted, asked.reply);
                return;
            }
            if (c.connected() && session != null && p != null) {
                asked.sessions.add(session);
                reach &= ~c.peer().mask();
            }
        }
        own = asked;
        if (asked.sessions.isEmpty()) {
            decide(asked);
            return;
        }
        asked.awaited.addAll(asked.sessions);
        TwoPhaseRequest request =
                TwoPhaseRequest.prepareResize(tid, resource.nodeId().value(), reach, asked.wanted.sectors(), flags);
        asked.request = request;
        asked.timer = resource.timers()
                .schedule(
                        resource.options().twoPhaseTimeout() * TENTH,
                        () -> giveUp(asked, ErrorCode.TIMEOUT, "a peer did not say how large its disk is"));
        for (Session session : asked.sessions) {
            session.send(asked.volume.number(), request);
        }
    }

    /** True if the answer was one to a question of this kind. */
    boolean onReply(Session session, TwoPhaseReply reply) {
        Own asked = own;
        if (asked == null || asked.request == null || asked.request.tid() != reply.tid()) {
            return false;
        }
        if (!asked.awaited.remove(session)) {
            return true;
        }
        switch (reply.answer()) {
            case NO ->
                giveUp(
                        asked,
                        ErrorCode.CW_FAILED_BY_PEER,
                        session.connection.label() + " refused: see its log for the reason");
            case RETRY -> giveUp(asked, ErrorCode.CONCURRENT_STATE_CHANGE, "a peer is busy with another change");
            case YES -> {
                asked.largest = Math.min(asked.largest, reply.maxPossibleSectors());
                asked.peerPrimaries |= reply.primaryNodes() & ~resource.nodeId().mask();
                if (asked.awaited.isEmpty()) {
                    decide(asked);
                }
            }
        }
        return true;
    }

    private void giveUp(Own asked, ErrorCode code, String detail) {
        if (own == asked) {
            abort(asked);
            refuse(asked.reply, code, detail);
        }
    }

    private void abort(Own asked) {
        end(asked);
        TwoPhaseRequest request = asked.request;
        for (Session session : asked.sessions) {
            if (session.alive && request != null) {
                session.send(asked.volume.number(), request.abort());
            }
        }
    }

    private void end(Own asked) {
        own = null;
        if (asked.timer != null) {
            asked.timer.cancel();
        }
    }

    /** Everybody has said how large its disk is. */
    private void decide(Own asked) {
        Volume volume = asked.volume;
        if (volume.disk() != asked.disk || volume.usableDisk() == null) {
            giveUp(asked, ErrorCode.NO_DISK, "the disk was lost meanwhile");
            return;
        }
        long now = volume.sectors();
        long wanted = asked.wanted.sectors();
        if (wanted > asked.largest) {
            giveUp(
                    asked,
                    ErrorCode.DISK_TOO_SMALL,
                    "the disk of a peer offers " + asked.largest + " sectors. Enlarge it there first");
            return;
        }
        String unknown = wanted < now && wanted > 0 ? "" : peersOfUnknownSize(asked);
        long next = wanted > 0 ? wanted : asked.largest;
        if (!unknown.isEmpty() && next > now) {
            next = now;
        }
        if (next < now && wanted == 0) {
            giveUp(
                    asked,
                    ErrorCode.IMPLICIT_SHRINK,
                    "a disk offers only " + next + " sectors, the volume has " + now + ". Use --size=" + next
                            + "s to shrink it, after what is on it was made smaller");
            return;
        }
        if (next < now && resource.openUsers() > 0) {
            giveUp(asked, ErrorCode.DEVICE_IN_USE, "only a volume that nobody has open can be made smaller");
            return;
        }
        if (next == now) {
            abort(asked);
            Outcome outcome = unknown.isEmpty()
                    ? Outcome.OK
                    : Outcome.of(
                            ErrorCode.NOTHING_TO_DO,
                            "the size stays " + now + " sectors: " + unknown
                                    + " is not connected, and may have no room for more. Connect it, or use"
                                    + " --assume-peer-has-space");
            volume.resize()
                    .apply(
                            asked.disk,
                            asked.layout,
                            now,
                            wanted,
                            VolumeResize.Part.TARGET,
                            true,
                            durable -> asked.reply.done(durable ? outcome : failed()));
            return;
        }
        commit(asked, next);
    }

    private static Outcome failed() {
        return Outcome.of(ErrorCode.META_IO_ERROR, "the metadata could not be written; the disk was given up");
    }

    private String peersOfUnknownSize(Own asked) {
        if (asked.wanted.assumePeerHasSpace()) {
            return "";
        }
        for (Connection c : resource.connections()) {
            PeerDevice p = c.peerDevice(asked.volume);
            PeerEntry entry = p == null ? null : p.entry();
            boolean counts = entry != null && entry.has(PeerFlag.DEVICE_SEEN);
            if (counts && !c.connected()) {
                return c.label();
            }
        }
        return "";
    }

    private void commit(Own asked, long sectors) {
        end(asked);
        Volume volume = asked.volume;
        boolean clean = asked.wanted.assumeClean();
        boolean source = resource.role() == Role.PRIMARY || asked.peerPrimaries == 0;
        VolumeResize.Part part = source ? VolumeResize.Part.SOURCE : VolumeResize.Part.TARGET;
        if (!source) {
            tellCommit(asked, sectors);
        }
        long former = volume.sectors();
        volume.resize().apply(asked.disk, asked.layout, sectors, asked.wanted.sectors(), part, clean, durable -> {
            if (!durable) {
                abort(asked);
                asked.reply.done(failed());
                return;
            }
            if (source) {
                tellCommit(asked, sectors);
            }
            for (Session session : asked.sessions) {
                PeerDevice p = session.connection.peerDevice(volume);
                if (session.alive && p != null && source && sectors > former) {
                    volume.resize().beginAsSource(p, clean);
                } else if (session.alive) {
                    session.send(volume.number(), InitialExchange.sizes(volume));
                }
            }
            asked.reply.done(Outcome.OK);
        });
        if (!source && sectors > former) {
            for (Session session : asked.sessions) {
                PeerDevice p = session.connection.peerDevice(volume);
                // As it answered: by now it may be demoted, and still is the source.
                if (p != null
                        && (asked.peerPrimaries & session.connection.peer().mask()) != 0) {
                    volume.resize().beginAsTarget(p, clean);
                }
            }
        }
    }

    private void tellCommit(Own asked, long sectors) {
        TwoPhaseRequest request = asked.request;
        long self = resource.role() == Role.PRIMARY ? resource.nodeId().mask() : 0;
        long primaries = self | asked.peerPrimaries;
        for (Session session : asked.sessions) {
            if (session.alive && request != null) {
                session.send(asked.volume.number(), request.commitResize(primaries, sectors));
            }
        }
    }

    // ------------------------------------------------------------------------------------------------ as participant

    void onPrepare(Session session, int number, TwoPhaseRequest request) {
        participant.onPrepare(session, number, request);
    }

    /** True if the packet belongs to a resize. */
    boolean onCommit(Session session, TwoPhaseRequest request) {
        return participant.onCommit(session, request);
    }

    /** True if the packet belongs to a resize. */
    boolean onAbort(Session session, TwoPhaseRequest request) {
        return participant.onAbort(session, request);
    }

    void connectionLost(Connection connection) {
        Own asked = own;
        if (asked != null && asked.sessions.removeIf(session -> session.connection == connection)) {
            giveUp(asked, ErrorCode.CW_FAILED_BY_PEER, "the connection to a peer was lost");
        }
        participant.connectionLost(connection);
        oneStep.connectionLost(connection);
    }

    /** The peer's volume is larger than this one while both are connected: a COMMIT came too late here. */
    void missedCommit(PeerDevice p) {
        p.connection()
                .fail(
                        ConnectionState.NETWORK_FAILURE,
                        "the peer's volume has " + p.peerCurrentSectors + " sectors, this one "
                                + p.volume().agreedSectors() + ": sizes are compared anew");
    }

    private static void refuse(Reply reply, ErrorCode code, String detail) {
        reply.done(Outcome.of(code, detail));
    }
}
