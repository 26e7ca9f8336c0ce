package io.bsr.base;

/**
 * The number of a volume within a resource.
 *
 * @param value 0 … 65534 (65535 on the wire means the whole connection)
 */
public record VolumeNumber(int value) implements Comparable<VolumeNumber> {
    public VolumeNumber {
        if (value < 0 || value > 65534) {
            throw new IllegalArgumentException("volume " + value + " is not in 0 … 65534");
        }
    }

    @Override
    public int compareTo(VolumeNumber other) {
        return Integer.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Integer.toString(value);
    }
}
