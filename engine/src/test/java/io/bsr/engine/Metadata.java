package io.bsr.engine;

import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.Placement;
import io.bsr.metadata.tool.Consent;
import io.bsr.metadata.tool.CreateMetadata;
import io.bsr.metadata.tool.FileMetadataDevice;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.EnumSet;

/** What {@code bsradm create-md} does, on a new file. */
final class Metadata {
    private Metadata() {}

    /** A sparse file of {@code bytes}, without metadata. */
    static Path file(Path path, long bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(bytes);
        }
        return path;
    }

    /** A disk with internal metadata for one peer. */
    static Path disk(Path path, long bytes) throws IOException, MetadataException {
        file(path, bytes);
        try (FileMetadataDevice device = FileMetadataDevice.open(
                path, EnumSet.of(FileMetadataDevice.Option.WRITE, FileMetadataDevice.Option.PLAIN_FILE))) {
            MetadataLayout layout =
                    MetadataLayout.forDevice(new Placement.Internal(), device.size(), 1, ActivityLogRing.DEFAULT);
            CreateMetadata.create(device, layout, path.hashCode(), 0, EnumSet.allOf(Consent.class));
        }
        return path;
    }
}
