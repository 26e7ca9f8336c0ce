package io.bsr.control.status;

import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import java.util.Map;

/**
 * A volume towards one peer at one moment. Amounts are in 512-byte sectors unless said otherwise.
 *
 * @param resyncSuspended {@code "no"} or the causes, comma separated: {@code user}, {@code peer}, {@code dependency}
 * @param received sectors received from the peer; {@code sent} likewise
 * @param outOfSync sectors that differ or may differ
 * @param pending requests sent to the peer and not yet acknowledged
 * @param unacked requests received from the peer and not yet acknowledged
 * @param resyncTotal sectors to resync when the running resync began, 0 if none runs
 * @param resyncLeft sectors still to resync
 * @param resyncSectorsPerSecond recent speed
 * @param resyncWantedSectorsPerSecond speed that this node asks for at the moment; 0 where the peer does the asking
 * @param waitsFor what keeps a resync from making progress, in words; empty if nothing does
 * @param startedDegraded when its disk was attached, this node had been Primary without this peer: the limit for
 *     degraded clusters counts when the peer is waited for
 * @param bitmapGeneration 16 upper-case hexadecimal digits
 * @param peerFlags flags of the peer's slot in the superblock (metadata reference, section 3.1)
 */
public record PeerDeviceStatus(
        int volume,
        ReplicationState replication,
        DiskState peerDisk,
        String resyncSuspended,
        long received,
        long sent,
        long outOfSync,
        int pending,
        int unacked,
        long resyncTotal,
        long resyncLeft,
        long resyncSectorsPerSecond,
        long resyncWantedSectorsPerSecond,
        String waitsFor,
        boolean startedDegraded,
        String bitmapGeneration,
        int peerFlags,
        Map<String, String> options) {}
