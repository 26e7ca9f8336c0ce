package io.bsr.core;

import io.bsr.base.Units;
import io.bsr.core.resync.RangeNode;
import org.jspecify.annotations.Nullable;

/** Keeps users' writes away from a range, while a verify looks at it. */
abstract class UserLook extends RangeNode {
    /** Place among the writes: it waits for earlier ones, later ones wait for it. */
    long order;

    /** It waits also for what this peer has not yet made durable. */
    @Nullable PeerDevice durableAt;

    @Nullable UserLook nextWaiting;

    int bytes() {
        return (int) (endSector - startSector) << Units.SECTOR_SHIFT;
    }

    /** No write of a user to the range is in flight, and none begins before {@link UserWrites#endLook}. */
    abstract void usersKeptAway();
}
