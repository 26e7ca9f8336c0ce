package io.bsr.cli.bsrmeta;

import io.bsr.cli.argument.Arguments;
import io.bsr.cli.terminal.Surroundings;
import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataException.Code;
import io.bsr.metadata.tool.LastKnownPlace;
import io.bsr.metadata.tool.MetadataDevice;
import io.bsr.metadata.tool.MoveMetadata;
import io.bsr.metadata.tool.OpenMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** One run on an open device: what it is about, how to talk to the user, and where metadata were last known to be. */
final class Session {
    static final int OK = 0;

    private static final int KIB_PER_BLOCK = 4;
    private static final int MOST_STRIPES = 1024;
    private static final long MOST_STRIPE_KIB = 16_777_216;
    private static final int LONGEST_ANSWER = 16;

    private final Surroundings surroundings;
    private final Target target;
    private final Arguments arguments;
    private final List<String> words;
    private final MetadataDevice device;

    Session(Surroundings surroundings, Target target, Arguments arguments, List<String> words, MetadataDevice device) {
        this.surroundings = surroundings;
        this.target = target;
        this.arguments = arguments;
        this.words = words;
        this.device = device;
    }

    Surroundings surroundings() {
        return surroundings;
    }

    Target target() {
        return target;
    }

    Arguments arguments() {
        return arguments;
    }

    /** The command line as it was given. */
    List<String> words() {
        return words;
    }

    MetadataDevice device() {
        return device;
    }

    boolean forced() {
        return arguments.has("force");
    }

    /** To standard output. */
    int print(String text) {
        surroundings.out().print(text);
        return OK;
    }

    /** To standard error, with a line end. */
    void tell(String text) {
        surroundings.complain(text);
    }

    ProgressBar progress(String title) {
        surroundings.out().flush();
        return ProgressBar.of(surroundings, title);
    }

    /** Asks; {@code --force} answers yes. */
    boolean confirmed(String question) throws IOException {
        tell("\n" + question);
        if (forced()) {
            tell("*** confirmation forced via --force option ***");
            return true;
        }
        surroundings.err().print("[need to type 'yes' to confirm] ");
        surroundings.err().flush();
        StringBuilder answer = new StringBuilder();
        int c = surroundings.in().read();
        while (c >= 0 && c != '\n' && answer.length() < LONGEST_ANSWER) {
            answer.append((char) c);
            c = surroundings.in().read();
        }
        if (c != '\n') {
            tell("");
        }
        return c == '\n' && answer.toString().equals("yes");
    }

    /**
     * Asks, and goes on only after a yes.
     *
     * @throws MetaExit with code 1 after anything else
     */
    void confirm(String question) throws MetaExit, IOException {
        if (!confirmed(question)) {
            throw new MetaExit(MetaExit.DECLINED, "\nOperation cancelled.");
        }
    }

    /** The metadata at their place. */
    OpenMetadata open() throws MetadataException {
        try {
            return atPlace();
        } catch (MetadataException e) {
            throw e.code() == Code.NOT_FOUND ? ofOtherSize(e) : e;
        }
    }

    /** Internal metadata are at the end of their device: one of another size has its end elsewhere. */
    private MetadataException ofOtherSize(MetadataException missing) throws MetadataException {
        LastKnownPlace known = placeIsKept() ? LastKnownPlace.read(placeFile()).orElse(null) : null;
        if (known == null
                || known.deviceBytes() == device.size()
                || !known.deviceName().equals(device.description())) {
            return missing;
        }
        boolean grew = known.deviceBytes() < device.size();
        boolean movable = grew && atLastKnownPlace().isPresent();
        return new MetadataException(
                missing.code(),
                missing.what(),
                "the disk had " + known.deviceBytes() + " bytes when its metadata were written, and has "
                        + device.size() + " now: "
                        + (grew ? "it grew, and its metadata are not at its end" : "it shrank, and lost its end"),
                movable
                        ? "Run check-resize, which moves them there, or give it its former size"
                        : "Give it its former size, or create metadata (create-md), which leads to a full resync",
                missing);
    }

    /** The metadata at their place, or where they were before the device has grown. */
    OpenMetadata openAnywhere() throws MetadataException {
        try {
            return atPlace();
        } catch (MetadataException e) {
            if (e.code() == Code.IO) {
                throw e;
            }
            Optional<OpenMetadata> former = atLastKnownPlace();
            if (former.isEmpty()) {
                throw e.code() == Code.NOT_FOUND ? ofOtherSize(e) : e;
            }
            return remarked(former.get());
        }
    }

    private OpenMetadata atPlace() throws MetadataException {
        return remarked(OpenMetadata.open(device, target.placement(), target.version()));
    }

    private OpenMetadata remarked(OpenMetadata metadata) {
        for (String remark : metadata.remarks()) {
            if (remark.startsWith("#")) {
                print(remark + "\n");
            } else {
                tell(remark);
            }
        }
        return metadata;
    }

    /** Metadata that are not at the end of the device because it has grown. */
    Optional<OpenMetadata> atLastKnownPlace() throws MetadataException {
        if (!placeIsKept()) {
            return Optional.empty();
        }
        Optional<LastKnownPlace> place = LastKnownPlace.read(placeFile());
        if (place.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(place.get().open(device, forced()));
        } catch (MetadataException e) {
            if (e.code() == Code.IO) {
                throw e;
            }
            if (arguments.has("verbose")) {
                tell(e.what() + ": " + e.why());
            }
            return Optional.empty();
        }
    }

    /** Moves metadata to the end of the device that has grown. */
    OpenMetadata move(OpenMetadata former) throws MetadataException {
        tell("Moving the internal meta data to its proper location");
        OpenMetadata moved;
        try (ProgressBar bar = progress("moving the bitmap")) {
            moved = MoveMetadata.toEnd(former, bar);
        }
        remember(moved);
        print("Internal bsr meta data successfully moved.\n");
        return moved;
    }

    /** Writes down where internal metadata are. Without it everything else works. */
    void remember(OpenMetadata metadata) {
        if (!target.hasMinor() || arguments.has("dry-run")) {
            return;
        }
        if (!placeIsKept()) {
            forgetPlace();
            return;
        }
        try {
            Files.createDirectories(surroundings.files().stateFolder());
            LastKnownPlace place = LastKnownPlace.of(metadata);
            boolean named = metadata.superblock().deviceUuid != 0;
            new LastKnownPlace(
                            place.deviceBytes(), place.deviceName(), named ? place.deviceUuid() : OptionalLong.empty())
                    .write(placeFile());
        } catch (MetadataException | IOException e) {
            tell("The place of the metadata could not be written down: " + e.getMessage()
                    + ".\nThey will not be found by themselves when the disk has grown. Check "
                    + surroundings.files().stateFolder() + ".");
        }
    }

    /** Takes back what {@link #remember} wrote. */
    void forgetPlace() {
        if (!target.hasMinor() || arguments.has("dry-run")) {
            return;
        }
        try {
            Files.deleteIfExists(placeFile());
        } catch (IOException e) {
            tell(placeFile() + " could not be removed: " + e.getMessage()
                    + ".\nRemove it by hand, or metadata of the past may be found at an old place.");
        }
    }

    private boolean placeIsKept() {
        return target.hasMinor() && target.placement().internal();
    }

    private Path placeFile() {
        return surroundings.files().stateFolder().resolve("bsr-minor-" + target.minor() + ".lkbd");
    }

    /** The activity log that the options ask for, or nothing if they don't. */
    Optional<ActivityLogRing> ring() throws MetaExit {
        if (arguments.value("al-stripes").isEmpty()
                && arguments.value("al-stripe-size-kB").isEmpty()) {
            return Optional.empty();
        }
        int stripes = (int) size("al-stripes", ActivityLogRing.DEFAULT.stripes(), 1, MOST_STRIPES, 1);
        long kib = size(
                "al-stripe-size-kB",
                (long) ActivityLogRing.DEFAULT.stripeBlocks() * KIB_PER_BLOCK,
                KIB_PER_BLOCK,
                MOST_STRIPE_KIB,
                1024);
        int blocks = (int) (kib / KIB_PER_BLOCK);
        if (!ActivityLogRing.valid(stripes, blocks)) {
            throw new MetaExit(
                    MetaExit.FAILED,
                    "The activity log cannot have this size: " + stripes + " stripes of " + kib
                            + " KiB are not in " + ActivityLogRing.MIN_BLOCKS * KIB_PER_BLOCK + " KiB … "
                            + ActivityLogRing.MAX_BLOCKS * KIB_PER_BLOCK
                            + " KiB together.\nChange --al-stripes or --al-stripe-size-kB.");
        }
        return Optional.of(new ActivityLogRing(stripes, blocks));
    }

    /**
     * The value of an option that is a size, with k, M or G behind it if wanted.
     *
     * @param unit bytes that a number without suffix counts; what comes back counts them too
     */
    long size(String key, long usual, long min, long max, long unit) throws MetaExit {
        String text = arguments.value(key).orElse("");
        if (text.isEmpty()) {
            return usual;
        }
        String lower = text.toLowerCase(Locale.ROOT);
        long factor =
                switch (lower.charAt(lower.length() - 1)) {
                    case 'k' -> 1L << 10;
                    case 'm' -> 1L << 20;
                    case 'g' -> 1L << 30;
                    default -> unit;
                };
        String digits =
                Character.isDigit(lower.charAt(lower.length() - 1)) ? lower : lower.substring(0, lower.length() - 1);
        long value = digits.matches("[0-9]{1,9}") ? Long.parseLong(digits) * factor / unit : -1;
        if (value < min || value > max) {
            throw new MetaExit(
                    MetaExit.FAILED,
                    "--" + key + " cannot be '" + text + "': it is not a number in " + min + " … " + max
                            + ".\nGive another value, or leave the option out for " + usual + ".");
        }
        return value;
    }
}
