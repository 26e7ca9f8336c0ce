package io.bsr.sim.disk;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The contents of a disk in pages of 4 KiB, of which only those are stored that are not all zero from the beginning. */
public final class SparseImage {
    public static final int PAGE_SHIFT = 12;
    public static final int PAGE = 1 << PAGE_SHIFT;
    private static final byte[] ZEROES = new byte[PAGE];

    private long size;
    private byte[] @Nullable [] pages;
    private final List<ChangedPages> readers = new ArrayList<>();

    SparseImage(long size) {
        this.size = size;
        this.pages = new byte[(int) ((size + PAGE - 1) >> PAGE_SHIFT)][];
    }

    /** What is new reads as zero. */
    void grow(long newSize) {
        size = newSize;
        pages = Arrays.copyOf(pages, (int) ((newSize + PAGE - 1) >> PAGE_SHIFT));
    }

    /** Notes the changes for one reader. */
    public ChangedPages changes() {
        ChangedPages changes = new ChangedPages();
        noteFor(changes);
        return changes;
    }

    void noteFor(ChangedPages reader) {
        for (int page = 0; page < pages.length; page++) {
            if (pages[page] != null) {
                reader.note(page, page + 1);
            }
        }
        readers.add(reader);
    }

    private void note(long offset, long length) {
        for (ChangedPages reader : readers) {
            reader.note((int) (offset >> PAGE_SHIFT), (int) ((offset + length + PAGE - 1) >> PAGE_SHIFT));
        }
    }

    public long size() {
        return size;
    }

    public int pageCount() {
        return pages.length;
    }

    /** The page, for reading only; {@code null} if it is all zero. */
    public byte @Nullable [] page(int index) {
        return pages[index];
    }

    public void read(long offset, byte[] target, int at, int length) {
        for (int done = 0; done < length; ) {
            long from = offset + done;
            byte[] page = pages[(int) (from >> PAGE_SHIFT)];
            int within = (int) (from & (PAGE - 1));
            int count = Math.min(PAGE - within, length - done);
            System.arraycopy(page == null ? ZEROES : page, within, target, at + done, count);
            done += count;
        }
    }

    void write(long offset, byte[] source, int at, int length) {
        note(offset, length);
        for (int done = 0; done < length; ) {
            long to = offset + done;
            int within = (int) (to & (PAGE - 1));
            int count = Math.min(PAGE - within, length - done);
            int index = (int) (to >> PAGE_SHIFT);
            if (pages[index] != null || !Arrays.equals(source, at + done, at + done + count, ZEROES, 0, count)) {
                System.arraycopy(source, at + done, stored(index), within, count);
            }
            done += count;
        }
    }

    void zero(long offset, long length) {
        note(offset, length);
        for (long done = 0; done < length; ) {
            long at = offset + done;
            int index = (int) (at >> PAGE_SHIFT);
            int within = (int) (at & (PAGE - 1));
            int count = (int) Math.min(PAGE - within, length - done);
            byte[] page = pages[index];
            if (count == PAGE) {
                pages[index] = null;
            } else if (page != null) {
                Arrays.fill(page, within, within + count, (byte) 0);
            }
            done += count;
        }
    }

    void copyPage(int index, SparseImage other) {
        note((long) index << PAGE_SHIFT, PAGE);
        byte[] page = other.pages[index];
        pages[index] = page == null ? null : page.clone();
    }

    /** True if page {@code index} of both images has the same bytes. */
    public boolean samePage(int index, SparseImage other) {
        return samePage(index, PAGE, other);
    }

    /** True if page {@code index} of both images begins with the same {@code length} bytes. */
    public boolean samePage(int index, int length, SparseImage other) {
        byte[] mine = pages[index];
        byte[] theirs = other.pages[index];
        return mine == theirs
                || Arrays.equals(mine == null ? ZEROES : mine, 0, length, theirs == null ? ZEROES : theirs, 0, length);
    }

    /** True if the page is stored; a page that is not reads as zero. */
    public boolean stored(long offset) {
        return pages[(int) (offset >> PAGE_SHIFT)] != null;
    }

    private byte[] stored(int index) {
        byte[] page = pages[index];
        if (page == null) {
            page = new byte[PAGE];
            pages[index] = page;
        }
        return page;
    }
}
