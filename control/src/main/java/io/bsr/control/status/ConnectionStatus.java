package io.bsr.control.status;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.Role;
import java.util.List;
import java.util.Map;

/**
 * A connection at one moment.
 *
 * @param name configured name of the peer, may be empty
 * @param agreedVersion version of the protocol, 0 while not connected
 * @param reason why the connection is in this state, in words; empty when Connected
 * @param error what keeps it from being connected: {@code split-brain}, {@code sync-target-primary} or
 *     {@code Incorrect-discard-my-data}; empty if it is nothing of these
 * @param paths local and remote endpoint of each path, e.g. {@code "ipv4:10.9.0.1:7788 ipv4:10.9.0.2:7788"}
 */
public record ConnectionStatus(
        int peerNodeId,
        String name,
        ConnectionState state,
        Role peerRole,
        boolean congested,
        int agreedVersion,
        String reason,
        String error,
        List<String> paths,
        List<PeerDeviceStatus> peerDevices,
        Map<String, String> options) {}
