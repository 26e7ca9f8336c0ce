package io.bsr.core;

import io.bsr.base.Units;
import io.bsr.base.port.IoRequest;
import io.bsr.core.option.Protocol;
import io.bsr.wire.DpFlags;
import io.bsr.wire.Feature;
import io.bsr.wire.PacketHeader;
import io.bsr.wire.PacketType;
import io.bsr.wire.data.BarrierLayout;
import io.bsr.wire.data.TrimLayout;
import io.bsr.wire.packet.Dagtag;
import io.bsr.wire.packet.PeerAck;
import java.util.Objects;

/** Sends the writes of this node's users to one peer, and what belongs to them: barriers, counts, what is safe. */
final class WriteSender {
    private final Connection connection;

    WriteSender(Connection connection) {
        this.connection = connection;
    }

    /** Sends a write; the caller has put the peer into its masks. */
    void write(Session on, PeerDevice peerDevice, WriteRequest write) {
        if (on.sentEpochs.barrierNeededBefore(write.epoch)) {
            barrier(on);
        }
        long expected = write.dagtag - write.sectors();
        if (on.protocol.countsWrites() && on.peerDagtag != expected) {
            on.send(new Dagtag(expected));
        }
        on.peerDagtag = write.dagtag;
        on.sentEpochs.writeSent(write.epoch);
        int flags = ackFlags(peerDevice, write, clearsBits(peerDevice)) | (write.forceUnitAccess ? DpFlags.FUA : 0);
        if ((flags & DpFlags.MAY_SET_IN_SYNC) != 0) {
            // Both clear the bits, or neither does.
            write.inSyncWhenAcked |= 1 << connection.peer().value();
        }
        IoRequest user = Objects.requireNonNull(write.user);
        int bytes = write.sectors() << 9;
        switch (write.operation) {
            case WRITE -> {
                on.sendData(
                        PacketType.DATA,
                        peerDevice.volume().number(),
                        write.startSector,
                        write.blockId(),
                        peerDevice.nextSequence(),
                        flags,
                        Objects.requireNonNull(user.buffer),
                        bytes);
            }
            case TRIM -> {
                boolean zeroes = on.protocol.discardsAsZeroes() && on.agreed.has(Feature.WZEROES);
                sendTrim(
                        on,
                        peerDevice,
                        write,
                        zeroes ? PacketType.ZEROES : PacketType.TRIM,
                        flags | DpFlags.DISCARD | (zeroes ? DpFlags.ZEROES : 0));
            }
            case WRITE_ZEROES -> {
                // Where zeroes are not agreed upon, a discard means them.
                boolean zeroes = on.agreed.has(Feature.WZEROES);
                sendTrim(
                        on,
                        peerDevice,
                        write,
                        zeroes ? PacketType.ZEROES : PacketType.TRIM,
                        flags | (zeroes ? DpFlags.ZEROES : 0) | (user.mayUnmap || !zeroes ? DpFlags.DISCARD : 0));
            }
            case READ, FLUSH -> throw new IllegalStateException(write.operation + " is no write");
        }
        peerDevice.countSent(write.sectors());
    }

    /** Declares the blocks of a write different, which the peer does not get now. */
    void outOfSync(Session on, PeerDevice peerDevice, WriteRequest write) {
        if (on.sentEpochs.barrierNeededBefore(write.epoch)) {
            barrier(on);
        }
        on.sendOutOfSync(peerDevice, write.startSector, write.sectors() << Units.SECTOR_SHIFT);
    }

    private static void sendTrim(Session on, PeerDevice peerDevice, WriteRequest write, PacketType type, int flags) {
        TrimLayout.put(
                on.data.output(64),
                on.agreed,
                type,
                peerDevice.volume().number(),
                write.startSector,
                write.blockId(),
                peerDevice.nextSequence(),
                flags,
                write.sectors() << 9,
                0);
    }

    /**
     * With MAY_SET_IN_SYNC both sides take the blocks out of their bitmaps when the write is done. What only the peer gets
     * counts when it is on the peer's disk, whatever the protocol.
     */
    private int ackFlags(PeerDevice peerDevice, WriteRequest write, boolean clearsBits) {
        if (write.countsAtPeer) {
            return DpFlags.SEND_WRITE_ACK;
        }
        if (StateRules.syncing(peerDevice.replication())) {
            return (clearsBits ? DpFlags.MAY_SET_IN_SYNC : 0) | DpFlags.SEND_WRITE_ACK;
        }
        return switch (connection.writeProtocol()) {
            case A -> 0;
            case B -> DpFlags.SEND_RECEIVE_ACK;
            case C -> (clearsBits ? DpFlags.MAY_SET_IN_SYNC : 0) | DpFlags.SEND_WRITE_ACK;
        };
    }

    /**
     * Decided when the write is sent: the peer gets it in the same state in which both bitmaps are here, while on its way
     * through the disk a resync may begin or end. In step only if there are bits at all.
     */
    private static boolean clearsBits(PeerDevice peerDevice) {
        return peerDevice.clearsBitsForReplicatedWrites()
                && (!StateRules.inStep(peerDevice.replication()) || peerDevice.outOfSyncBlocks() > 0);
    }

    /** True if a user waits for this peer's acknowledgement of a write. */
    boolean acknowledges() {
        return connection.writeProtocol() != Protocol.A;
    }

    private static void barrier(Session on) {
        int number = on.sentEpochs.closeOpen();
        BarrierLayout.put(on.data.output(64), on.agreed, PacketHeader.CONNECTION, number);
    }

    /** Sends the barrier of an epoch that is over. */
    void dueBarrier(int currentEpoch) {
        Session on = connection.session();
        if (on != null && connection.connected() && on.sentEpochs.barrierDue(currentEpoch)) {
            barrier(on);
        }
    }

    /** Tells the peer which writes are safe, so that it may forget them. */
    void peerAck() {
        Session on = connection.session();
        if (on != null && on.protocol.countsWrites() && connection.connected() && on.safeDagtag != on.toldDagtag) {
            on.toldDagtag = on.safeDagtag;
            on.sendControl(new PeerAck(on.safeMask, on.safeDagtag));
        }
    }
}
