package io.bsr.sim.node;

import io.bsr.metadata.MetadataException;
import io.bsr.metadata.Placement;
import io.bsr.metadata.tool.LastKnownPlace;
import io.bsr.metadata.tool.MetadataDevice;
import io.bsr.metadata.tool.MoveMetadata;
import io.bsr.metadata.tool.OpenMetadata;
import io.bsr.sim.disk.SimDisk;
import io.bsr.sim.oracle.Violation;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/** What {@code bsrmeta check-resize} does before an attach: finds internal metadata on a disk that grew, and moves them. */
final class LastKnownMetadata {
    private LastKnownMetadata() {}

    /**
     * Moves the metadata to the end if they are not there.
     *
     * @return true if they were moved
     * @throws Violation if they are neither at the end nor where they were at any former size (I7)
     */
    static boolean moveToEnd(SimDisk disk) {
        if (disk.formerSizes().isEmpty()) {
            return false;
        }
        MetadataDevice device = new Device(disk);
        try {
            OpenMetadata.open(device, new Placement.Internal());
            return false;
        } catch (MetadataException e) {
            // Not there: looked for below.
        }
        for (long size : disk.formerSizes().reversed()) {
            try {
                OpenMetadata former = new LastKnownPlace(size, disk.name(), OptionalLong.empty()).open(device, true);
                MoveMetadata.toEnd(former);
                return true;
            } catch (MetadataException e) {
                // Not there either: an earlier size comes next.
            }
        }
        throw new Violation(
                "I7", disk.name() + " has no metadata, neither at its end nor where they were before it grew");
    }

    /** Nobody pulls the plug while the tool runs: that is what its own tests do. */
    private record Device(SimDisk disk) implements MetadataDevice {
        @Override
        public long size() {
            return disk.size();
        }

        @Override
        public String description() {
            return disk.name();
        }

        @Override
        public void read(long offset, ByteBuffer target) {
            byte[] bytes = new byte[target.remaining()];
            disk.current().read(offset, bytes, 0, bytes.length);
            target.put(bytes);
        }

        @Override
        public void write(long offset, ByteBuffer source) {
            byte[] bytes = new byte[source.remaining()];
            source.get(bytes);
            disk.prepare(offset, bytes);
        }

        @Override
        public void force() {}

        @Override
        public void close() {}
    }
}
