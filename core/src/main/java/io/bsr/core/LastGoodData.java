package io.bsr.core;

import io.bsr.base.state.DiskState;
import io.bsr.base.state.Role;
import org.jspecify.annotations.Nullable;

/**
 * Whether users of a Primary would be left without good data by a command that takes away a disk or a connection
 * (state-machine reference 3.2, rule 11). Only for a wish: what fails by itself is not asked.
 */
final class LastGoodData {
    private static final String ADVICE = ". Demote the Primary first, or use --force";

    private LastGoodData() {}

    /** Why the connection has to stay; {@code null} if it may be ended. */
    static @Nullable String behind(Connection connection) {
        boolean primary = connection.resource().role() == Role.PRIMARY;
        for (PeerDevice p : connection.peerDevices()) {
            if (primary
                    && connection.connected()
                    && p.volume().diskState() != DiskState.UP_TO_DATE
                    && p.peerDisk() == DiskState.UP_TO_DATE) {
                return "this node is Primary, and the good data of "
                        + p.volume().label() + " are on the peer only" + ADVICE;
            }
            String here = here(p);
            if (here != null) {
                return here;
            }
        }
        return null;
    }

    /** Why the disk has to stay; {@code null} if it may be detached. */
    static @Nullable String on(Volume volume, Resource resource) {
        for (Connection connection : resource.connections()) {
            PeerDevice p = connection.peerDevice(volume);
            String here = p == null ? null : here(p);
            if (here != null) {
                return here;
            }
        }
        return null;
    }

    private static @Nullable String here(PeerDevice p) {
        boolean needed = p.connection().peerRole() == Role.PRIMARY
                && p.volume().diskState() == DiskState.UP_TO_DATE
                && p.peerDisk() != DiskState.UP_TO_DATE
                && p.peerDisk() != DiskState.UNKNOWN;
        return needed
                ? "the peer is Primary, and the good data of " + p.volume().label() + " are on this node only" + ADVICE
                : null;
    }
}
