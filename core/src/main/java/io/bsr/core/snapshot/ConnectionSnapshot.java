package io.bsr.core.snapshot;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.Role;
import java.util.List;
import java.util.Map;

/**
 * A connection at one moment.
 *
 * @param name configured name of the peer
 * @param paths local and remote endpoint of each path, e.g. {@code "ipv4:10.9.0.1:7788 ipv4:10.9.0.2:7788"}
 * @param reason why the connection is in this state, in words (last failure, or what it waits for); empty when Connected
 * @param error what keeps it from being connected as {@code bsrsetup status} has it, e.g. {@code split-brain}; empty if nothing
 *     that has a word does
 * @param congested output has piled up
 */
public record ConnectionSnapshot(
        int peerNodeId,
        String name,
        ConnectionState state,
        Role peerRole,
        boolean congested,
        int agreedVersion,
        String reason,
        String error,
        List<String> paths,
        List<PeerDeviceSnapshot> peerDevices,
        Map<String, String> options) {}
