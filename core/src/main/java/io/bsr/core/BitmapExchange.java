package io.bsr.core;

import io.bsr.base.state.ReplicationState;
import io.bsr.core.disk.Disk;
import io.bsr.core.disk.OutOfSyncBitmap;
import io.bsr.wire.PacketType;
import io.bsr.wire.ProtocolException;
import io.bsr.wire.bitmap.BitRuns;
import io.bsr.wire.bitmap.BitmapReceiver;
import io.bsr.wire.bitmap.BitmapSender;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Sends this node's bitmap to a peer and merges the peer's (wire-protocol reference, section 9). The source sends first;
 * the target merges, then sends the union; the source merges, tells that the exchange is complete, and the resync
 * begins.
 */
final class BitmapExchange {
    private static final int PACKET_BYTES = 4096;

    /** The socket takes this much before sending goes on. */
    private static final long HIGH_WATER = 1L << 20;

    private final PeerDevice peerDevice;
    private final Resource resource;
    private @Nullable BitmapSender sender;
    private @Nullable BitmapReceiver receiver;

    BitmapExchange(PeerDevice peerDevice, Resource resource) {
        this.peerDevice = peerDevice;
        this.resource = resource;
    }

    void stop() {
        sender = null;
        receiver = null;
    }

    boolean sending() {
        return sender != null;
    }

    void send() {
        Disk disk = peerDevice.volume().disk();
        Session session = peerDevice.connection().session();
        if (disk == null || session == null) {
            return;
        }
        boolean useRle = peerDevice.connection().options().runLengthBitmap();
        sender = new BitmapSender(new Runs(disk.bitmap(), peerDevice.slot()), session.agreed, useRle);
        pump();
    }

    /** Sends as much as the socket takes now. */
    void pump() {
        BitmapSender active = sender;
        Session session = peerDevice.connection().session();
        if (active == null || session == null) {
            return;
        }
        while (!active.finished() && session.data.unsentBytes() < HIGH_WATER) {
            active.put(
                    session.data.output(PACKET_BYTES + 64), peerDevice.volume().number());
        }
        if (!active.finished()) {
            // Once more when this turn's output has left: if all of it did, nobody will say that it drained.
            resource.later(() -> {
                Session still = peerDevice.connection().session();
                if (still == session && session.data.unsentBytes() < HIGH_WATER) {
                    pump();
                }
            });
        }
        if (active.finished()) {
            sender = null;
            if (peerDevice.replication() == ReplicationState.WF_BITMAP_T) {
                resource.actions().targetSentBitmap(peerDevice);
            }
        }
    }

    /** A packet of the peer's bitmap. */
    void received(PacketType type, ByteBuffer in, int length) throws ProtocolException {
        Disk disk = peerDevice.volume().disk();
        Session session = peerDevice.connection().session();
        if (disk == null || session == null) {
            in.position(in.position() + length);
            return;
        }
        BitmapReceiver active = receiver;
        if (active == null) {
            OutOfSyncBitmap bitmap = disk.bitmap();
            int slot = peerDevice.slot();
            active = new BitmapReceiver(bitmap.bits(), (from, to) -> bitmap.set(slot, from, to - 1), session.agreed);
            receiver = active;
        }
        active.receive(type, in, length);
        if (active.finished()) {
            receiver = null;
            finished(session);
        }
    }

    private void finished(Session session) {
        switch (peerDevice.replication()) {
            case WF_BITMAP_T -> send();
            case WF_BITMAP_S -> {
                peerDevice.resyncSource().bitmapReceived();
                resource.actions().sourceHasBitmap(peerDevice, session);
            }
            case OFF,
                    ESTABLISHED,
                    STARTING_SYNC_S,
                    STARTING_SYNC_T,
                    WF_SYNC_UUID,
                    SYNC_SOURCE,
                    SYNC_TARGET,
                    VERIFY_S,
                    VERIFY_T,
                    PAUSED_SYNC_S,
                    PAUSED_SYNC_T,
                    AHEAD,
                    BEHIND ->
                peerDevice
                        .connection()
                        .fail(
                                io.bsr.base.state.ConnectionState.NETWORK_FAILURE,
                                "a bitmap arrived while the replication state is " + peerDevice.replication());
        }
    }

    private record Runs(OutOfSyncBitmap bitmap, int slot) implements BitRuns {
        @Override
        public long bits() {
            return bitmap.bits();
        }

        @Override
        public long nextSet(long from) {
            return bitmap.nextSet(slot, from);
        }

        @Override
        public long nextClear(long from) {
            return bitmap.nextClear(slot, from);
        }
    }
}
