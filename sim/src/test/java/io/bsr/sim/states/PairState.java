package io.bsr.sim.states;

/** All that tells one state of the pair from another. */
record PairState(
        NodeState left,
        NodeState right,
        StoredState leftStored,
        StoredState rightStored,
        StoredState.Relation relation,
        boolean leftBroken,
        boolean rightBroken,
        boolean cut) {
    NodeState node(int node) {
        return node == 0 ? left : right;
    }

    boolean broken(int node) {
        return node == 0 ? leftBroken : rightBroken;
    }

    /** The same state apart from where both are between two attempts to connect. */
    PairState settled() {
        return new PairState(
                left.settled(), right.settled(), leftStored, rightStored, relation, leftBroken, rightBroken, cut);
    }

    /** The same with the nodes exchanged. */
    PairState mirrored() {
        return new PairState(
                /* left= */ right,
                /* right= */ left,
                /* leftStored= */ rightStored,
                /* rightStored= */ leftStored,
                relation.mirrored(),
                /* leftBroken= */ rightBroken,
                /* rightBroken= */ leftBroken,
                cut);
    }

    @Override
    public String toString() {
        return left + " | " + right + " (" + relation + (cut ? ", link cut" : "")
                + (leftBroken ? ", disk of n0 broken" : "") + (rightBroken ? ", disk of n1 broken" : "") + ", "
                + leftStored + " " + rightStored + ")";
    }
}
