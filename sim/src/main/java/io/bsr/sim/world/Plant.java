package io.bsr.sim.world;

import io.bsr.base.port.VolumePort;
import io.bsr.sim.disk.SimDisk;

/** A fault planted in the world on purpose, to see an oracle find it. */
public interface Plant {
    /** Nothing planted. */
    Plant NONE = new Plant() {};

    /** The data disk of a volume has just been made. */
    default void disk(int node, int volume, SimDisk disk) {}

    /** The disk with the metadata of a volume has just been made; the data disk where they are internal. */
    default void metadata(int node, int volume, SimDisk disk) {}

    /** Whether only users of file systems may notice it, and not the oracles that know every write. */
    default boolean onlyFileSystemsLook() {
        return false;
    }

    /** What the user of a volume gets instead of the volume. */
    default VolumePort port(int node, int volume, VolumePort real) {
        return real;
    }
}
