package io.bsr.metadata.tool;

import io.bsr.base.Units;
import io.bsr.metadata.ActivityLogBlock;
import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.FormatVersion;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.Superblock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The activity log of DRBD before 8.4 (metadata reference, section 6.2): a ring of sectors of 512 bytes, big-endian.
 *
 * <pre>
 *     0  u32     magic 0x83740267
 *     4  u32     transaction number
 *     8  62 x { u32 slot, u32 extent }, the first one the change, the others context
 *   504  u32     exclusive or of the 62 extents
 *   508  u32     0
 * </pre>
 */
final class OldActivityLog {
    private static final int SECTOR = 1 << Units.SECTOR_SHIFT;
    private static final int MAGIC = 0x83740267;
    private static final int AT_ENTRIES = 8;
    private static final int AT_CHECK = 504;
    private static final int ENTRIES = 62;
    private static final int CONTEXT = 61;

    /** The only ring that this format had. */
    private static final ActivityLogRing RING = new ActivityLogRing(1, 8);

    private OldActivityLog() {}

    /** True if metadata of v08 may have a log of this format: neither of the first two blocks is of the new one. */
    static boolean usedIn(OpenMetadata metadata) throws MetadataException {
        if (metadata.version() != FormatVersion.V08
                || !metadata.clean()
                || !metadata.layout().ring().equals(RING)) {
            return false;
        }
        ActivityLogBlock codec = new ActivityLogBlock();
        ByteBuffer blocks = read(metadata, 2 * Units.BLOCK_BYTES);
        return !codec.valid(blocks, 0) && !codec.valid(blocks, Units.BLOCK_BYTES);
    }

    /** The extents of the active set, unsigned, ascending; empty if no sector is valid. */
    static int[] hot(OpenMetadata metadata) throws MetadataException {
        ByteBuffer area = read(metadata, (int) RING.bytes());
        Superblock superblock = metadata.superblock();
        long ring = 1 + Math.ceilDiv(Integer.toUnsignedLong(superblock.alExtents), CONTEXT);
        List<Integer> valid = new ArrayList<>();
        for (int at = 0; at < Math.min(ring * SECTOR, area.capacity()); at += SECTOR) {
            if (valid(area, at)) {
                valid.add(at);
            }
        }
        if (valid.isEmpty()) {
            return new int[0];
        }
        int reference = area.getInt(valid.getFirst() + Integer.BYTES);
        valid.sort(Comparator.comparingInt(at -> area.getInt(at + Integer.BYTES) - reference));
        Map<Integer, Integer> active = new HashMap<>();
        for (int at : valid) {
            for (int entry = ENTRIES - 1; entry >= 0; entry--) {
                int extent = extent(area, at, entry);
                if (extent != ActivityLogBlock.FREE) {
                    active.put(area.getInt(at + AT_ENTRIES + entry * Long.BYTES), extent);
                }
            }
        }
        return active.values().stream()
                .mapToLong(Integer::toUnsignedLong)
                .sorted()
                .distinct()
                .mapToInt(extent -> (int) extent)
                .toArray();
    }

    private static boolean valid(ByteBuffer area, int at) {
        int check = 0;
        for (int entry = 0; entry < ENTRIES; entry++) {
            check ^= extent(area, at, entry);
        }
        return area.getInt(at) == MAGIC && area.getInt(at + AT_CHECK) == check;
    }

    private static int extent(ByteBuffer area, int at, int entry) {
        return area.getInt(at + AT_ENTRIES + entry * Long.BYTES + Integer.BYTES);
    }

    private static ByteBuffer read(OpenMetadata metadata, int bytes) throws MetadataException {
        ByteBuffer area = ByteBuffer.allocateDirect(bytes);
        metadata.device().read(metadata.layout().alOffset(), area);
        return area.clear();
    }
}
