package io.bsr.config.model;

import io.bsr.config.declared.Address;
import io.bsr.config.option.Settings;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A connection as one of its two nodes sees it.
 *
 * @param name the connection's name towards the engine: its own, else the peer's group, else the peer's name
 * @param nodeId of the peer
 * @param net all options of the connection, the derived ones first, as passed to new-peer
 * @param paths this node's and the peer's address, in order
 * @param peerDevices options by volume number; a volume without options has an empty entry
 */
public record PeerView(
        Connection connection,
        Host host,
        String name,
        int nodeId,
        Settings net,
        List<PathView> paths,
        SortedMap<Integer, Settings> peerDevices) {

    /**
     * Two addresses.
     *
     * @param local what this node binds to
     * @param remote where this node connects to
     */
    public record PathView(Address local, Address remote) {}

    public PeerView {
        paths = List.copyOf(paths);
        peerDevices = Collections.unmodifiableSortedMap(new TreeMap<>(peerDevices));
    }

    /** Whether a name on the command line means this connection: peer host, group, or connection. */
    public boolean isCalled(String other) {
        return host.isCalled(other) || name.equals(other) || other.equals(host.group());
    }
}
