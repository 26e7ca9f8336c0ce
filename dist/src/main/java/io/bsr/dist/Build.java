package io.bsr.dist;

import java.nio.file.Path;
import java.time.Instant;
import java.util.zip.Deflater;

/**
 * What all packages of a build have in common.
 *
 * @param sources the root of the sources
 * @param stage what was made of them
 * @param version of the packages
 * @param time of every file and signature
 * @param machine as {@code uname -m} calls it
 * @param effort what is spent on a small package
 * @param key signs
 */
record Build(Path sources, Path stage, String version, Instant time, String machine, Effort effort, SigningKey key) {
    /** Time for size. */
    enum Effort {
        /** For packages that nobody keeps. */
        QUICK,
        /** gzip, which every version of the package managers reads. */
        USUAL,
        /** xz for debs: smaller, and far slower. */
        SMALL
    }

    /** Of gzip. */
    int level() {
        return effort == Effort.QUICK ? Deflater.BEST_SPEED : Deflater.BEST_COMPRESSION;
    }

    boolean withXz() {
        return effort == Effort.SMALL;
    }

    String debArchitecture() {
        return switch (machine) {
            case "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            case "ppc64le" -> "ppc64el";
            default -> machine;
        };
    }
}
