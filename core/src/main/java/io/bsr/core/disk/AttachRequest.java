package io.bsr.core.disk;

import io.bsr.base.port.BlockStore;
import io.bsr.core.option.DiskOptions;

/**
 * What {@link io.bsr.core.Resource#attach} needs. The core closes the stores when the disk is gone, also when the attach fails.
 *
 * @param data the store that holds the data
 * @param meta the store that holds the metadata; the same object as {@code data} for internal metadata
 * @param index where the metadata is on it: -3 internal, -2 flexible external, 0 … 255 indexed
 */
public record AttachRequest(BlockStore data, BlockStore meta, int index, DiskOptions options) {
    public static final int INTERNAL = -3;
    public static final int FLEXIBLE = -2;
}
