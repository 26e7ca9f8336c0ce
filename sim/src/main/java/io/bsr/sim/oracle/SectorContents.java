package io.bsr.sim.oracle;

import io.bsr.sim.disk.ChangedPages;
import io.bsr.sim.disk.SparseImage;
import java.util.BitSet;

/** Which write each sector of a copy comes from. A sector is examined again only when its page has changed. */
public final class SectorContents {
    private static final int PER_PAGE = SparseImage.PAGE / SectorPattern.SECTOR;

    private final int volume;
    private final SparseImage image;
    private final ChangedPages changed;
    private final int[] found;
    private final BitSet known;

    public SectorContents(int volume, int sectors, SparseImage image) {
        this.volume = volume;
        this.image = image;
        this.changed = image.changes();
        this.found = new int[sectors];
        this.known = new BitSet(sectors);
    }

    /** As {@link SectorPattern#identify(byte[], int, int, long)}. */
    public int of(int sector) {
        if (!changed.none()) {
            BitSet pages = changed.take();
            for (int page = pages.nextSetBit(0); page >= 0; page = pages.nextSetBit(page + 1)) {
                known.clear(page * PER_PAGE, (page + 1) * PER_PAGE);
            }
        }
        if (!known.get(sector)) {
            found[sector] = examine(sector);
            known.set(sector);
        }
        return found[sector];
    }

    private int examine(int sector) {
        byte[] page = image.page(sector / PER_PAGE);
        return page == null
                ? 0
                : SectorPattern.identify(page, sector % PER_PAGE * SectorPattern.SECTOR, volume, sector);
    }
}
