package io.bsr.config.dump;

/**
 * How a configuration is printed.
 *
 * @param detail how much of what follows from the text is shown
 * @param asOriginal print also the two things that the original prints and refuses to read: the derived node-name among
 *     the own host's options, and a lone semicolon in a mesh
 */
public record DumpStyle(Detail detail, boolean asOriginal) {
    /** What was written, readable by every parser of the language. */
    public static final DumpStyle READABLE = new DumpStyle(Detail.WRITTEN, false);

    /** What was written, byte for byte as the original prints it. */
    public static final DumpStyle ORIGINAL = new DumpStyle(Detail.WRITTEN, true);

    /** How much is shown. */
    public enum Detail {
        /** Only what was written. */
        WRITTEN,
        /** What was written, and in each section also what it inherits ({@code -d dump}). */
        INHERITED,
        /** Everything: volumes inside the hosts, meshes and implied connections one by one ({@code -v dump}). */
        EXPANDED
    }
}
