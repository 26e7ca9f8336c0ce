package io.bsr.core.disk;

import java.util.ArrayList;
import java.util.List;

/** A write of a user of a {@link DiskInUse}. */
final class UserWrite {
    private static final int BLOCK_SECTORS = 8;

    /** Another node that has the volume. */
    static final class Peer {
        final int node;
        final int slot;
        boolean connected = true;

        Peer(int node, int slot) {
            this.node = node;
            this.slot = slot;
        }
    }

    final long sector;
    final int sectors;
    final List<Peer> unacknowledged = new ArrayList<>();
    boolean local;

    UserWrite(long sector, int sectors) {
        this.sector = sector;
        this.sectors = sectors;
    }

    int firstExtent() {
        return Disk.firstExtent(sector);
    }

    int lastExtent() {
        return Disk.lastExtent(sector + sectors);
    }

    int firstBlock() {
        return (int) (sector / BLOCK_SECTORS);
    }

    int lastBlock() {
        return (int) ((sector + sectors - 1) / BLOCK_SECTORS);
    }
}
