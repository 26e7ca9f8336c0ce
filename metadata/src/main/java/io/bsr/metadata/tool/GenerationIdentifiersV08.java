package io.bsr.metadata.tool;

import io.bsr.metadata.DeviceFlag;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.PeerEntry;
import io.bsr.metadata.Superblock;
import io.bsr.metadata.SuperblockV08;
import java.util.HexFormat;
import java.util.List;

/**
 * The generation identifiers of metadata of v08 as colon-separated text (metadata reference, section 11):
 *
 * <pre>
 * current : bitmap : history 0 : history 1 : consistent : was-up-to-date : primary : connected : full-sync :
 * peer-outdated : crashed-primary
 * </pre>
 */
public final class GenerationIdentifiersV08 {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final int UUIDS = 4;

    private static final List<Integer> FLAGS = List.of(
            DeviceFlag.CONSISTENT,
            DeviceFlag.WAS_UP_TO_DATE,
            DeviceFlag.PRIMARY_IND,
            DeviceFlag.CONNECTED_IND,
            DeviceFlag.FULL_SYNC,
            DeviceFlag.PEER_OUT_DATED,
            DeviceFlag.CRASHED_PRIMARY);

    private static final String BELOW = """
                                                                                ^ ^ ^ ^ ^ ^ ^
                                                  -<  Data consistency flag  >--+ | | | | | |
                                         -<  Data was/is currently up-to-date  >--+ | | | | |
                                              -<  Node was/is currently primary  >--+ | | | |
                                              -<  Node was/is currently connected  >--+ | | |
                     -<  Node was in the progress of setting all bits in the bitmap  >--+ | |
                                    -<  The peer's disk was out-dated or inconsistent  >--+ |
                  -<  This node was a crashed primary, and has not seen its peer since   >--+
            """;

    private GenerationIdentifiersV08() {}

    /** The line of {@code get-gi}, without line end. */
    public static String text(Superblock superblock) {
        PeerEntry peer = superblock.peer(SuperblockV08.PEER);
        StringBuilder line = new StringBuilder();
        line.append(HEX.toHexDigits(superblock.currentUuid)).append(':');
        line.append(HEX.toHexDigits(peer.bitmapUuid)).append(':');
        line.append(HEX.toHexDigits(superblock.history(0))).append(':');
        line.append(HEX.toHexDigits(superblock.history(1)));
        for (int flag : FLAGS) {
            line.append(superblock.has(flag) ? ":1" : ":0");
        }
        return line.toString();
    }

    /** The text of {@code show-gi}: the line in a frame that explains it, and the last agreed size. */
    public static String explained(Superblock superblock) {
        return GenerationIdentifiers.ABOVE + text(superblock) + "\n" + BELOW + "\n"
                + GenerationIdentifiers.size(superblock);
    }

    /**
     * Changes a superblock in memory as {@code set-gi} says. An empty or missing field keeps its value.
     *
     * @throws MetadataException ARGUMENT if a field is not a hexadecimal number of at most 16 digits, or a flag is not 0
     *     or 1; nothing was changed then
     */
    public static void set(Superblock superblock, String text) throws MetadataException {
        Superblock changed = superblock.copy();
        String[] fields = text.strip().split(":", -1);
        for (int i = 0; i < Math.min(fields.length, UUIDS + FLAGS.size()); i++) {
            if (!fields[i].isEmpty()) {
                switch (i) {
                    case 0 -> changed.currentUuid = GenerationIdentifiers.uuid(fields[i]);
                    case 1 -> changed.peer(SuperblockV08.PEER).bitmapUuid = GenerationIdentifiers.uuid(fields[i]);
                    case 2 -> changed.history(0, GenerationIdentifiers.uuid(fields[i]));
                    case 3 -> changed.history(1, GenerationIdentifiers.uuid(fields[i]));
                    default -> changed.set(FLAGS.get(i - UUIDS), GenerationIdentifiers.flag(fields[i]));
                }
            }
        }
        superblock.copyFrom(changed);
    }
}
