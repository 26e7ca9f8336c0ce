package io.bsr.frontend.nbd;

import io.bsr.base.port.VolumePort;

/**
 * A client that uses an export, as it was when asked.
 *
 * @param export canonical name of the export
 * @param volume its volume
 * @param description e.g. {@code "NBD client 127.0.0.1:40210"}
 * @param requestsInFlight requests taken and not yet answered
 * @param bytesRead payload of READs answered since the client came
 * @param bytesWritten payload of WRITEs taken since the client came
 * @param requests requests answered since the client came
 */
public record NbdClient(
        String export,
        VolumePort volume,
        String description,
        int requestsInFlight,
        long bytesRead,
        long bytesWritten,
        long requests) {}
