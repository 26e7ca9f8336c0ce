package io.bsr.architecture.planted.metadata.tool;

import java.nio.file.Files;
import java.nio.file.Path;

/** What a tool may do. */
public final class OpensImage {
    private OpensImage() {}

    /** Whether there is such a file. */
    public static boolean exists(String name) {
        return Files.exists(Path.of(name));
    }
}
