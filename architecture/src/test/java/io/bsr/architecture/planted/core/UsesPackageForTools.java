package io.bsr.architecture.planted.core;

import io.bsr.architecture.planted.metadata.tool.OpensImage;

/** A file, by way of a package that may open it. */
final class UsesPackageForTools {
    private UsesPackageForTools() {}

    static boolean exists(String name) {
        return OpensImage.exists(name);
    }
}
