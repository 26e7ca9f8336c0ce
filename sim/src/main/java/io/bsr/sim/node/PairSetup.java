package io.bsr.sim.node;

import io.bsr.core.option.Protocol;
import java.util.List;
import java.util.Map;

/**
 * The configuration of a resource on two nodes.
 *
 * @param synced the copies begin as if an initial resync had taken place, otherwise with different contents and new
 *     metadata
 * @param connectFirst connect before the disks are attached rather than after
 */
public record PairSetup(
        Protocol protocol,
        List<VolumeSetup> volumes,
        int maxPeers,
        boolean synced,
        boolean connectFirst,
        Map<String, String> resourceOptions,
        Map<String, String> diskOptions,
        Map<String, String> netOptions,
        Map<String, String> peerDeviceOptions) {}
