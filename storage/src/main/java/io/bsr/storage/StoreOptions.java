package io.bsr.storage;

/**
 * How to open a block store.
 *
 * @param readOnly writing requests fail with EROFS, and several readers may share the file
 * @param direct past the page cache where the file system allows it; without, through the cache
 * @param sharing who else may have it open for writing
 */
public record StoreOptions(boolean readOnly, boolean direct, Sharing sharing) {
    /** For data: written past the page cache, and by nobody else. */
    public static final StoreOptions EXCLUSIVE = new StoreOptions(false, true, Sharing.NOBODY);

    /** For metadata that several volumes keep on one device: other stores of this process may open it too. */
    public static final StoreOptions SHARED = new StoreOptions(false, true, Sharing.THIS_PROCESS);

    /** To look only. Fails while a writer has it. */
    public static final StoreOptions READ_ONLY = new StoreOptions(true, true, Sharing.NOBODY);

    /** Who else may have the same file or device open for writing. */
    public enum Sharing {
        NOBODY,
        /** Other stores of this process that allow the same. */
        THIS_PROCESS
    }

    public StoreOptions withDirect(boolean wanted) {
        return new StoreOptions(readOnly, wanted, sharing);
    }
}
