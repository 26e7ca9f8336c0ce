package io.bsr.base;

/**
 * The number of a node within a resource.
 *
 * @param value 0 … 31
 */
public record NodeId(int value) implements Comparable<NodeId> {
    /** One more than the largest node id: the metadata has room for this many peers. */
    public static final int LIMIT = 32;

    public NodeId {
        if (value < 0 || value >= LIMIT) {
            throw new IllegalArgumentException("node-id " + value + " is not in 0 … 31");
        }
    }

    /** The node as a bit of a node mask. */
    public long mask() {
        return 1L << value;
    }

    @Override
    public int compareTo(NodeId other) {
        return Integer.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Integer.toString(value);
    }
}
