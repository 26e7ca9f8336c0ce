package io.bsr.core.disk;

import io.bsr.base.port.BlockStore;
import io.bsr.core.option.DiskOptions;

/**
 * What {@link io.bsr.core.Resource#attach} needs. The core closes the stores when the disk is gone, also when the attach fails.
 *
 * @param data the store that holds the data
 * @param meta the store that holds the metadata; for internal metadata the same as {@code data}, or another handle of it
 * @param resync the same as {@code data}, or another handle of it, for what resync and verify read and write
 * @param index where the metadata is on it: -3 internal, -2 flexible external, 0 … 255 indexed
 */
public record AttachRequest(BlockStore data, BlockStore meta, BlockStore resync, int index, DiskOptions options) {
    public static final int INTERNAL = -3;
    public static final int FLEXIBLE = -2;

    /** One handle for everything that concerns the data. */
    public AttachRequest(BlockStore data, BlockStore meta, int index, DiskOptions options) {
        this(data, meta, data, index, options);
    }

    /** Whether the metadata are on a store of their own. */
    public boolean metaApart() {
        return index != INTERNAL && meta != data;
    }

    /** Closes the stores. Of several handles of one store only {@code data} is closed. */
    public void close() {
        data.close();
        if (metaApart()) {
            meta.close();
        }
    }
}
