package io.bsr.config.option;

/** What a plain number stands for: the unit in which an option is counted when no letter follows. */
public enum Scale {
    /** The number itself: bytes, seconds, pieces. */
    ONE(0, ""),
    /** KiB. */
    KIB(10, "k"),
    /** Sectors of 512 bytes. */
    SECTOR(9, "s");

    private final int shift;
    private final String letter;

    Scale(int shift, String letter) {
        this.shift = shift;
        this.letter = letter;
    }

    /** Bytes per unit as a power of two. */
    public int shift() {
        return shift;
    }

    /** The letter that {@code show} puts behind the number. */
    public String letter() {
        return letter;
    }
}
