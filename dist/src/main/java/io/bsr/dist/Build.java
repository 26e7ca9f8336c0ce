package io.bsr.dist;

import java.nio.file.Path;
import java.time.Instant;

/**
 * What all packages of a build have in common.
 *
 * @param sources the root of the sources
 * @param stage what was made of them
 * @param version of the packages
 * @param time of every file and signature
 * @param machine as {@code uname -m} calls it
 * @param small whether to take long to compress well
 * @param key signs
 */
record Build(Path sources, Path stage, String version, Instant time, String machine, boolean small, SigningKey key) {
    String debArchitecture() {
        return switch (machine) {
            case "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            case "ppc64le" -> "ppc64el";
            default -> machine;
        };
    }
}
