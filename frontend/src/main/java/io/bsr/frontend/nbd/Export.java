package io.bsr.frontend.nbd;

import io.bsr.base.port.VolumePort;

/**
 * A volume under the name by which clients ask for it.
 *
 * @param name the canonical name, e.g. {@code r0/0}; at most 4096 bytes of UTF-8
 * @param description one line for humans, e.g. {@code "bsr resource r0, volume 0"}; may be empty
 * @param volume the volume; it belongs to the loop of the server
 */
public record Export(String name, String description, VolumePort volume) {}
