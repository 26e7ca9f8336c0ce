package io.bsr.core.option;

/** What is done so that a peer that is out of contact cannot become Primary beside this node (option {@code fencing}). */
public enum FencingPolicy {
    /** Nothing. */
    DONT_CARE("dont-care"),
    /** The handler fence-peer is called; users go on meanwhile. */
    RESOURCE_ONLY("resource-only"),
    /** The same, and users wait until the peer is fenced, or back. */
    RESOURCE_AND_STONITH("resource-and-stonith");

    private final String word;

    FencingPolicy(String word) {
        this.word = word;
    }

    /** Whether fence-peer is called at all. */
    public boolean calls() {
        return this != DONT_CARE;
    }

    @Override
    public String toString() {
        return word;
    }
}
