package io.bsr.sim.disk;

import java.util.BitSet;

/** The pages of 4 KiB that have changed since their one reader looked; in the beginning, all that are not zero. */
public final class ChangedPages {
    private BitSet pages = new BitSet();

    ChangedPages() {}

    void note(int from, int to) {
        pages.set(from, to);
    }

    /** True if nothing has changed. */
    public boolean none() {
        return pages.isEmpty();
    }

    /** True if a page at or behind this one has changed. */
    public boolean from(int page) {
        return pages.length() > page;
    }

    /** The pages; from now on those count that change later. */
    public BitSet take() {
        BitSet taken = pages;
        pages = new BitSet();
        return taken;
    }
}
