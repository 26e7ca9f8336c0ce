package io.bsr.core;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether requests of users have to wait (state-machine reference, section 9.4). It is at the entrance: a request that
 * comes is held, whether it reads or writes; one that has begun goes on to its end. Nothing that is held is lost: it
 * begins when the suspension ends, or fails then if the volume cannot serve it any more.
 */
final class Suspension {
    private final Resource resource;
    private boolean byUser;

    /** Lost peers of which it is not known what became of them. */
    private int unfenced;

    Suspension(Resource resource) {
        this.resource = resource;
    }

    /** For any reason. */
    boolean active() {
        return byUser || byFencing();
    }

    boolean byUser() {
        return byUser;
    }

    /** Until a lost peer is fenced: then writes that had begun wait as well. */
    boolean byFencing() {
        return unfenced > 0;
    }

    /** As status shows it: {@code no}, or why. */
    String text() {
        List<String> reasons = new ArrayList<>();
        if (byUser) {
            reasons.add("user");
        }
        if (byFencing()) {
            reasons.add("fencing");
        }
        return reasons.isEmpty() ? "no" : String.join(",", reasons);
    }

    /** False if it was so already. */
    boolean suspend() {
        if (byUser) {
            return false;
        }
        byUser = true;
        told("no -> user");
        return true;
    }

    /** Whatever the reason is; false if nothing was suspended. */
    boolean resume() {
        if (!active()) {
            return false;
        }
        if (byUser) {
            byUser = false;
            told("user -> no");
        }
        if (byFencing()) {
            resource.connections().forEach(c -> c.fencing().thaw("by command"));
        } else {
            goOn();
        }
        return true;
    }

    /** Users wait until a lost peer is fenced or back. */
    void fencingBegan() {
        unfenced++;
    }

    /** For each {@link #fencingBegan}: it is, or they need not. */
    void fencingEnded() {
        unfenced--;
        resource.changed();
        if (!byFencing()) {
            goOn();
        }
    }

    /**
     * A generation that is due begins before the first write does. While a peer compares identifiers, it must not: the peer
     * has been sent the former ones. Writes wait for the end of that anyway, and begin it if it is still due then.
     */
    private void goOn() {
        for (Volume volume : resource.volumes()) {
            if (volume.generation().isDue() && volume.usableDisk() != null && !resource.handshaking()) {
                volume.generation().begin(false);
            }
        }
        resource.heldAnswers().peersFenced();
        for (Volume volume : resource.volumes()) {
            volume.requests().suspensionEnded();
            volume.requests().holdEnded();
        }
    }

    private void told(String change) {
        resource.log(Events.Level.INFO, resource.name(), "susp( " + change + " ): by command");
        resource.changed();
    }
}
