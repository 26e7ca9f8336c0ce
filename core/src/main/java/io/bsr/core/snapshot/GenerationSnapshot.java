package io.bsr.core.snapshot;

import java.util.List;

/**
 * Generation identifiers of a volume.
 *
 * @param current 0 if there is no disk
 * @param history youngest first
 * @param deviceFlags flags of the superblock (metadata reference, section 3.1)
 */
public record GenerationSnapshot(long current, List<Long> history, int deviceFlags) {
    public static final GenerationSnapshot NONE = new GenerationSnapshot(0, List.of(), 0);
}
