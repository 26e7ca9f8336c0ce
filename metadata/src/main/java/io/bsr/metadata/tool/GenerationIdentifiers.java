package io.bsr.metadata.tool;

import io.bsr.metadata.DeviceFlag;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataException.Code;
import io.bsr.metadata.PeerEntry;
import io.bsr.metadata.PeerFlag;
import io.bsr.metadata.Superblock;
import java.util.HexFormat;
import java.util.List;

/**
 * The generation identifiers of a device and one peer as the colon-separated text of {@code get-gi}, {@code show-gi} and
 * {@code set-gi} (metadata reference, section 11):
 *
 * <pre>
 * current : bitmap : history 0 : history 1 : consistent : was-up-to-date : primary : crashed-primary : al-clean :
 * al-disabled : connected : outdated : fencing : full-sync : last-primary : was-primary
 * </pre>
 *
 * bsr's {@code set-gi} has device-seen where {@code get-gi} has last-primary, so that its own output means something
 * else when it comes back. Here a text of 16 or more fields has the columns of {@code get-gi}, a shorter one those of
 * {@code set-gi}.
 */
public final class GenerationIdentifiers {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final int UUIDS = 4;
    private static final int SET_GI_FIELDS = 15;
    private static final int GET_GI_FIELDS = 16;

    /** A flag of the text: of the device or of the peer. */
    private record Flag(boolean ofPeer, int mask) {}

    private static final List<Flag> FLAGS = List.of(
            new Flag(false, DeviceFlag.CONSISTENT),
            new Flag(false, DeviceFlag.WAS_UP_TO_DATE),
            new Flag(false, DeviceFlag.PRIMARY_IND),
            new Flag(false, DeviceFlag.CRASHED_PRIMARY),
            new Flag(false, DeviceFlag.AL_CLEAN),
            new Flag(false, DeviceFlag.AL_DISABLED),
            new Flag(true, PeerFlag.CONNECTED),
            new Flag(true, PeerFlag.OUTDATED),
            new Flag(true, PeerFlag.FENCING),
            new Flag(true, PeerFlag.FULL_SYNC),
            new Flag(false, DeviceFlag.LAST_PRIMARY),
            new Flag(false, DeviceFlag.WAS_PRIMARY));

    private static final Flag DEVICE_SEEN = new Flag(true, PeerFlag.DEVICE_SEEN);

    static final String ABOVE = """

                   +--<  Current data generation UUID  >-
                   |               +--<  Bitmap's base data generation UUID  >-
                   |               |                 +--<  younger history UUID  >-
                   |               |                 |                 +-<  older history  >-
                   V               V                 V                 V
            """;

    private static final String BELOW = """
                                                                                ^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^
                                                  -<  Data consistency flag  >--+ | | | | | | | | | | |
                                         -<  Data was/is currently up-to-date  >--+ | | | | | | | | | |
                                              -<  Node was/is currently primary  >--+ | | | | | | | | |
             -<  This node was a crashed primary, and has not seen its peer since  >--+ | | | | | | | |
                         -<  The activity-log was applied, the disk can be attached  >--+ | | | | | | |
                    -<  The activity-log was disabled, peer is completely out of sync  >--+ | | | | | |
                                                    -<  Node was/is currently connected  >--+ | | | | |
                                        -<  The peer's disk was out-dated or inconsistent  >--+ | | | |
                                           -<   A fence policy other the dont-care was used  >--+ | | |
                            -<  Node was in the progress of marking all blocks as out of sync  >--+ | |
                                                                 -<  Node was/is a Last Primary  >--+ |
                                   -<  Promotion status at the time of recent resource activation  >--+
            """;

    private GenerationIdentifiers() {}

    /** The line of {@code get-gi}, without line end. */
    public static String text(Superblock superblock, int node) throws MetadataException {
        PeerEntry peer = peer(superblock, node);
        StringBuilder line = new StringBuilder();
        line.append(HEX.toHexDigits(superblock.currentUuid)).append(':');
        line.append(HEX.toHexDigits(peer.bitmapUuid)).append(':');
        line.append(HEX.toHexDigits(superblock.history(0))).append(':');
        line.append(HEX.toHexDigits(superblock.history(1)));
        for (Flag flag : FLAGS) {
            boolean on = flag.ofPeer() ? peer.has(flag.mask()) : superblock.has(flag.mask());
            line.append(on ? ":1" : ":0");
        }
        return line.toString();
    }

    /** The text of {@code show-gi}: the line in a frame that explains it, and the last agreed size. */
    public static String explained(Superblock superblock, int node) throws MetadataException {
        return explained(text(superblock, node)) + size(superblock);
    }

    /** The frame of {@code show-gi} round a line of {@code get-gi}, with an empty line at its end. */
    public static String explained(String line) {
        return ABOVE + line + "\n" + BELOW + "\n";
    }

    /**
     * Changes a superblock in memory as {@code set-gi} says. An empty or missing field keeps its value.
     *
     * @throws MetadataException ARGUMENT if a field is not a hexadecimal number of at most 16 digits, or a flag is not 0
     *     or 1; nothing was changed then
     */
    public static void set(Superblock superblock, int node, String text) throws MetadataException {
        Superblock changed = superblock.copy();
        String[] fields = text.strip().split(":", -1);
        for (int i = 0; i < Math.min(fields.length, GET_GI_FIELDS); i++) {
            if (!fields[i].isEmpty()) {
                set(changed, node, i, fields[i], fields.length);
            }
        }
        superblock.copyFrom(changed);
    }

    private static void set(Superblock superblock, int node, int index, String field, int fields)
            throws MetadataException {
        PeerEntry peer = peer(superblock, node);
        switch (index) {
            case 0 -> superblock.currentUuid = uuid(field);
            case 1 -> {
                peer.bitmapUuid = uuid(field);
                peer.bitmapDagtag = peer.bitmapUuid == 0 ? 0 : peer.bitmapDagtag;
            }
            case 2 -> superblock.history(0, uuid(field));
            case 3 -> superblock.history(1, uuid(field));
            default -> {
                Flag flag =
                        fields <= SET_GI_FIELDS && index == SET_GI_FIELDS - 1 ? DEVICE_SEEN : FLAGS.get(index - UUIDS);
                boolean on = flag(field);
                if (flag.ofPeer()) {
                    peer.set(flag.mask(), on);
                } else {
                    superblock.set(flag.mask(), on);
                }
            }
        }
    }

    static String size(Superblock superblock) {
        if (superblock.effectiveSectors == 0) {
            return "zero size device -- never seen peer yet?\n";
        }
        return "last agreed size: " + SizeText.ofKib(superblock.effectiveSectors / 2) + " ("
                + superblock.effectiveSectors
                + " sectors)\nlast agreed max bio size: " + Integer.toUnsignedString(superblock.peerMaxBioBytes)
                + " Byte\n";
    }

    private static PeerEntry peer(Superblock superblock, int node) throws MetadataException {
        if (node < 0 || node >= Superblock.PEERS) {
            throw bad("node-id " + node + " is not in 0 … " + (Superblock.PEERS - 1));
        }
        return superblock.peer(node);
    }

    static long uuid(String field) throws MetadataException {
        if (field.length() > 16 || !field.chars().allMatch(HexFormat::isHexDigit)) {
            throw bad("\"" + field + "\" is not a hexadecimal number of at most 16 digits");
        }
        return Long.parseUnsignedLong(field, 16);
    }

    static boolean flag(String field) throws MetadataException {
        return switch (field) {
            case "0" -> false;
            case "1" -> true;
            default -> throw bad("\"" + field + "\" is not a flag, which is 0 or 1");
        };
    }

    private static MetadataException bad(String why) {
        return new MetadataException(
                Code.ARGUMENT,
                "The generation identifiers cannot be set or shown",
                why,
                "See get-gi for the form: UUIDs and flags separated by colons");
    }
}
