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
    /** Data would be destroyed. */
    static final int WOULD_DESTROY = 40;

    private static final int LOG = 2;
    private static final int INCONSISTENT = 5;
    private static final int NO_METADATA = 255;

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
            case NOT_FOUND, OLD_FORMAT, INVALID, FOREIGN_NODE, UNCLEAN -> NO_METADATA;
            case LOG_UNREADABLE, LOG_USELESS -> LOG;
            case INCONSISTENT -> INCONSISTENT;
            case PLACEMENT, BUSY -> USAGE;
            case EXISTING_METADATA -> DECLINED;
            case EXISTING_DATA, CAPACITY -> WOULD_DESTROY;
            case IO, NO_FREE_SLOT, DEVICE_TOO_SMALL, DEVICE_TOO_LARGE, BITMAP_SPACE, DUMP_SYNTAX, ARGUMENT -> FAILED;
        };
    }
}
