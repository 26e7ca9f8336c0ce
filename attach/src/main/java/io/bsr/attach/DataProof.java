package io.bsr.attach;

import org.jspecify.annotations.Nullable;

/** Whether the data of a volume are those that a former engine had. On the loop of the volume. */
public interface DataProof {
    /** Stands for data that nobody may rely on later: they are not, or not all, on the disk of this node. */
    long NOT_HERE = 0;

    /** The identifier of the data's generation, or {@link #NOT_HERE}. */
    long generation();

    /**
     * Whether the disk of this node has just what a former engine left, which ended with this generation.
     *
     * @return {@code null} if it has, else why that is not known
     */
    @Nullable String changedSince(long generation);
}
