package io.bsr.core;

import io.bsr.core.resync.ResyncRequests;
import org.jspecify.annotations.Nullable;

/**
 * Keeps users' writes away from what a resync has asked for, while this node is Primary and target at once: an answer that
 * was read before such a write must not overwrite it. From before the request is sent until its answer is on the disk.
 */
final class ResyncLooks {
    /** Somebody who goes on when a range is kept free. */
    interface Sender {
        void send(long startSector, int sectors);
    }

    private final PeerDevice peerDevice;
    private final Sender sender;
    private final @Nullable Look[] looks;
    private @Nullable Look free;

    ResyncLooks(PeerDevice peerDevice, int handles, Sender sender) {
        this.peerDevice = peerDevice;
        this.sender = sender;
        looks = new Look[handles];
    }

    /** A range that is, or will be, kept free of users' writes. */
    final class Look extends UserLook {
        private boolean granted;
        private boolean cancelled;
        private @Nullable Look nextFree;

        @Override
        void usersKeptAway() {
            granted = true;
            if (cancelled) {
                end();
            } else {
                sender.send(startSector, (int) (endSector - startSector));
            }
        }

        /** Users may write again; what was not granted yet never will be. */
        void end() {
            if (!granted) {
                cancelled = true;
                return;
            }
            granted = false;
            nextFree = free;
            free = this;
            peerDevice.volume().requests().writes().endLook(this);
        }
    }

    /** Calls the sender for this request when no earlier write of a user is on its way to the range. */
    void begin(int handle, long startSector, int sectors) {
        Look look = free;
        if (look == null) {
            look = new Look();
        } else {
            free = look.nextFree;
        }
        look.cancelled = false;
        look.startSector = startSector;
        look.endSector = startSector + sectors;
        looks[handle] = look;
        peerDevice.volume().requests().writes().look(look);
    }

    /** The request is done with, but its answer may still be on its way to the disk; {@code null} if it has no look. */
    @Nullable Look take(int handle) {
        Look look = handle == ResyncRequests.NONE ? null : looks[handle];
        if (look != null) {
            looks[handle] = null;
        }
        return look;
    }

    /** The request is done with. */
    void end(int handle) {
        Look look = take(handle);
        if (look != null) {
            look.end();
        }
    }

    /** Requests that are not sent yet, because of a user's write. */
    int waiting() {
        int waiting = 0;
        for (Look look : looks) {
            waiting += look != null && !look.granted ? 1 : 0;
        }
        return waiting;
    }

    /** All requests are forgotten. */
    void endAll() {
        for (int handle = 0; handle < looks.length; handle++) {
            end(handle);
        }
    }
}
