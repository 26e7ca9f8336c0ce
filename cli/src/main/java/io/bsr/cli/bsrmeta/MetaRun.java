package io.bsr.cli.bsrmeta;

import io.bsr.cli.argument.Arguments;
import io.bsr.cli.argument.UsageException;
import io.bsr.cli.terminal.Surroundings;
import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.Placement;
import io.bsr.metadata.Superblock;
import io.bsr.metadata.tool.ApplyActivityLog;
import io.bsr.metadata.tool.Consent;
import io.bsr.metadata.tool.CreateMetadata;
import io.bsr.metadata.tool.DumpWriter;
import io.bsr.metadata.tool.GenerationIdentifiers;
import io.bsr.metadata.tool.LastKnownPlace;
import io.bsr.metadata.tool.MetadataDevice;
import io.bsr.metadata.tool.MetadataEdits;
import io.bsr.metadata.tool.MetadataSurvey;
import io.bsr.metadata.tool.OpenMetadata;
import io.bsr.metadata.tool.RestoreMetadata;
import io.bsr.metadata.tool.WipeMetadata;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** One command on an open device. */
final class MetaRun {
    private static final DateTimeFormatter DUMP_TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss Z");
    private static final int MOST_PEERS = 32;
    private static final int MOST_BIO_BYTES = 1 << 20;
    private static final int KIB_PER_BLOCK = 4;
    private static final int OK = 0;

    private final Surroundings surroundings;
    private final String minor;
    private final MetadataDevice device;
    private final Placement placement;
    private final Arguments arguments;
    private final List<String> words;

    MetaRun(
            Surroundings surroundings,
            String minor,
            MetadataDevice device,
            Placement placement,
            Arguments arguments,
            List<String> words) {
        this.surroundings = surroundings;
        this.minor = minor;
        this.device = device;
        this.placement = placement;
        this.arguments = arguments;
        this.words = words;
    }

    int run(MetaCommand command, String operand) throws MetadataException, MetaExit, UsageException, IOException {
        return switch (command) {
            case CREATE_MD -> create(number("MAX_PEERS", operand, 1, MOST_PEERS));
            case DUMP_MD -> dump();
            case RESTORE_MD -> restore(Path.of(operand));
            case APPLY_AL -> {
                ApplyActivityLog.apply(open()).messages().forEach(surroundings::complain);
                yield OK;
            }
            case GET_GI -> print(GenerationIdentifiers.text(open().superblock(), node()) + "\n");
            case SHOW_GI -> print(GenerationIdentifiers.explained(open().superblock(), node()));
            case SET_GI -> setGenerations(operand);
            case DSTATE -> print(MetadataEdits.diskState(open().superblock()) + "\n");
            case OUTDATE -> {
                OpenMetadata metadata = open();
                MetadataEdits.outdate(metadata.superblock());
                metadata.writeSuperblock();
                yield OK;
            }
            case INVALIDATE -> {
                OpenMetadata metadata = open();
                MetadataEdits.invalidate(metadata.superblock());
                metadata.writeSuperblock();
                yield OK;
            }
            case FORGET_PEER -> {
                OpenMetadata metadata = open();
                metadata.superblock().forgetPeer(node());
                metadata.writeSuperblock();
                yield OK;
            }
            case WIPE_MD -> wipe();
            case READ_DEV_UUID ->
                print(HexFormat.of().withUpperCase().toHexDigits(open().superblock().deviceUuid) + "\n");
            case WRITE_DEV_UUID -> {
                OpenMetadata metadata = open();
                metadata.superblock().deviceUuid = uuid(operand);
                metadata.writeSuperblock();
                remember(metadata);
                yield OK;
            }
        };
    }

    private OpenMetadata open() throws MetadataException {
        try {
            OpenMetadata metadata = OpenMetadata.open(device, placement);
            metadata.remarks().forEach(surroundings::complain);
            return metadata;
        } catch (MetadataException e) {
            throw e.code() == MetadataException.Code.NOT_FOUND ? explained(e) : e;
        }
    }

    /** Internal metadata are at the end of their disk: a disk of another size has its end elsewhere. */
    private MetadataException explained(MetadataException missing) throws MetadataException {
        LastKnownPlace known = placement.internal() && !minor.equals("-")
                ? LastKnownPlace.read(placeFile()).orElse(null)
                : null;
        if (known == null
                || known.deviceBytes() == device.size()
                || !known.deviceName().equals(device.description())) {
            return missing;
        }
        boolean grew = known.deviceBytes() < device.size();
        return new MetadataException(
                missing.code(),
                missing.what(),
                "the disk had " + known.deviceBytes() + " bytes when its metadata were written, and has "
                        + device.size() + " now: "
                        + (grew ? "it grew, and its metadata are not at its end" : "it shrank, and lost its end"),
                "Give it its former size, or create metadata (create-md), which leads to a full resync",
                missing);
    }

    private Path placeFile() {
        return surroundings.files().stateFolder().resolve("bsr-minor-" + minor + ".lkbd");
    }

    private int print(String text) {
        surroundings.out().print(text);
        return OK;
    }

    private int create(int peers) throws MetadataException, MetaExit, UsageException, IOException {
        int stripes = option("al-stripes", ActivityLogRing.DEFAULT.stripes(), 1, 1024);
        int stripeKib = option(
                "al-stripe-size-kB",
                ActivityLogRing.DEFAULT.stripeBlocks() * KIB_PER_BLOCK,
                KIB_PER_BLOCK,
                ActivityLogRing.MAX_BLOCKS * KIB_PER_BLOCK);
        int bio = option("peer-max-bio-size", 0, 0, MOST_BIO_BYTES);
        if (!ActivityLogRing.valid(stripes, stripeKib / KIB_PER_BLOCK)) {
            throw new MetaExit(
                    MetaExit.FAILED,
                    "al-stripes × al-stripe-size-kB: " + stripes + " × " + stripeKib + " KiB is not in "
                            + ActivityLogRing.MIN_BLOCKS * KIB_PER_BLOCK + " KiB … "
                            + ActivityLogRing.MAX_BLOCKS * KIB_PER_BLOCK + " KiB");
        }
        MetadataLayout layout = MetadataLayout.forDevice(
                placement, device.size(), peers, new ActivityLogRing(stripes, stripeKib / KIB_PER_BLOCK));
        Set<Consent> consent = consent(MetadataSurvey.of(device, layout));
        print("initializing bitmap (" + layout.bitmapAreaBytes() / 1024 + " KB) to all zero\n");
        print("initializing activity log\n");
        print("Writing meta data...\n");
        CreateMetadata.create(device, layout, 0, bio, consent);
        remember(OpenMetadata.open(device, placement));
        print("New bsr meta data block successfully created.\n");
        return OK;
    }

    /** Asks until everything that stands in the way is agreed to, or refused. */
    private Set<Consent> consent(MetadataSurvey survey) throws MetadataException, MetaExit, IOException {
        Set<Consent> consent = EnumSet.noneOf(Consent.class);
        if (arguments.has("ignore-sanity-checks")) {
            consent.add(Consent.IGNORE_SANITY_CHECKS);
        }
        while (true) {
            try {
                survey.requireConsent(consent);
                return consent;
            } catch (MetadataException e) {
                if (e.code() == MetadataException.Code.EXISTING_METADATA) {
                    surroundings.complain(e.what() + " on " + device.description() + ": " + e.why() + ".");
                    confirm("Do you really want to overwrite the existing meta-data?");
                    consent.add(Consent.OVERWRITE_METADATA);
                } else if (e.code() == MetadataException.Code.EXISTING_DATA
                        && !survey.tooLarge()
                        && !survey.inTheWay()) {
                    surroundings.complain(e.what() + " on " + device.description() + ": " + e.why() + ".");
                    confirm("Do you want to proceed?");
                    consent.add(Consent.OVERWRITE_DATA);
                } else {
                    throw e;
                }
            }
        }
    }

    private void confirm(String question) throws MetaExit, IOException {
        surroundings.out().println("\n" + question);
        if (arguments.has("force")) {
            surroundings.out().println("*** confirmation forced via --force option ***");
            return;
        }
        surroundings.out().print("[need to type 'yes' to confirm] ");
        surroundings.out().flush();
        StringBuilder answer = new StringBuilder();
        for (int c = surroundings.in().read(); c >= 0 && c != '\n' && answer.length() < 16; ) {
            answer.append((char) c);
            c = surroundings.in().read();
        }
        if (!answer.toString().strip().equals("yes")) {
            throw new MetaExit(MetaExit.DECLINED, "\nOperation cancelled.");
        }
    }

    private int dump() throws MetadataException, IOException {
        OpenMetadata metadata = open();
        ZonedDateTime now = ZonedDateTime.now(ZoneId.systemDefault());
        List<String> command = new ArrayList<>(List.of("bsrmeta"));
        command.addAll(words);
        print(DumpWriter.header(
                "BSR", DUMP_TIME.format(now) + " [" + now.toEpochSecond() + "]", surroundings.node(), command));
        DumpWriter.write(metadata, arguments.has("force"), surroundings.out());
        return OK;
    }

    private int restore(Path file) throws MetadataException, MetaExit, IOException {
        Set<Consent> consent = EnumSet.noneOf(Consent.class);
        if (hasMetadata()) {
            confirm("Valid meta-data in place, overwrite?");
            consent.add(Consent.OVERWRITE_METADATA);
        }
        if (arguments.has("force")) {
            consent.add(Consent.OVERWRITE_DATA);
        }
        print("reinitializing\n");
        RestoreMetadata.restore(
                device, placement, () -> Files.newBufferedReader(file, StandardCharsets.UTF_8), null, consent);
        remember(OpenMetadata.open(device, placement));
        print("Successfully restored meta data\n");
        return OK;
    }

    private boolean hasMetadata() throws MetadataException {
        try {
            return OpenMetadata.open(device, placement).layout().deviceBytes() > 0;
        } catch (MetadataException e) {
            if (e.code() == MetadataException.Code.IO) {
                throw e;
            }
            return false;
        }
    }

    private int wipe() throws MetadataException, MetaExit, IOException {
        if (!hasMetadata()) {
            return print("There appears to be no bsr meta data to wipe out?\n");
        }
        confirm("Do you really want to wipe out the BSR meta data?");
        print("Wiping meta data...\n");
        WipeMetadata.wipe(device, placement);
        return print("BSR meta data block successfully wiped out.\n");
    }

    private int setGenerations(String text) throws MetadataException, MetaExit, UsageException, IOException {
        OpenMetadata metadata = open();
        int node = node();
        print("previously " + GenerationIdentifiers.text(metadata.superblock(), node) + "\n");
        GenerationIdentifiers.set(metadata.superblock(), node, text);
        print("GI will be " + GenerationIdentifiers.text(metadata.superblock(), node) + "\n");
        confirm("Write new GI to disk?");
        metadata.writeSuperblock();
        return OK;
    }

    /** So that internal metadata are found again after the disk has grown. Without it everything else works. */
    private void remember(OpenMetadata metadata) {
        if (!placement.internal() || minor.equals("-")) {
            return;
        }
        try {
            Files.createDirectories(surroundings.files().stateFolder());
            LastKnownPlace.of(metadata).write(placeFile());
        } catch (MetadataException | IOException e) {
            surroundings.complain("The place of the metadata could not be written down: " + e.getMessage());
        }
    }

    private int node() throws UsageException {
        return number("--node-id", arguments.value("node-id").orElse(""), 0, Superblock.PEERS - 1);
    }

    private int option(String key, int usual, int min, int max) throws UsageException {
        String given = arguments.value(key).orElse("");
        return given.isEmpty() ? usual : number("--" + key, given, min, max);
    }

    private static int number(String name, String text, int min, int max) throws UsageException {
        int number = text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : -1;
        if (number < min || number > max) {
            throw new UsageException(name + ": '" + text + "' is not in " + min + " … " + max + ".");
        }
        return number;
    }

    private static long uuid(String text) throws UsageException {
        if (!text.matches("[0-9A-Fa-f]{1,16}")) {
            throw new UsageException("'" + text + "' is not a hexadecimal number of at most 16 digits.");
        }
        return Long.parseUnsignedLong(text, 16);
    }
}
