package io.bsr.control.status;

import io.bsr.base.state.Role;
import java.util.List;
import java.util.Map;

/**
 * A resource at one moment.
 *
 * @param suspended why I/O is suspended, e.g. {@code "user"}; {@code "no"} if it is not
 * @param writeOrdering {@code flush}, {@code drain} or {@code none}
 * @param requestsPending writes of users not yet complete
 * @param failed what a programmer's error did to this resource, in words; empty in health
 * @param options set options of the resource and of this node, by name
 */
public record ResourceStatus(
        String name,
        int nodeId,
        String nodeName,
        Role role,
        String suspended,
        String writeOrdering,
        int requestsPending,
        String failed,
        List<VolumeStatus> volumes,
        List<ConnectionStatus> connections,
        Map<String, String> options) {}
