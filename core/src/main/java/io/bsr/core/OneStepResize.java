package io.bsr.core;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.port.Errno;
import io.bsr.base.port.Timers;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.disk.Disk;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataLayout;
import io.bsr.wire.packet.Sizes;
import org.jspecify.annotations.Nullable;

/**
 * A larger size with DRBD 8.4 (wire-protocol reference, section 7.3). There is no agreement: each node takes the smaller of
 * both disks for the size as soon as it knows them, and the resync of the new space begins without an exchange of bitmaps.
 *
 * <pre>
 *   asks                                                    is asked
 *   measure ── P_UUIDS, P_SIZES (disk, current size 0) ───▶ measure, grow durably
 *   grow durably ◀────────── P_SIZES (disk, new size) ─────
 *                source: P_UUIDS, P_SYNC_UUID ─────────────▶ target: WFSyncUUID, SyncTarget
 * </pre>
 *
 * The Primary is the source, whoever asks. What it begins is a new generation, as in {@link VolumeResize}.
 */
final class OneStepResize {
    private static final long TENTH = 100_000_000L;

    /** A size that this node asked for. */
    private record Own(
            PeerDevice p,
            Session session,
            Disk disk,
            MetadataLayout layout,
            ResizeRequest wanted,
            Reply reply,
            Timers.Timer timer) {
        long largest() {
            return disk.sectorsWith(layout);
        }
    }

    private final Resource resource;
    private @Nullable Own own;

    OneStepResize(Resource resource) {
        this.resource = resource;
    }

    boolean running() {
        return own != null;
    }

    // ------------------------------------------------------------------------------------------------ as asker

    /** Asks the peer, which grows at once if both disks have room; its answer says how large its disk is. */
    void ask(PeerDevice p, Session session, Disk disk, MetadataLayout layout, ResizeRequest wanted, Reply reply) {
        Volume volume = p.volume();
        if (wanted.sectors() > 0 && wanted.sectors() < volume.sectors()) {
            reply.refuse(
                    ErrorCode.INVALID_REQUEST,
                    "a volume that a DRBD 8.4 shares cannot be made smaller while it is connected");
            return;
        }
        Timers.Timer timer = resource.timers()
                .schedule(
                        resource.options().twoPhaseTimeout() * TENTH,
                        () -> giveUp(p, ErrorCode.TIMEOUT, "the peer did not say how large its disk is"));
        Own asked = new Own(p, session, disk, layout, wanted, reply, timer);
        own = asked;
        Sizes now = InitialExchange.sizes(volume);
        p.sendIdentifiers(0, 0);
        session.send(
                volume.number(),
                new Sizes(
                        asked.largest(),
                        wanted.sectors(),
                        0,
                        now.maxTransferBytes(),
                        now.queueOrderType(),
                        wanted.assumeClean() ? Sizes.NO_RESYNC : 0,
                        now.limits()));
    }

    private void giveUp(PeerDevice p, ErrorCode code, String detail) {
        Own asked = own;
        if (asked != null && asked.p == p) {
            own = null;
            asked.timer.cancel();
            asked.reply.refuse(code, detail);
        }
    }

    void connectionLost(Connection connection) {
        Own asked = own;
        if (asked != null && asked.p.connection() == connection) {
            giveUp(asked.p, ErrorCode.CW_FAILED_BY_PEER, "the connection to the peer was lost");
        }
    }

    private void answered(Own asked, Sizes theirs) {
        own = null;
        asked.timer.cancel();
        Volume volume = asked.p.volume();
        if (volume.disk() != asked.disk || volume.usableDisk() == null) {
            asked.reply.refuse(ErrorCode.NO_DISK, "the disk was lost meanwhile");
            return;
        }
        long wanted = asked.wanted.sectors();
        if (wanted > theirs.backingSectors()) {
            // It has taken over the limit, and hears that it does not count.
            asked.session.send(volume.number(), InitialExchange.sizes(volume));
            asked.reply.refuse(
                    ErrorCode.DISK_TOO_SMALL,
                    "the disk of the peer offers " + theirs.backingSectors() + " sectors. Enlarge it there first");
            return;
        }
        long possible = Math.min(theirs.backingSectors(), asked.largest());
        long next = Math.max(volume.sectors(), wanted > 0 ? wanted : possible);
        grow(asked.p, asked.session, asked.disk, asked.layout, next, wanted, asked.wanted.assumeClean(), asked.reply);
    }

    // ------------------------------------------------------------------------------------------------ as the one that
    // is asked

    /** P_SIZES of a peer that is connected, and has room for what this volume is now. */
    void told(PeerDevice p, Session session, Sizes theirs) {
        Own asked = own;
        if (asked != null && asked.p == p) {
            answered(asked, theirs);
            return;
        }
        Volume volume = p.volume();
        Disk disk = volume.usableDisk();
        boolean asks = theirs.currentSectors() == 0;
        if (!asks && theirs.currentSectors() <= volume.agreedSectors()) {
            return;
        }
        boolean possible = disk != null
                && p.replication() == ReplicationState.ESTABLISHED
                && p.peerDisk().atLeast(DiskState.INCONSISTENT)
                && !VolumeResize.resyncDue(p)
                && !volume.resize().running();
        if (!possible || disk == null) {
            if (asks) {
                session.send(volume.number(), InitialExchange.sizes(volume));
            }
            return;
        }
        // What comes next may be about the new space.
        session.waitsForDisks = true;
        session.data.pauseReading();
        disk.remeasure(errno -> {
            if (!session.alive) {
                return;
            }
            session.waitsForDisks = false;
            if (errno != Errno.OK || volume.disk() != disk) {
                p.connection().failAndRetry("the disk here could not be measured");
                return;
            }
            follow(p, session, disk, theirs);
            if (session.alive) {
                session.data.resumeReading();
            }
        });
    }

    private void follow(PeerDevice p, Session session, Disk disk, Sizes theirs) {
        Volume volume = p.volume();
        MetadataLayout layout;
        try {
            layout = disk.layoutFor(disk.layout().ring());
        } catch (MetadataException e) {
            p.connection().giveUp("the peer's volume grows, and the metadata find no place here: " + e.what());
            return;
        }
        long limit = theirs.userSectors();
        long possible = Math.min(theirs.backingSectors(), disk.sectorsWith(layout));
        long next = limit > 0 ? Math.min(limit, possible) : possible;
        if (next < theirs.currentSectors()) {
            p.connection()
                    .giveUp("the peer's volume has " + theirs.currentSectors() + " sectors, the disk here offers "
                            + disk.sectorsWith(layout) + ". Enlarge it");
        } else if (next <= volume.sectors()) {
            session.send(volume.number(), InitialExchange.sizes(volume));
        } else {
            boolean clean = (theirs.growFlags() & Sizes.NO_RESYNC) != 0;
            grow(p, session, disk, layout, next, limit, clean, outcome -> {});
        }
    }

    // ------------------------------------------------------------------------------------------------ as both

    private void grow(
            PeerDevice p,
            Session session,
            Disk disk,
            MetadataLayout layout,
            long sectors,
            long limit,
            boolean clean,
            Reply reply) {
        Volume volume = p.volume();
        boolean grows = sectors > volume.sectors();
        Role peerRole = p.connection().peerRole();
        boolean source = resource.role() == peerRole ? session.resolvesConflicts : resource.role() == Role.PRIMARY;
        VolumeResize.Part part = source ? VolumeResize.Part.SOURCE : VolumeResize.Part.TARGET;
        volume.resize().apply(disk, layout, sectors, limit, part, clean, durable -> {
            if (!durable) {
                reply.refuse(ErrorCode.META_IO_ERROR, "the metadata could not be written; the disk was given up");
                return;
            }
            if (session.alive) {
                session.send(volume.number(), InitialExchange.sizes(volume));
                if (grows && source) {
                    beginAsSource(p, session, clean);
                }
            }
            reply.done(Outcome.OK);
        });
        if (grows && !source && !clean) {
            resource.actions().targetOfNewSpace(p);
        }
    }

    private void beginAsSource(PeerDevice p, Session session, boolean clean) {
        boolean possible = p.replication() == ReplicationState.ESTABLISHED
                && p.peerDisk().atLeast(DiskState.INCONSISTENT)
                && p.outOfSyncBlocks() > 0;
        if (!possible) {
            return;
        }
        if (VolumeResize.resyncDue(p)) {
            VolumeResize.compareAnew(p);
            return;
        }
        p.sendIdentifiers(0, 0);
        if (clean) {
            resource.considerLeftovers(p);
        } else {
            resource.actions().sourceOfNewSpace(p, session);
        }
    }
}
