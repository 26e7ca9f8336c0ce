package io.bsr.metadata.tool;

import io.bsr.base.Units;
import io.bsr.metadata.ActivityLogBlock;
import io.bsr.metadata.ActivityLogReplay;
import io.bsr.metadata.ActivityLogReplay.Outcome;
import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.BitmapLayout;
import io.bsr.metadata.DeviceFlag;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataException.Code;
import io.bsr.metadata.MetadataLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns the activity log of a node that may have crashed into bits of the bitmap, and makes the metadata attachable
 * (metadata reference, section 5.6; activity-log reference, section 6.2).
 *
 * <p>Order on disk, each step forced before the next:
 *
 * <ol>
 *   <li>the bits of the hot extents, in every slot, if the node was Primary; all bits, if the log lost so many blocks
 *       that a hot extent may be missing;
 *   <li>the log is initialised, the block of ring position 0 last;
 *   <li>the superblock says that the log is clean.
 * </ol>
 *
 * It can be interrupted anywhere and repeated. The trap is in step 2: a torn initialisation leaves a damaged block, and
 * a log with damaged blocks but without any transaction is refused, because it could have lost something. Only at
 * position 0 damage is forgiven. So a transaction is kept readable at position 0 (written there first if need be) until
 * all other blocks are initialised. A repetition may find a log from which the newest transactions are gone already, and
 * mark extents that had left the active set by then: a little more to resynchronise, never less.
 */
public final class ApplyActivityLog {
    /**
     * What was done.
     *
     * @param outcome what the log said
     * @param wasPrimary whether the log counted at all
     * @param corrupt damaged blocks
     * @param strangeSlots entries that were skipped because they name an impossible slot
     * @param markedBits bits that were newly set, all slots together; each stands for 4 KiB
     * @param skippedExtents hot extents beyond the bitmap
     */
    public record Report(
            Outcome outcome, boolean wasPrimary, int corrupt, int strangeSlots, long markedBits, int skippedExtents) {
        /** The report in bsr's words, one message a line; empty if there was nothing to do. */
        public List<String> messages() {
            List<String> lines = new ArrayList<>();
            if (corrupt > 0) {
                lines.add(corrupt + " corrupt AL transactions found");
            }
            if (strangeSlots > 0) {
                lines.add(strangeSlots + " AL entries with impossible slot numbers ignored");
            }
            if (outcome == Outcome.UNREADABLE || outcome == Outcome.USELESS) {
                lines.add("Error ignored, no need to apply the AL");
            }
            if (skippedExtents > 0) {
                lines.add(skippedExtents + " AL extents beyond the end of the bitmap ignored");
            }
            if (markedBits > 0) {
                lines.add("Marked additional " + SizeText.ofKib(markedBits << 2) + " as out-of-sync based on AL.");
            }
            return lines;
        }
    }

    /** The block of ring position 0, in whatever stripes. */
    private static final int FIRST = 0;

    private final OpenMetadata metadata;
    private final Progress progress;
    private final MetadataDevice device;
    private final MetadataLayout layout;
    private final ActivityLogRing ring;
    private final ActivityLogBlock codec = new ActivityLogBlock();
    private final ByteBuffer piece;

    private ApplyActivityLog(OpenMetadata metadata, Progress progress) {
        this.metadata = metadata;
        this.progress = progress;
        device = metadata.device();
        layout = metadata.layout();
        ring = layout.ring();
        piece = Blocks.buffer(Math.min(ring.blocks(), Blocks.PIECE_BYTES / Units.BLOCK_BYTES));
    }

    /** {@link #apply(OpenMetadata, Progress)} unwatched. */
    public static Report apply(OpenMetadata metadata) throws MetadataException {
        return apply(metadata, Progress.NONE);
    }

    /**
     * Applies the log. Harmless if it is clean already.
     *
     * @param progress is told of the extents
     * @throws MetadataException LOG_UNREADABLE or LOG_USELESS if the node was Primary and the log is damaged beyond a
     *     torn last write (nothing was changed then), IO
     */
    public static Report apply(OpenMetadata metadata, Progress progress) throws MetadataException {
        return new ApplyActivityLog(metadata, progress).run();
    }

    private Report run() throws MetadataException {
        if (OldActivityLog.usedIn(metadata)) {
            return runOld();
        }
        ActivityLogReplay.Result log = replay();
        boolean wasPrimary = metadata.superblock().has(DeviceFlag.PRIMARY_IND);
        if (wasPrimary) {
            requireUsable(log.outcome());
        }
        Marked marked = new Marked(0, 0);
        if (wasPrimary) {
            marked = log.mayBeIncomplete() ? markAll() : mark(log.hot());
        }
        if (log.outcome() != Outcome.EMPTY || log.corrupt() > 0) {
            initialise(log.outcome());
        }
        metadata.setClean();
        metadata.writeSuperblock();
        return new Report(log.outcome(), wasPrimary, log.corrupt(), log.strangeSlots(), marked.bits, marked.skipped);
    }

    /** The old format has no log that is none: whatever is readable counts. */
    private Report runOld() throws MetadataException {
        boolean wasPrimary = metadata.superblock().has(DeviceFlag.PRIMARY_IND);
        int[] hot = OldActivityLog.hot(metadata);
        Marked marked = wasPrimary ? mark(hot) : new Marked(0, 0);
        // The first two blocks tell the formats apart; while neither is of the new one the rest may be anything. Then
        // the second is initialised, and a damaged first one is forgiven.
        fill();
        write(2, ring.blocks() - 2);
        device.force();
        write(1, 1);
        device.force();
        write(FIRST, 1);
        device.force();
        metadata.setClean();
        metadata.writeSuperblock();
        return new Report(
                hot.length > 0 ? Outcome.REPLAYED : Outcome.EMPTY, wasPrimary, 0, 0, marked.bits, marked.skipped);
    }

    /** Bits newly set, and extents beyond the bitmap. */
    private record Marked(long bits, int skipped) {}

    /** Sets the bits of some extents in the bitmap area. */
    private interface Marking {
        Marked in(BitmapLayout bitmap, BitmapArea area) throws MetadataException;
    }

    private Marked durably(Marking marking) throws MetadataException {
        BitmapLayout bitmap = metadata.bitmap();
        BitmapArea area = new BitmapArea(device, layout.bitmapOffset(), bitmap.bytes());
        Marked marked = marking.in(bitmap, area);
        area.flush();
        device.force();
        return marked;
    }

    /** Sets the bits of the extent that begin at {@code offset} of the area; returns how many were clear. */
    private static long set(BitmapLayout bitmap, BitmapArea area, long offset) throws MetadataException {
        return area.setAll(offset, Math.min(bitmap.extentBytes(), area.length() - offset));
    }

    private Marked mark(int[] hot) throws MetadataException {
        if (hot.length == 0) {
            return new Marked(0, 0);
        }
        return durably((bitmap, area) -> {
            long marked = 0;
            int skipped = 0;
            for (int i = 0; i < hot.length; i++) {
                long offset = bitmap.extentOffset(hot[i]);
                if (offset >= area.length()) {
                    skipped++;
                } else {
                    marked += set(bitmap, area, offset);
                }
                progress.at(i + 1L, hot.length);
            }
            return new Marked(marked, skipped);
        });
    }

    private Marked markAll() throws MetadataException {
        return durably((bitmap, area) -> {
            long marked = 0;
            for (long offset = 0; offset < area.length(); offset += bitmap.extentBytes()) {
                marked += set(bitmap, area, offset);
                progress.at(offset, area.length());
            }
            return new Marked(marked, 0);
        });
    }

    private ActivityLogReplay.Result replay() throws MetadataException {
        ActivityLogReplay replay = new ActivityLogReplay(ring);
        for (int number = 0; number < ring.blocks(); number++) {
            int within = number % pieceBlocks();
            if (within == 0) {
                piece.clear().limit(Units.BLOCK_BYTES * Math.min(pieceBlocks(), ring.blocks() - number));
                device.read(layout.alOffset() + (long) number * Units.BLOCK_BYTES, piece);
                piece.clear();
            }
            replay.add(number, piece, within * Units.BLOCK_BYTES);
        }
        return replay.result();
    }

    private void initialise(Outcome outcome) throws MetadataException {
        if (outcome == Outcome.REPLAYED) {
            keepTransactionAtFirstPosition();
        }
        fill();
        for (int number = FIRST + 1; number < ring.blocks(); number += pieceBlocks()) {
            write(number, Math.min(pieceBlocks(), ring.blocks() - number));
        }
        device.force();
        write(FIRST, 1);
        device.force();
    }

    private void fill() {
        for (int i = 0; i < pieceBlocks(); i++) {
            codec.encodeInitialised(piece, i * Units.BLOCK_BYTES);
        }
    }

    private void keepTransactionAtFirstPosition() throws MetadataException {
        ByteBuffer first = Blocks.read(device, layout.alOffset());
        if (codec.valid(first, 0) && ActivityLogBlock.type(first, 0) == ActivityLogBlock.TYPE_UPDATE) {
            return;
        }
        int[] none = {ActivityLogBlock.FREE};
        codec.encode(piece, 0, 0, 0, none, none, none, none.length, 0);
        write(FIRST, 1);
        device.force();
    }

    private int pieceBlocks() {
        return piece.capacity() / Units.BLOCK_BYTES;
    }

    private void write(int number, int blocks) throws MetadataException {
        piece.clear().limit(blocks * Units.BLOCK_BYTES);
        device.write(layout.alOffset() + (long) number * Units.BLOCK_BYTES, piece);
        piece.clear();
    }

    private static void requireUsable(Outcome outcome) throws MetadataException {
        String remedy = "Find out which data is good; then invalidate this disk or create new metadata";
        switch (outcome) {
            case UNREADABLE ->
                throw new MetadataException(
                        Code.LOG_UNREADABLE,
                        "The activity log cannot be applied",
                        "not one of its blocks is readable, and this node was Primary",
                        remedy);
            case USELESS ->
                throw new MetadataException(
                        Code.LOG_USELESS,
                        "The activity log cannot be applied",
                        "blocks are damaged and the others hold no transaction, and this node was Primary",
                        remedy);
            case REPLAYED, EMPTY -> {}
        }
    }
}
