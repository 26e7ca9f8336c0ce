package io.bsr.cli.bsrmeta;

import io.bsr.metadata.MetadataException;

/** A command ends with a message and an exit code; command-line reference, section 1.2. */
final class MetaExit extends Exception {
    private static final long serialVersionUID = 1L;

    /** The user did not say yes. */
    static final int DECLINED = 1;
    /** A missing or misplaced option, an error of the device, a dump that is none. */
    static final int FAILED = 10;
    /** Wrong usage, a device that cannot be opened or is in use. */
    static final int USAGE = 20;
    /** The activity log cannot be changed in place. */
    static final int ACTIVITY_LOG = 30;
    /** Data would be destroyed. */
    static final int WOULD_DESTROY = 40;
    /** No valid metadata. */
    static final int NOTHING = 255;

    private static final int LOG_UNREADABLE = 1;
    private static final int LOG_USELESS = 2;
    private static final int INCONSISTENT = 5;

    private final int code;

    MetaExit(int code, String message) {
        super(message);
        this.code = code;
    }

    int code() {
        return code;
    }

    static int codeOf(MetadataException.Code code) {
        return switch (code) {
            case NOT_FOUND, OLD_FORMAT, INVALID, FOREIGN_NODE, UNCLEAN -> NOTHING;
            case LOG_UNREADABLE -> LOG_UNREADABLE;
            case LOG_USELESS -> LOG_USELESS;
            case INCONSISTENT -> INCONSISTENT;
            case OPEN, PLACEMENT, BUSY -> USAGE;
            case EXISTING_METADATA -> DECLINED;
            case EXISTING_DATA, CAPACITY -> WOULD_DESTROY;
            case IO, NO_FREE_SLOT, DEVICE_TOO_SMALL, DEVICE_TOO_LARGE, BITMAP_SPACE, DUMP_SYNTAX, ARGUMENT -> FAILED;
        };
    }
}
