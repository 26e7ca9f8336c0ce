package io.bsr.core;

import io.bsr.base.state.DiskState;
import io.bsr.core.disk.Disk;
import io.bsr.core.option.DigestOptions;
import io.bsr.core.option.PeerDeviceOptions;
import io.bsr.core.option.VerifyPace;
import io.bsr.metadata.Superblock;
import io.bsr.wire.packet.QueueLimits;
import io.bsr.wire.packet.Sizes;
import io.bsr.wire.packet.SyncParam89;

/** What a node tells of each volume when a connection has been made (wire-protocol reference, section 7.8 step 7). */
final class InitialExchange {
    private InitialExchange() {}

    static void send(Connection connection) {
        for (PeerDevice p : connection.peerDevices()) {
            send(p);
        }
    }

    static void send(PeerDevice p) {
        Session session = p.connection().session();
        if (session == null) {
            return;
        }
        sendParameters(p, session);
        session.send(p.volume().number(), sizes(p.volume()));
        p.sendIdentifiers(0, 0);
        p.initialStateSent = true;
        p.sendState();
    }

    /** The algorithms and speeds of resync and verify. */
    static void sendParameters(PeerDevice p, Session session) {
        PeerDeviceOptions o = p.options();
        DigestOptions digests = p.connection().digests();
        VerifyPace pace = VerifyPace.from(o.given());
        session.send(
                p.volume().number(),
                new SyncParam89(
                        o.resyncRate(),
                        DigestOptions.name(digests.verify()),
                        DigestOptions.name(digests.csums()),
                        o.planAhead(),
                        o.delayTarget(),
                        o.fillTarget(),
                        o.maxRate(),
                        pace.blocks(),
                        pace.intervalMillis()));
    }

    static Sizes sizes(Volume volume) {
        Disk disk = volume.disk();
        boolean usable = disk != null && volume.diskState().compareTo(DiskState.NEGOTIATING) >= 0;
        long backing = usable && disk != null ? disk.sectors() : 0;
        boolean fresh = disk != null && disk.superblock().currentUuid == Superblock.UUID_JUST_CREATED;
        int block = volume.logicalBlockSize();
        return new Sizes(
                backing,
                disk == null ? 0 : disk.limit(),
                fresh ? 0 : volume.sectors(),
                io.bsr.base.port.VolumePort.MAX_TRANSFER,
                0,
                0,
                new QueueLimits(block, block, 0, block, 0, volume.discards(), false, false));
    }
}
