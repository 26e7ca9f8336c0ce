package io.bsr.dist;

import io.bsr.dist.FileTable.Scope;
import java.util.Locale;

/** The families of distributions that have packages of their own. */
enum Family {
    DEB("", true),
    EL("1.el9", false),
    SUSE("1.sles15", false);

    /** The release of an rpm; it names the family. */
    private final String release;

    private final boolean deb;

    Family(String release, boolean deb) {
        this.release = release;
        this.deb = deb;
    }

    static Family named(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    String release() {
        return release;
    }

    boolean isDeb() {
        return deb;
    }

    /** How properties and scripts for it are called. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether a line of the table counts for it. */
    boolean has(Scope scope) {
        return switch (scope) {
            case ALL -> true;
            case DEB -> deb;
            case RPM -> !deb;
            case EL -> this == EL;
            case SUSE -> this == SUSE;
        };
    }
}
