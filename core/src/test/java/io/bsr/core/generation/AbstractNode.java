package io.bsr.core.generation;

import io.bsr.base.NodeId;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.Role;

/** One node of an {@link AbstractPair}: what its metadata and its process remember. */
final class AbstractNode {
    GenerationIdentifiers identifiers;
    DiskState disk = DiskState.UP_TO_DATE;

    /** Blocks marked out-of-sync towards the other node. */
    int bits;

    /** Stored: crashed as Primary, not resolved. */
    boolean crashedPrimary;

    /** Stored: was source of a resync whose end it has not seen. */
    boolean syncInProgress;

    /** Stored: the first full sync as target has begun. */
    boolean initialSyncBegun;

    /** Of the process: Primary. */
    boolean primary;

    /** Of the process: was connected since it started. */
    boolean wasConnected;

    /** Of the process: begin a new generation before the next write. */
    boolean newCurrentNeeded;

    AbstractNode(int node) {
        identifiers = GenerationIdentifiers.justCreated(new NodeId(node));
    }

    AbstractNode(AbstractNode from) {
        identifiers = from.identifiers;
        disk = from.disk;
        bits = from.bits;
        crashedPrimary = from.crashedPrimary;
        syncInProgress = from.syncInProgress;
        initialSyncBegun = from.initialSyncBegun;
        primary = from.primary;
        wasConnected = from.wasConnected;
        newCurrentNeeded = from.newCurrentNeeded;
    }

    Role role() {
        return primary ? Role.PRIMARY : Role.SECONDARY;
    }

    long flags() {
        long flags = UuidFlag.STABLE.mask();
        flags |= crashedPrimary ? UuidFlag.CRASHED_PRIMARY.mask() : 0;
        flags |= syncInProgress ? UuidFlag.SYNC_IN_PROGRESS.mask() : 0;
        flags |= initialSyncBegun ? UuidFlag.INITIAL_SYNC_BEGUN.mask() : 0;
        flags |= wasConnected ? UuidFlag.RECONNECT.mask() : 0;
        flags |= disk == DiskState.INCONSISTENT ? UuidFlag.INCONSISTENT.mask() : 0;
        return flags;
    }

    SyncParty party(boolean discard) {
        long flags = flags() | (discard ? UuidFlag.DISCARD_MY_DATA.mask() : 0);
        return new SyncParty(new GenerationReport(identifiers, flags, Integer.bitCount(bits)), disk, role());
    }
}
