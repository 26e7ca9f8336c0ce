package io.bsr.config.model;

import io.bsr.config.declared.Device;
import io.bsr.config.declared.MetaDisk;
import io.bsr.config.diagnostic.Location;
import io.bsr.config.option.Settings;
import org.jspecify.annotations.Nullable;

/**
 * A volume on one host with everything it inherits.
 *
 * @param number 0 … 65534
 * @param implicit whether no volume section was written
 * @param backing null on a diskless host
 * @param diskOptions as passed to attach, in order
 * @param peerDeviceOptions what this host adds to its peer devices
 */
public record Volume(
        int number,
        boolean implicit,
        Device device,
        @Nullable Backing backing,
        Settings diskOptions,
        Settings peerDeviceOptions,
        Location at) {

    /** The disk and where its metadata are. */
    public record Backing(String disk, MetaDisk metaDisk) {
        /** The device that holds the metadata. */
        public String metaDevice() {
            return metaDisk.deviceFor(disk);
        }
    }

    public boolean diskless() {
        return backing == null;
    }

    public int minor() {
        return device.minor();
    }
}
