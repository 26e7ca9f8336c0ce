package io.bsr.architecture.planted.core;

import java.io.File;

/** A file. */
final class OpensFile {
    private OpensFile() {}

    static boolean exists(String name) {
        return new File(name).exists();
    }
}
