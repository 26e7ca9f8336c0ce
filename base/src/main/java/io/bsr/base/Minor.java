package io.bsr.base;

/**
 * The minor number of a volume's device on this node.
 *
 * @param value 0 … 1048575 (20 bits, as the kernel has)
 */
public record Minor(int value) {
    public Minor {
        if (value < 0 || value > 0xFFFFF) {
            throw new IllegalArgumentException("minor " + value + " is not in 0 … 1048575");
        }
    }

    @Override
    public String toString() {
        return Integer.toString(value);
    }
}
