package io.bsr.attach;

import io.bsr.base.port.VolumePort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The ways to make a block device of a volume. */
public final class BlockDevices {
    /** What is between the volume and its users in the kernel. */
    public enum Way {
        /** Its NBD client: users outlive the engine. */
        NBD,
        /** A FUSE file with a loop device on it. */
        FUSE
    }

    private BlockDevices() {}

    /** What this system has, the best first. Asks the kernel. */
    public static List<Way> available() {
        List<Way> ways = new ArrayList<>();
        if (Files.isDirectory(Path.of("/sys/module/nbd"))) {
            ways.add(Way.NBD);
        }
        if (Files.isWritable(Path.of("/dev/fuse")) && Files.isWritable(Path.of("/dev/loop-control"))) {
            ways.add(Way.FUSE);
        }
        return ways;
    }

    /**
     * Attaches a volume of a node that is Primary.
     *
     * @param blockSize of the volume, in bytes
     * @param whenTorn told on some thread when the device has gone because the volume did
     */
    public static BlockDevice attach(
            Way way,
            BlockDevice.Name name,
            VolumePort volume,
            int blockSize,
            BlockDevice.Place place,
            DataProof proof,
            Runnable whenTorn)
            throws AttachException, InterruptedException {
        return switch (way) {
            case FUSE -> FuseBlockDevice.attach(name, volume, blockSize, place, whenTorn);
            case NBD -> NbdBlockDevice.attach(name, volume, place, proof, whenTorn);
        };
    }
}
