package io.bsr.fuzz;

import java.util.List;

/** Has a fault that no random input finds, and that a search guided by coverage finds at once. */
public final class CanaryTarget {
    private CanaryTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length > 8
                && input[0] == 'B'
                && input[1] == 'S'
                && input[2] == 'R'
                && input[5] == 7
                && input[7] == 42) {
            throw new IllegalStateException("the planted fault");
        }
    }

    public static List<byte[]> seeds() {
        return List.of(new byte[] {0});
    }
}
