package io.bsr.control.status;

import java.util.List;

/**
 * Everything the engine knows of its resources, sorted by name.
 *
 * @param node name of this node
 * @param edge what the engine runs on, {@code io_uring} or {@code portable}, and why
 */
public record StatusReport(String node, String edge, List<ResourceStatus> resources) implements Result {}
