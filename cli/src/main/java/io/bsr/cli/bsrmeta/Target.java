package io.bsr.cli.bsrmeta;

import io.bsr.cli.argument.UsageException;
import io.bsr.metadata.FormatVersion;
import io.bsr.metadata.Placement;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * What a command line is about: its first four words.
 *
 * @param minor a number, or {@link #NO_MINOR}
 * @param version of the metadata
 * @param device with the metadata
 * @param placement where on the device
 */
record Target(String minor, FormatVersion version, Path device, Placement placement) {
    /** No volume: nobody is asked whether it is attached, and its place is not written down. */
    static final String NO_MINOR = "-";

    static Target of(List<String> words) throws UsageException {
        return new Target(minor(words.get(0)), version(words.get(1)), path(words.get(2)), placement(words.get(3)));
    }

    boolean hasMinor() {
        return !minor.equals(NO_MINOR);
    }

    private static String minor(String text) throws UsageException {
        String minor = text.startsWith("minor-") ? text.substring(6) : text;
        minor = minor.startsWith("/dev/bsr") ? minor.substring(8) : minor;
        if (!minor.equals(NO_MINOR) && !minor.matches("[0-9]{1,9}")) {
            throw new UsageException("'" + text + "' is no minor number, and not - for none.");
        }
        return minor;
    }

    private static FormatVersion version(String text) throws UsageException {
        return switch (text) {
            case "v08" -> FormatVersion.V08;
            case "v09" -> FormatVersion.V09;
            case "v06", "v07" ->
                throw new UsageException("Format '" + text + "' is not read any more. Convert the metadata to v08 with"
                        + " the drbdmeta of DRBD 8, or create new ones.");
            default -> throw new UsageException("Unknown format '" + text + "'. Known are v09, and v08 for reading.");
        };
    }

    private static Path path(String text) throws UsageException {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new UsageException("'" + text + "' is no path: " + e.getReason() + ".");
        }
    }

    private static Placement placement(String text) throws UsageException {
        return switch (text) {
            case "internal", "flex-internal" -> new Placement.Internal();
            case "flex-external", "flexible" -> new Placement.FlexibleExternal();
            default -> {
                if (text.contains("/")) {
                    throw new UsageException("'" + text + "' is a path, not an index. Metadata in a file need no loop"
                            + " device here: name the file as DEVICE, with flex-external.");
                }
                if (!text.matches("[0-9]{1,3}") || Integer.parseInt(text) > 255) {
                    throw new UsageException(
                            "'" + text
                                    + "' is not a valid index number. Accepted: internal, flex-internal, flex-external, 0 … 255.");
                }
                yield new Placement.Indexed(Integer.parseInt(text));
            }
        };
    }
}
