package io.bsr.control.status;

import java.util.List;

/**
 * Which engine this is.
 *
 * @param version of the product
 * @param build revision or date of the build; {@code "unknown"} if it was not recorded
 * @param edge {@code io_uring} or {@code portable}, and why
 * @param loops number of event loops
 * @param protocols versions of the protocol with peers, {@code 86-118}
 * @param nbd addresses where NBD clients are served, e.g. {@code unix:/run/bsr/nbd.sock}
 * @param parameters with the values that count now
 */
public record EngineInfo(
        String name,
        String version,
        String build,
        String node,
        String root,
        long pid,
        long uptimeSeconds,
        String edge,
        int loops,
        String protocols,
        List<String> nbd,
        List<ParameterStatus> parameters)
        implements Result {}
