package io.bsr.metadata.tool;

import io.bsr.metadata.MetadataException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The text of a dump, as restore-md reads it. */
public final class DumpTarget {
    private static final String DUMP = """
            version "v09";
            max-peers 1;
            # md_size_sect 8
            node-id 0;
            current-uuid 0x0000000000000004;
            flags 0x00000000;
            peer[0] {
                bitmap-index -1;
                bitmap-uuid 0x0000000000000000;
                bitmap-dagtag 0x0000000000000000;
                flags 0x00000000;
            }
            history-uuids { 0x0000000000000000; }
            # al-extents 257;
            la-size-sect 130744;
            bm-byte-per-bit 4096;
            device-uuid 0x5B6DB6E2D5E6F2B1;
            la-peer-max-bio-size 1048576;
            al-stripes 1;
            al-stripe-size-4k 8;
            bitmap[0] {
                64 times 0xFFFFFFFFFFFFFFFF;
                0x0000000000000001; 3 times 0x0000000000000000;
            }
            """;

    private DumpTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        try {
            DumpParser.verify(new StringReader(new String(input, StandardCharsets.ISO_8859_1)));
        } catch (MetadataException refused) {
            if (String.valueOf(refused.getMessage()).isEmpty()) {
                throw new AssertionError("refused without a reason", refused);
            }
        }
    }

    public static List<byte[]> seeds() {
        return List.of(DUMP.getBytes(StandardCharsets.ISO_8859_1));
    }
}
