package io.bsr.architecture.planted.core.ring;

import io.bsr.architecture.planted.core.Public;

/** Half of a ring: this package uses its parent. */
public final class Back {
    private Back() {}

    /** The number of the parent. */
    public static int number() {
        return Public.number();
    }
}
