package io.bsr.architecture.planted.core;

import java.nio.file.Files;
import java.nio.file.Path;

/** A file system. */
final class ListsPath {
    private ListsPath() {}

    static boolean exists(String name) {
        return Files.exists(Path.of(name));
    }
}
