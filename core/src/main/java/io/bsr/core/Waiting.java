package io.bsr.core;

import io.bsr.base.state.DiskState;
import io.bsr.core.disk.Disk;

/**
 * Why something does not go on, in words for people: what {@code status --verbose} says, and the simulator where something
 * does not end. Empty where nothing is held: work that is merely in progress is told by numbers.
 */
final class Waiting {
    /** An answer that takes longer than that is worth a word, ns. */
    private static final long LONG = 2_000_000_000L;

    private Waiting() {}

    /** Requests of users, and attaching and detaching. */
    static String of(Resource resource, Volume v) {
        int waiting = v.requests().waiting();
        if (waiting > 0) {
            return "requests wait for " + requests(resource, v);
        }
        if (v.diskState() == DiskState.ATTACHING) {
            return "attach waits for the metadata on the disk";
        }
        if (v.diskState() == DiskState.DETACHING) {
            int left = v.requests().localOperations() + v.peerWrites().inProgress();
            return "detach waits for " + (left > 0 ? left + " operations of the disk" : "the metadata to be written");
        }
        return "";
    }

    private static String requests(Resource resource, Volume v) {
        if (resource.suspension().byUser()) {
            return "resume-io: I/O is suspended by command";
        }
        if (resource.suspension().byFencing()) {
            return "the handler fence-peer, the peer, or resume-io: a lost peer is not fenced";
        }
        Disk disk = v.disk();
        if (disk != null && disk.writer().persistPending()) {
            return "the superblock to be written";
        }
        if (disk != null && v.generation().isDue()) {
            return "a new generation identifier";
        }
        if (resource.handshaking()) {
            return "a peer that is exchanging identifiers";
        }
        UserWrites writes = v.requests().writes();
        if (writes.logging.size() > 0) {
            return "the activity log";
        }
        return writes.blocked.size() > 0
                ? "an earlier write, or a read of a resync or verify, of the same blocks"
                : "a free place among the requests";
    }

    /** A resync. */
    static String of(PeerDevice p) {
        String reason = resync(p);
        return reason.isEmpty() ? "" : "resync waits for " + reason;
    }

    private static String resync(PeerDevice p) {
        String handler = p.beforeResync().waitsFor();
        if (!handler.isEmpty()) {
            return handler;
        }
        return switch (p.replication()) {
            case PAUSED_SYNC_S, PAUSED_SYNC_T -> paused(p);
            case WF_BITMAP_S, WF_BITMAP_T ->
                p.bitmapExchange().sending() ? "the connection to take the own bitmap" : "the bitmap of the peer";
            case AHEAD -> "the connection to bring the peer what is on its way: congestion";
            case BEHIND -> "the peer to end its congestion";
            case SYNC_TARGET -> p.resyncTarget().waitsFor(LONG);
            case SYNC_SOURCE -> p.resyncSource().waitsFor();
            default -> "";
        };
    }

    private static String paused(PeerDevice p) {
        if (p.pausedByUser()) {
            return "resume-sync on " + (p.pausedByPeer() ? "both nodes" : "this node");
        }
        return p.pausedByPeer() ? "resume-sync on the peer" : "the peer to go on";
    }

    /** A connection that is there. */
    static String of(Resource resource, Session session) {
        if (session.waitsForDisks) {
            return "waits for the own metadata to be written";
        }
        if (session.waitsForRoom) {
            return "waits for the disk of the peer to grow";
        }
        return resource.clusterChange().running() ? "waits for the nodes to agree on a change of state or size" : "";
    }
}
