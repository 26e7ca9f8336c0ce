package io.bsr.engine.host;

import io.bsr.control.status.ResourceStatus;
import io.bsr.control.status.VolumeStatus;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.tool.LastKnownPlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;

/**
 * Writes down where the internal metadata of each attached disk are (metadata reference, section 9), whenever that changes:
 * a resize moves them on every node, and on the one that crashes next time bsrmeta must look at the right place.
 */
final class KnownPlaces {
    private static final int INTERNAL = -3;

    private record Place(long deviceBytes, String device) {}

    private final Path folder;
    private final Logger log;
    private final Map<Integer, Place> places = new ConcurrentHashMap<>();

    KnownPlaces(Path folder, Logger log) {
        this.folder = folder;
        this.log = log;
    }

    /** Called on a loop with each status: only what is new is written, by another thread. */
    void observe(ResourceStatus status) {
        for (VolumeStatus volume : status.volumes()) {
            if (volume.metaIndex() == INTERNAL && volume.metaDeviceSize() > 0) {
                Place place = new Place(volume.metaDeviceSize(), volume.metaBacking());
                if (!place.equals(places.put(volume.minor(), place))) {
                    int minor = volume.minor();
                    Thread.ofVirtual().name("last known place of " + minor).start(() -> write(minor));
                }
            }
        }
    }

    private synchronized void write(int minor) {
        Place place = places.get(minor);
        if (place == null) {
            return;
        }
        Path file = folder.resolve("bsr-minor-" + minor + ".lkbd");
        try {
            Files.createDirectories(folder);
            new LastKnownPlace(place.deviceBytes(), place.device(), OptionalLong.empty()).write(file);
        } catch (IOException | MetadataException e) {
            log.warn(
                    "The place of the metadata of minor {} could not be written down in {}: {}. They will not be found by"
                            + " themselves when the disk has grown; check the directory.",
                    minor,
                    file,
                    e.getMessage());
        }
    }
}
