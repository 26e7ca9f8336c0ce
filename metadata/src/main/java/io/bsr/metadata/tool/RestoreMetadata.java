package io.bsr.metadata.tool;

import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.BitmapLayout;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataException.Code;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.Placement;
import io.bsr.metadata.Superblock;
import java.io.IOException;
import java.io.Reader;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes metadata as a dump describes them. The whole bitmap is written, also what the text leaves out (zeroes), and the
 * activity log is initialised.
 */
public final class RestoreMetadata {
    /** Text that can be read twice: first to check all of it, then to restore. */
    @FunctionalInterface
    public interface Source {
        Reader open() throws IOException;
    }

    private final MetadataDevice device;
    private final Source source;
    private final MetadataLayout layout;
    private final Superblock superblock;

    private RestoreMetadata(MetadataDevice device, Source source, MetadataLayout layout, Superblock superblock) {
        this.device = device;
        this.source = source;
        this.layout = layout;
        this.superblock = superblock;
        superblock.place(layout);
    }

    /**
     * Checks that the whole text is valid and fits on the device. Writes nothing.
     *
     * @param ring the activity log to make instead of the dump's, or {@code null}
     * @throws MetadataException DUMP_SYNTAX, CAPACITY, IO
     */
    public static RestoreMetadata check(
            MetadataDevice device, Placement placement, Source source, @Nullable ActivityLogRing ring)
            throws MetadataException {
        CheckSink check = new CheckSink(device, placement, ring);
        Superblock superblock = parse(source, check);
        return new RestoreMetadata(device, source, check.layout(), superblock);
    }

    /** Where the metadata will be. */
    public MetadataLayout layout() {
        return layout;
    }

    /**
     * Restores the dump.
     *
     * @param progress is told of the bytes of the bitmap: those zeroed, then those set
     * @throws MetadataException EXISTING_METADATA or EXISTING_DATA without consent (nothing was changed); IO, also if
     *     the text has changed since
     */
    public OpenMetadata write(Set<Consent> consent, Progress progress) throws MetadataException {
        MetadataSurvey.of(device, layout).requireConsent(consent);
        FreshMetadata fresh = new FreshMetadata(device, layout, progress);
        fresh.begin(superblock);
        WriteSink write = new WriteSink(
                new BitmapArea(device, layout.bitmapOffset(), layout.bitmapAreaBytes()), layout, progress);
        parse(source, write);
        write.area.flush();
        fresh.commit(superblock);
        return OpenMetadata.written(device, layout, superblock);
    }

    /** {@link #check} and {@link #write}, unwatched. */
    public static void restore(
            MetadataDevice device,
            Placement placement,
            Source source,
            @Nullable ActivityLogRing ring,
            Set<Consent> consent)
            throws MetadataException {
        check(device, placement, source, ring).write(consent, Progress.NONE);
    }

    private static Superblock parse(Source source, DumpParser.Sink sink) throws MetadataException {
        try (Reader reader = source.open()) {
            return DumpParser.parse(reader, sink);
        } catch (IOException e) {
            throw new MetadataException(
                    Code.IO, "The dump could not be read", String.valueOf(e.getMessage()), "Check the file", e);
        }
    }

    /** Finds the layout and checks that every set bit has a place in it. */
    private static final class CheckSink implements DumpParser.Sink {
        private final MetadataDevice device;
        private final Placement placement;
        private final @Nullable ActivityLogRing ring;
        private @Nullable MetadataLayout layout;

        CheckSink(MetadataDevice device, Placement placement, @Nullable ActivityLogRing ring) {
            this.device = device;
            this.placement = placement;
            this.ring = ring;
        }

        MetadataLayout layout() {
            if (layout == null) {
                throw new IllegalStateException("no dump was parsed");
            }
            return layout;
        }

        @Override
        public void header(Superblock superblock) throws MetadataException {
            MetadataLayout made = MetadataLayout.forDevice(
                    placement, device.size(), superblock.maxPeers, ring == null ? superblock.ring() : ring);
            if (superblock.effectiveSectors > made.usableSectors()) {
                throw tooLarge(superblock.effectiveSectors + " sectors", made.usableSectors() + " sectors");
            }
            layout = made;
        }

        @Override
        public void words(int slot, long first, long count, long word) throws MetadataException {
            long room = layout().bitmapCapacityBits() / Long.SIZE;
            if (word != 0 && first + count > room) {
                throw tooLarge(first + count + " words of bitmap", room + " words");
            }
        }

        private MetadataException tooLarge(String needed, String room) {
            return new MetadataException(
                    Code.CAPACITY,
                    "The dump does not fit on " + device.description(),
                    "it describes " + needed + ", there is room for " + room,
                    "Restore it on a device of at least the old size");
        }
    }

    /** Sets the words in a bitmap that is all zero. */
    private static final class WriteSink implements DumpParser.Sink {
        final BitmapArea area;
        private final BitmapLayout bitmap;
        private final long wordsPerSlot;
        private final Progress progress;

        WriteSink(BitmapArea area, MetadataLayout layout, Progress progress) {
            this.area = area;
            this.progress = progress;
            wordsPerSlot = layout.bitmapCapacityBits() / Long.SIZE;
            bitmap = new BitmapLayout(layout.maxPeers(), 0);
        }

        @Override
        public void header(Superblock superblock) {}

        @Override
        public void words(int slot, long first, long count, long word) throws MetadataException {
            if (word == 0) {
                return;
            }
            if (slot >= bitmap.slots() || first + count > wordsPerSlot) {
                throw new MetadataException(
                        Code.IO,
                        "The dump could not be restored",
                        "its text has changed while it was read",
                        "Restore it again; until then the metadata ask for a full resync, or there are none");
            }
            for (long i = first; i < first + count; i++) {
                area.word(bitmap.wordOffset(slot, i * Long.SIZE), (int) word);
                area.word(bitmap.wordOffset(slot, i * Long.SIZE + Integer.SIZE), (int) (word >>> 32));
            }
            progress.at((slot * wordsPerSlot + first + count) * Long.BYTES, bitmap.slots() * wordsPerSlot * Long.BYTES);
        }
    }
}
