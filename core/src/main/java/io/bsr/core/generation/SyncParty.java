package io.bsr.core.generation;

import io.bsr.base.state.DiskState;
import io.bsr.base.state.Role;

/**
 * One side of the decision.
 *
 * @param disk never Negotiating: for this node then the state derived from the metadata flags, for the peer
 *     {@link #peerDisk}
 */
public record SyncParty(GenerationReport report, DiskState disk, Role role) {
    public SyncParty {
        if (disk == DiskState.NEGOTIATING) {
            throw new IllegalArgumentException("the disk state is to be resolved before the decision");
        }
    }

    /** The peer's disk as the decision takes it: from its P_STATE, with Negotiating resolved by its flags. */
    public static DiskState peerDisk(DiskState reported, long flags) {
        if (reported != DiskState.NEGOTIATING) {
            return reported;
        }
        return UuidFlag.INCONSISTENT.in(flags) ? DiskState.INCONSISTENT : DiskState.CONSISTENT;
    }

    boolean primary() {
        return role == Role.PRIMARY;
    }

    boolean has(UuidFlag flag) {
        return report.has(flag);
    }

    SyncParty withRole(Role other) {
        return new SyncParty(report, disk, other);
    }
}
