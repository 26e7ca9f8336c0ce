package io.bsr.metadata;

/**
 * Metadata cannot be used, or an operation on it was refused. Carries separately what happened, why, and what the
 * administrator can do; {@link #getMessage()} joins the three.
 */
public final class MetadataException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What went wrong, as a stable code. {@link #attachError} is the number that an attach answers with. */
    public enum Code {
        /** No metadata of a known version is at the place. */
        NOT_FOUND(119),
        /** Metadata of version v07 or v08 is at the place. */
        OLD_FORMAT(119),
        /** A field of the superblock has a value that no valid superblock has, or the fields contradict each other. */
        INVALID(119),
        /** The superblock belongs to another node, or gives this node a bitmap slot for itself. */
        FOREIGN_NODE(119),
        /** The activity log was not applied since the last use. */
        UNCLEAN(165),
        /** All bitmap slots are taken. */
        NO_FREE_SLOT(162),
        /** The device is too small for metadata. */
        DEVICE_TOO_SMALL(112),
        /** The device, or the size asked for, is beyond what the format can describe. */
        DEVICE_TOO_LARGE(111),
        /** The data do not fit in the space that the metadata leaves or covers. */
        CAPACITY(111),
        /** The bitmap area is too small for the data. */
        BITMAP_SPACE(140),
        /** Kind of place and device do not go together. */
        PLACEMENT(116),
        /** The device cannot be opened. */
        OPEN(118),
        /** Reading or writing failed. */
        IO(118),
        /** Somebody else uses the device. */
        BUSY(118),
        /** No block of the activity log is readable although the node was Primary. */
        LOG_UNREADABLE(165),
        /** The readable blocks of the activity log say nothing although the node was Primary. */
        LOG_USELESS(165),
        /** Metadata is already there and the caller did not agree to overwrite it. */
        EXISTING_METADATA(119),
        /** Other data is there and the caller did not agree to overwrite it, or must not. */
        EXISTING_DATA(119),
        /** The text of a dump does not follow its grammar. */
        DUMP_SYNTAX(119),
        /** The data of this node are inconsistent, which the operation does not allow. */
        INCONSISTENT(119),
        /** An argument is out of range. */
        ARGUMENT(119);

        private final int attachError;

        Code(int attachError) {
            this.attachError = attachError;
        }

        /** The error number of an attach that fails for this reason (metadata reference, section 7.2). */
        public int attachError() {
            return attachError;
        }
    }

    private final Code code;
    private final String what;
    private final String why;
    private final String remedy;

    public MetadataException(Code code, String what, String why, String remedy) {
        super(what + ": " + why + ". " + remedy);
        this.code = code;
        this.what = what;
        this.why = why;
        this.remedy = remedy;
    }

    public MetadataException(Code code, String what, String why, String remedy, Throwable cause) {
        this(code, what, why, remedy);
        initCause(cause);
    }

    public Code code() {
        return code;
    }

    /** What happened. */
    public String what() {
        return what;
    }

    /** The cause, as far as it is known. */
    public String why() {
        return why;
    }

    /** What the administrator can do about it. */
    public String remedy() {
        return remedy;
    }
}
