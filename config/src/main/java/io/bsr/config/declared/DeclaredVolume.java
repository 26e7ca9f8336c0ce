package io.bsr.config.declared;

import io.bsr.config.diagnostic.Location;
import io.bsr.config.option.Settings;
import org.jspecify.annotations.Nullable;

/**
 * What one section says about a volume. What is null was not said there.
 *
 * @param number 0 … 65534
 * @param implicit whether it was written without a {@code volume} section
 * @param disk path, or {@code none}
 */
public record DeclaredVolume(
        int number,
        boolean implicit,
        @Nullable Device device,
        @Nullable String disk,
        @Nullable MetaDisk metaDisk,
        Settings diskOptions,
        Settings peerDeviceOptions,
        Location at) {

    /** Whether the section says nothing. */
    public boolean isEmpty() {
        return device == null
                && disk == null
                && metaDisk == null
                && diskOptions.isEmpty()
                && peerDeviceOptions.isEmpty();
    }
}
