package io.bsr.control.status;

import java.util.List;

/**
 * A volume as NBD clients find it.
 *
 * @param name of the export, {@code RESOURCE/VOLUME}
 * @param size bytes, 0 while unknown
 * @param usable clients are let in now
 * @param reason why not, in words; empty if usable
 * @param uris as {@code nbdinfo} and others take them, e.g. {@code nbd+unix:///r0/0?socket=/run/bsr/nbd.sock}
 * @param clients who uses it now
 */
public record ExportStatus(
        String name,
        String resource,
        int volume,
        int minor,
        long size,
        boolean usable,
        String reason,
        List<String> uris,
        List<String> clients) {}
