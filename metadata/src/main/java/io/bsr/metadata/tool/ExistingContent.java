package io.bsr.metadata.tool;

import io.bsr.metadata.MetadataException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/**
 * What the first 68 KiB of a device look like (metadata reference, section 8).
 *
 * @param kind what was recognised
 * @param bytes the size that it claims, if it says so
 */
public record ExistingContent(Kind kind, OptionalLong bytes) {
    /** What can be recognised, with the names that bsr prints. */
    public enum Kind {
        NOTHING("nothing"),
        SWAP("swap space signature"),
        LVM("LVM2 physical volume signature"),
        EXT2("ext2 filesystem"),
        EXT3("ext3 filesystem"),
        XFS("xfs filesystem"),
        JFS("JFS filesystem"),
        REISER("reiser filesystem"),
        SOME_DATA("some data");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    private static final int LOOKED_AT = 68 << 10;

    /** Looks at a device. */
    public static ExistingContent of(MetadataDevice device) throws MetadataException {
        ByteBuffer start = ByteBuffer.allocateDirect((int) Math.min(device.size(), LOOKED_AT));
        device.read(0, start);
        start.clear();
        if (start.capacity() < LOOKED_AT) {
            return new ExistingContent(zero(start) ? Kind.NOTHING : Kind.SOME_DATA, OptionalLong.empty());
        }
        return recognise(start);
    }

    private static ExistingContent recognise(ByteBuffer start) {
        ByteBuffer little = start.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        if (swap(start, 4096) || swap(start, 8192)) {
            return new ExistingContent(Kind.SWAP, OptionalLong.empty());
        }
        if (has(start, 0x218, "LVM2")) {
            return new ExistingContent(Kind.LVM, OptionalLong.empty());
        }
        if (little.getShort(0x438) == (short) 0xEF53) {
            int shift = little.getInt(0x418);
            long blockBytes = shift >= 0 && shift <= 2 ? 1024L << shift : 4096;
            boolean journal = (little.get(0x45C) & 4) != 0;
            return sized(journal ? Kind.EXT3 : Kind.EXT2, Integer.toUnsignedLong(little.getInt(0x404)), blockBytes);
        }
        if (start.getInt(0) == 0x58465342) {
            return sized(Kind.XFS, start.getLong(8), Integer.toUnsignedLong(start.getInt(4)));
        }
        if (has(start, 0x8000, "JFS1")) {
            return sized(Kind.JFS, little.getLong(0x8008), Integer.toUnsignedLong(little.getInt(0x8018)));
        }
        if (has(start, 0x10034, "ReIsErFs") || has(start, 0x10034, "ReIsEr2Fs")) {
            return sized(
                    Kind.REISER,
                    Integer.toUnsignedLong(little.getInt(0x10000)),
                    Short.toUnsignedLong(little.getShort(0x1002C)));
        }
        return new ExistingContent(zero(start) ? Kind.NOTHING : Kind.SOME_DATA, OptionalLong.empty());
    }

    /** A size that overflows counts as larger than everything. */
    private static ExistingContent sized(Kind kind, long blocks, long blockBytes) {
        boolean overflow = Math.unsignedMultiplyHigh(blocks, blockBytes) != 0 || blocks * blockBytes < 0;
        return new ExistingContent(kind, OptionalLong.of(overflow ? Long.MAX_VALUE : blocks * blockBytes));
    }

    private static boolean swap(ByteBuffer start, int end) {
        return has(start, end - 10, "SWAP-SPACE") || has(start, end - 10, "SWAPSPACE2");
    }

    private static boolean has(ByteBuffer start, int offset, String text) {
        byte[] expected = text.getBytes(StandardCharsets.US_ASCII);
        return start.slice(offset, expected.length).equals(ByteBuffer.wrap(expected));
    }

    private static boolean zero(ByteBuffer start) {
        return start.equals(ByteBuffer.allocate(start.capacity()));
    }
}
