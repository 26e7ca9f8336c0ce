package io.bsr.metadata.tool;

import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataException.Code;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.Placement;
import io.bsr.metadata.Superblock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What is on a device before metadata are created there: metadata of any version at any place where the family puts
 * them, and other data (metadata reference, sections 2.2, 6 and 8).
 */
public final class MetadataSurvey {
    /** How metadata were recognised. */
    public enum Version {
        /** v09, and all checks were passed. */
        V09,
        /** The magic number of v09, but a check failed: damaged, or the device has another size than it had. */
        V09_NOT_VALID,
        V08,
        V07
    }

    /**
     * Metadata that were found.
     *
     * @param offset of the superblock, in bytes
     */
    public record Found(Version version, long offset) {
        /** The version as the tools name it. */
        public String format() {
            return switch (version) {
                case V09, V09_NOT_VALID -> "v09";
                case V08 -> "v08";
                case V07 -> "v07";
            };
        }
    }

    private static final int AT_MAGIC = 60;
    private static final int AT_MAGIC_V07 = 28;
    private static final int MAGIC_V07 = 0x8374026A;
    private static final int MAGIC_V08 = 0x8374026B;
    private static final int MAGIC_V08_UNCLEAN = 0x8374026C;

    private final List<Found> metadata;
    private final ExistingContent content;
    private final MetadataLayout layout;

    private MetadataSurvey(List<Found> metadata, ExistingContent content, MetadataLayout layout) {
        this.metadata = metadata;
        this.content = content;
        this.layout = layout;
    }

    /** Looks at a device that is to get metadata with this layout. */
    public static MetadataSurvey of(MetadataDevice device, MetadataLayout layout) throws MetadataException {
        List<Found> found = new ArrayList<>();
        Set<Long> seen = new HashSet<>();
        for (long offset : places(layout)) {
            if (offset >= 0 && offset + Superblock.BYTES <= device.size() && seen.add(offset)) {
                look(device, layout, offset, found);
            }
        }
        return new MetadataSurvey(List.copyOf(found), ExistingContent.of(device), layout);
    }

    /** The metadata, those at the place itself first. */
    public List<Found> metadata() {
        return metadata;
    }

    /** What the start of the device looks like. */
    public ExistingContent content() {
        return content;
    }

    /**
     * True if recognised data would be destroyed whatever the administrator says: a file system that reaches into the
     * space of internal metadata.
     */
    public boolean tooLarge() {
        OptionalLong bytes = content.bytes();
        return layout.placement().internal() && bytes.isPresent() && bytes.getAsLong() > layout.firstByte();
    }

    /** True if recognised data forbids metadata here unless sanity checks are ignored. */
    public boolean inTheWay() {
        return switch (content.kind()) {
            case NOTHING, SOME_DATA -> false;
            case SWAP, LVM -> true;
            case EXT2, EXT3, XFS, JFS, REISER -> !layout.placement().internal();
        };
    }

    /**
     * Refuses what was not agreed to.
     *
     * @throws MetadataException EXISTING_DATA or EXISTING_METADATA
     */
    public void requireConsent(Set<Consent> consent) throws MetadataException {
        String label = content.kind().label();
        if (tooLarge()) {
            throw refused(
                    "a " + label + " of " + content.bytes().getAsLong() + " bytes reaches beyond the "
                            + layout.firstByte() + " bytes that the metadata would leave",
                    "Shrink the file system first, or use external metadata; this cannot be forced");
        }
        if (inTheWay() && !consent.contains(Consent.IGNORE_SANITY_CHECKS)) {
            throw refused(
                    "found " + label, "Remove it first, or use --ignore-sanity-checks if it is of no use any more");
        }
        if (!metadata.isEmpty() && !consent.contains(Consent.OVERWRITE_METADATA)) {
            Found first = metadata.getFirst();
            throw new MetadataException(
                    Code.EXISTING_METADATA,
                    "Metadata are already in place",
                    "found " + first.format() + " metadata at byte offset " + first.offset(),
                    "Confirm that they may be overwritten (--force), or keep them");
        }
        if (content.kind() != ExistingContent.Kind.NOTHING && !consent.contains(Consent.OVERWRITE_DATA)) {
            throw refused("found " + label, "Confirm that the data is of no use any more, or goes on beside (--force)");
        }
    }

    private static MetadataException refused(String why, String remedy) {
        return new MetadataException(Code.EXISTING_DATA, "Creating metadata might destroy existing data", why, remedy);
    }

    /** The place itself; for internal metadata also where v07 had fixed-size ones (bsr 256 MiB, DRBD 128 MiB). */
    private static long[] places(MetadataLayout layout) {
        long end = layout.deviceBytes() & -Superblock.BYTES;
        return layout.placement().internal()
                ? new long[] {layout.superblockOffset(), end - (256L << 20), end - (128L << 20)}
                : new long[] {layout.superblockOffset()};
    }

    private static void look(MetadataDevice device, MetadataLayout layout, long offset, List<Found> found)
            throws MetadataException {
        ByteBuffer block = Blocks.read(device, offset);
        boolean here = offset == layout.superblockOffset();
        int magic = block.getInt(AT_MAGIC);
        if (block.getInt(AT_MAGIC_V07) == MAGIC_V07 && magic != Superblock.MAGIC) {
            found.add(new Found(Version.V07, offset));
        } else if (here && (magic == MAGIC_V08 || magic == MAGIC_V08_UNCLEAN)) {
            found.add(new Found(Version.V08, offset));
        } else if (here && magic == Superblock.MAGIC) {
            boolean valid = valid(block, layout.placement(), layout.deviceBytes());
            found.add(new Found(valid ? Version.V09 : Version.V09_NOT_VALID, offset));
        }
    }

    private static boolean valid(ByteBuffer block, Placement placement, long deviceBytes) {
        try {
            ActivityLogRing ring = MetadataLayout.of(Superblock.decode(block, 0), placement, deviceBytes)
                    .ring();
            return ring.blocks() > 0;
        } catch (MetadataException e) {
            return false;
        }
    }
}
