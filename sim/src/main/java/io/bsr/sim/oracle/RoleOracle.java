package io.bsr.sim.oracle;

import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;

/** I3: two connected nodes are not both Primary. */
public final class RoleOracle {
    private final NodeView[] views;
    private final int volumes;

    public RoleOracle(NodeView[] views, int volumes) {
        this.views = views.clone();
        this.volumes = volumes;
    }

    /** A view has changed. */
    public void observe() {
        if (views[0].role() != Role.PRIMARY || views[1].role() != Role.PRIMARY) {
            return;
        }
        for (int v = 0; v < volumes; v++) {
            if (replicates(views[0], v) && replicates(views[1], v)) {
                throw new Violation(
                        "I3",
                        "both nodes are Primary while volume " + v + " is " + views[0].replication(v) + " on n0 and "
                                + views[1].replication(v) + " on n1");
            }
        }
    }

    private static boolean replicates(NodeView view, int volume) {
        return view.connected() && view.replication(volume).atLeast(ReplicationState.ESTABLISHED);
    }
}
