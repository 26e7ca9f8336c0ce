package io.bsr.core.snapshot;

import io.bsr.base.state.Role;
import java.util.List;
import java.util.Map;

/**
 * A resource at one moment.
 *
 * @param suspended why I/O is suspended, e.g. {@code "user"}; {@code "no"} if it is not
 * @param writeOrdering {@code flush}, {@code drain} or {@code none}, as the receiver of writes does it
 * @param requestsPending writes of users not yet complete
 * @param options set resource options by name
 */
public record ResourceSnapshot(
        String name,
        int nodeId,
        String nodeName,
        Role role,
        String suspended,
        String writeOrdering,
        int requestsPending,
        List<VolumeSnapshot> volumes,
        List<ConnectionSnapshot> connections,
        Map<String, String> options) {}
