package io.bsr.metadata.tool;

import io.bsr.metadata.FormatVersion;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataException.Code;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.PeerEntry;
import io.bsr.metadata.PeerFlag;
import io.bsr.metadata.Superblock;
import io.bsr.metadata.SuperblockV08;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;

/**
 * Prints metadata as text, byte for byte like bsr's {@code dump-md} (metadata reference, section 10).
 *
 * <p>The text begins after the header of three or four comment lines, which names program, time and command line and is
 * the caller's: {@link #header}.
 */
public final class DumpWriter {
    /** Words of 32 bits in a printed line: four 64-bit words. */
    private static final int LINE = 8;

    /** The tools look for runs in pieces of the bitmap of about this size. */
    private static final long PIECE_BYTES = 32 << 20;

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private static final String UNCLEAN = """
            This_is_an_unclean_meta_data_dump._Don't_trust_the_bitmap.
            # You should "apply-al" first, if you plan to restore this.

            """;

    private final OpenMetadata metadata;
    private final Appendable out;
    private final Progress progress;

    private DumpWriter(OpenMetadata metadata, Appendable out, Progress progress) {
        this.metadata = metadata;
        this.out = out;
        this.progress = progress;
    }

    /**
     * The comment lines that begin a dump.
     *
     * @param product {@code BSR}
     * @param time local time as {@code 2026-11-22 17:29:31 +0000 [1795368571]}
     * @param host this host
     * @param command the command line
     */
    public static String header(String product, String time, String host, List<String> command) {
        return "# " + product + " meta data dump\n# " + time + "\n# " + host + "> " + String.join(" ", command)
                + "\n#\n\n";
    }

    /** {@link #write(OpenMetadata, boolean, Appendable, Progress)} unwatched. */
    public static void write(OpenMetadata metadata, boolean uncleanToo, Appendable out)
            throws MetadataException, IOException {
        write(metadata, uncleanToo, out, Progress.NONE);
    }

    /**
     * Prints everything after the header.
     *
     * @param uncleanToo print metadata whose activity log was not applied, marked so that they cannot be restored
     * @param progress is told of the words of the bitmap
     * @throws MetadataException UNCLEAN, IO
     * @throws IOException if {@code out} fails
     */
    public static void write(OpenMetadata metadata, boolean uncleanToo, Appendable out, Progress progress)
            throws MetadataException, IOException {
        requireClean(metadata, uncleanToo);
        out.append("version \"" + metadata.version() + "\";\n\n");
        if (!metadata.clean()) {
            out.append(UNCLEAN);
        }
        DumpWriter writer = new DumpWriter(metadata, out, progress);
        switch (metadata.version()) {
            case V08 -> writer.v08();
            case V09 -> writer.v09();
        }
    }

    /**
     * Refuses metadata whose bitmap cannot be trusted.
     *
     * @throws MetadataException UNCLEAN unless they are clean, or wanted all the same
     */
    public static void requireClean(OpenMetadata metadata, boolean uncleanToo) throws MetadataException {
        if (!metadata.clean() && !uncleanToo) {
            throw new MetadataException(
                    Code.UNCLEAN,
                    "Found meta data is \"unclean\", please apply-al first",
                    "the bitmap lacks what the activity log says",
                    "Run apply-al, or dump it as it is with --force");
        }
    }

    /** The tools of the family print the flags of v08 as 0; here they are printed as they are. */
    private void v08() throws MetadataException, IOException {
        Superblock superblock = metadata.superblock();
        place();
        out.append("\nuuid {\n    " + hex(superblock.currentUuid) + "; "
                + hex(superblock.peer(SuperblockV08.PEER).bitmapUuid) + ";");
        for (int i = 0; i < SuperblockV08.HISTORY; i++) {
            out.append(" " + hex(superblock.history(i)) + ";");
        }
        out.append("\n    flags " + hex(superblock.flags) + ";\n}\n");
        sizes();
        bitmap("bm");
    }

    private void v09() throws MetadataException, IOException {
        Superblock superblock = metadata.superblock();
        out.append("max-peers " + superblock.maxPeers + ";\n");
        place();
        out.append("\nnode-id " + superblock.nodeId + ";\n");
        out.append("current-uuid " + hex(superblock.currentUuid) + ";\n");
        out.append("flags " + hex(superblock.flags) + ";\n");
        for (int node = 0; node < Superblock.PEERS; node++) {
            peer(node, superblock.peer(node));
        }
        out.append("history-uuids {");
        for (int i = 0; i < Superblock.HISTORY; i++) {
            out.append(i % 4 == 0 ? "\n        " : " ")
                    .append(hex(superblock.history(i)))
                    .append(";");
        }
        out.append("\n}\n");
        sizes();
        bitmap("bitmap");
    }

    private void sizes() throws IOException {
        Superblock superblock = metadata.superblock();
        out.append("# al-extents " + Integer.toUnsignedString(superblock.alExtents) + ";\n");
        out.append("la-size-sect " + superblock.effectiveSectors + ";\n");
        out.append("bm-byte-per-bit " + Superblock.BYTES_PER_BIT + ";\n");
        out.append("device-uuid " + hex(superblock.deviceUuid) + ";\n");
        out.append("la-peer-max-bio-size " + Integer.toUnsignedString(superblock.peerMaxBioBytes) + ";\n");
        out.append("al-stripes " + superblock.alStripes + ";\n");
        out.append("al-stripe-size-4k " + superblock.alStripeBlocks + ";\n");
    }

    private void place() throws IOException {
        MetadataLayout layout = metadata.layout();
        out.append("# md_size_sect " + metadata.superblock().mdSizeSectors + "\n");
        long size = metadata.device().size();
        if (layout.deviceBytes() != size) {
            String device = metadata.device().description();
            out.append("#\n### Device seems to have been resized!\n");
            out.append("### dumping meta data from the last known position\n");
            out.append("### current size of " + device + ": " + size + " byte\n");
            out.append("### expected position of meta data:\n");
            out.append("## md_offset " + MetadataLayout.superblockOffset(layout.placement(), size) + "\n");
            out.append("## al_offset 0\n## bm_offset 0\n");
            out.append("### last known size of " + device + ": " + layout.deviceBytes() + " byte\n");
            out.append("### adjusted position of meta data:\n");
        }
        out.append("# md_offset " + layout.superblockOffset() + "\n");
        out.append("# al_offset " + layout.alOffset() + "\n");
        out.append("# bm_offset " + layout.bitmapOffset() + "\n");
    }

    private void peer(int node, PeerEntry peer) throws IOException {
        out.append("peer[" + node + "] {\n");
        out.append("    bitmap-index " + peer.bitmapIndex + ";\n");
        out.append("    bitmap-uuid " + hex(peer.bitmapUuid) + ";\n");
        out.append("    bitmap-dagtag " + hex(peer.bitmapDagtag) + ";\n");
        out.append("    flags " + hex(peer.flags) + ";");
        out.append(peer.flags == 0 ? "\n}\n" : " # " + PeerFlag.describe(peer.flags) + "\n}\n");
    }

    private void bitmap(String keyword) throws MetadataException, IOException {
        long bytes = metadata.bitmap().bytes();
        out.append("# bm-bytes " + bytes + ";\n");
        BitmapArea area = new BitmapArea(metadata.device(), metadata.layout().bitmapOffset(), bytes);
        long bits = 0;
        int peers = metadata.superblock().maxPeers;
        for (int slot = 0; slot < peers; slot++) {
            out.append(keyword + (metadata.version() == FormatVersion.V08 ? "" : "[" + slot + "]") + " {");
            bits = new SlotPrinter(area, slot, peers, out, progress).print();
            out.append("\n}\n");
        }
        // bsr counts the last slot only.
        out.append("# bits-set " + bits + ";\n");
    }

    /**
     * Prints one slot: lines of four 64-bit words, runs of equal words shortened. Positions are in 32-bit words, of the
     * slot ({@code k}); the word of the area is {@code slot + k * peers}.
     */
    private static final class SlotPrinter {
        private final BitmapArea area;
        private final int slot;
        private final int peers;
        private final Appendable out;
        private final long words;
        private final long wordsPerPiece;
        private final Progress progress;
        private long bits;

        SlotPrinter(BitmapArea area, int slot, int peers, Appendable out, Progress progress) {
            this.area = area;
            this.progress = progress;
            this.slot = slot;
            this.peers = peers;
            this.out = out;
            words = Math.ceilDiv(area.length() / Integer.BYTES - slot, (long) peers);
            wordsPerPiece = PIECE_BYTES / (4096L * peers) * 4096 / Integer.BYTES;
        }

        /** Returns the number of set bits. */
        long print() throws MetadataException, IOException {
            int low = 0;
            for (long k = 0; k < words; k++) {
                if (k % LINE == 0) {
                    k = beginLine(k);
                    if (k >= words) {
                        break;
                    }
                }
                int word = word(k);
                bits += Integer.bitCount(word);
                if (k % 2 == 0) {
                    low = word;
                } else {
                    out.append(" 0x" + hex8(word) + hex8(low) + ";");
                }
            }
            return bits;
        }

        /** Prints the runs that begin here, and the indentation. Returns the next word to print. */
        private long beginLine(long start) throws MetadataException, IOException {
            long k = start;
            while (true) {
                out.append("\n");
                // The word's number among 64, as the tools count, comes from the area and not from the slot.
                if ((slot + k * peers & 63) == slot) {
                    out.append("   # at " + 128 * k * peers + "kB\n");
                }
                out.append("   ");
                long run = run(k);
                progress.at(slot * words + k, peers * words);
                if (run <= LINE) {
                    return k;
                }
                String word = hex8(word(k));
                out.append(" " + run / 2 + " times 0x" + word + word + ";");
                bits += run * Integer.bitCount(word(k));
                k += run;
                if (k >= words) {
                    return k;
                }
            }
        }

        /** Equal words from here on, in whole lines, counted piece by piece. */
        private long run(long start) throws MetadataException {
            int word = word(start);
            long run = 0;
            while (start + run < words) {
                long from = start + run;
                long pieceEnd = Math.min(words, (from / wordsPerPiece + 1) * wordsPerPiece);
                long k = from;
                while (k < pieceEnd && word(k) == word) {
                    k++;
                }
                long part = (k - from) / LINE * LINE;
                if (part <= LINE) {
                    break;
                }
                run += part;
                if (from + part < pieceEnd) {
                    break;
                }
            }
            return run;
        }

        private int word(long k) throws MetadataException {
            return area.word((slot + k * peers) * Integer.BYTES);
        }
    }

    private static String hex(long value) {
        return "0x" + hex8((int) (value >>> 32)) + hex8((int) value);
    }

    private static String hex(int value) {
        return "0x" + hex8(value);
    }

    private static String hex8(int value) {
        return HEX.toHexDigits(value);
    }
}
