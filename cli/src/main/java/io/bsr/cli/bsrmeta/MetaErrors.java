package io.bsr.cli.bsrmeta;

import io.bsr.metadata.MetadataException.Code;
import java.util.Locale;

/** The errors of {@code bsrmeta}: their codes, which never change their meaning, and what to do about each. */
public final class MetaErrors {
    private MetaErrors() {}

    /** The code as it is printed. */
    public static String shown(Code code) {
        return code.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** With what {@code bsrmeta} ends. */
    public static int exitCode(Code code) {
        return MetaExit.codeOf(code);
    }

    /** What the code means. */
    public static String title(Code code) {
        return switch (code) {
            case NOT_FOUND -> "no metadata of a known version are at the place";
            case OLD_FORMAT -> "metadata of another version are at the place";
            case INVALID -> "the superblock has values that no valid one has";
            case FOREIGN_NODE -> "the metadata belong to another node";
            case UNCLEAN -> "the activity log was not applied since the last use";
            case NO_FREE_SLOT -> "all bitmaps are taken by peers";
            case DEVICE_TOO_SMALL -> "the device is too small for metadata";
            case DEVICE_TOO_LARGE -> "the device is larger than metadata can describe";
            case CAPACITY -> "the data do not fit in the space that is left or covered";
            case BITMAP_SPACE -> "the area of the bitmaps is too small for the data";
            case PLACEMENT -> "place and kind of device do not go together";
            case OPEN -> "the device cannot be opened";
            case IO -> "reading or writing failed";
            case BUSY -> "somebody else uses the device";
            case LOG_UNREADABLE -> "no block of the activity log is readable";
            case LOG_USELESS -> "the readable blocks of the activity log say nothing";
            case EXISTING_METADATA -> "metadata are there, and were not to be overwritten";
            case EXISTING_DATA -> "other data are there, and were not to be overwritten";
            case DUMP_SYNTAX -> "the text of a dump is not as it should be";
            case INCONSISTENT -> "the data are inconsistent, which the command does not allow";
            case ARGUMENT -> "an argument is out of range";
        };
    }

    /** What to do; the message itself may know more. */
    public static String correction(Code code) {
        return switch (code) {
            case NOT_FOUND -> "check device and index; create-md makes metadata";
            case OLD_FORMAT -> "name the format as it is (v08), or convert";
            case INVALID -> "restore-md from a dump, or create-md and a full resync";
            case FOREIGN_NODE -> "check the node-id in the configuration, and that this is the disk of this node";
            case UNCLEAN -> "apply-al";
            case NO_FREE_SLOT -> "forget-peer for a peer that is gone, or dump-md and restore-md with more peers";
            case DEVICE_TOO_SMALL -> "take a larger device, or fewer peers";
            case DEVICE_TOO_LARGE -> "take a smaller device";
            case CAPACITY -> "shrink what is on the device, enlarge the device, or place the metadata elsewhere";
            case BITMAP_SPACE -> "create the metadata anew on a larger device";
            case PLACEMENT -> "take another index or another device";
            case OPEN -> "check the name of the device and the permissions";
            case IO -> "look for faults of the disk in the log of the system";
            case BUSY -> "detach it, or end the program that uses it";
            case LOG_UNREADABLE, LOG_USELESS -> "invalidate, and let a peer resync all";
            case EXISTING_METADATA -> "answer yes, or --force";
            case EXISTING_DATA -> "take another device, or remove the data";
            case DUMP_SYNTAX -> "correct the text at the place that the message names; verify-dump checks it";
            case INCONSISTENT -> "resync the data first";
            case ARGUMENT -> "give a value of the range";
        };
    }
}
