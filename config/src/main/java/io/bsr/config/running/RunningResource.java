package io.bsr.config.running;

import io.bsr.config.declared.Address;
import io.bsr.config.declared.MetaDisk;
import io.bsr.config.option.Settings;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A resource as the engine has it.
 *
 * @param options resource options that differ from the defaults
 * @param nodeName empty if the engine was not told one
 * @param group empty if there is none
 * @param volumes by volume number
 */
public record RunningResource(
        String name,
        Settings options,
        int nodeId,
        String nodeName,
        String group,
        Settings nodeOptions,
        SortedMap<Integer, RunningVolume> volumes,
        List<RunningConnection> connections) {
    public RunningResource {
        volumes = Collections.unmodifiableSortedMap(new TreeMap<>(volumes));
        connections = List.copyOf(connections);
    }

    /**
     * A volume as the engine has it.
     *
     * @param backing null if no disk is attached
     * @param diskless whether it has no disk on purpose
     */
    public record RunningVolume(
            int number, int minor, @Nullable RunningDisk backing, boolean diskless, Settings diskOptions) {}

    /** An attached disk. */
    public record RunningDisk(String disk, MetaDisk metaDisk) {}

    /**
     * A connection as the engine has it.
     *
     * @param peerName empty if the engine was not told one
     * @param peerGroup empty if there is none
     * @param net options, with the connection's name but without the peer's
     * @param peerDevices options by volume number
     * @param standAlone whether it was given up
     */
    public record RunningConnection(
            int peerNodeId,
            String peerName,
            String peerGroup,
            List<RunningPath> paths,
            Settings net,
            SortedMap<Integer, Settings> peerDevices,
            boolean standAlone) {
        public RunningConnection {
            paths = List.copyOf(paths);
            peerDevices = Collections.unmodifiableSortedMap(new TreeMap<>(peerDevices));
        }
    }

    /** An address pair. */
    public record RunningPath(Address local, Address remote) {}

    /** The connection to a peer. */
    public Optional<RunningConnection> connection(int peerNodeId) {
        return connections.stream().filter(c -> c.peerNodeId() == peerNodeId).findFirst();
    }
}
