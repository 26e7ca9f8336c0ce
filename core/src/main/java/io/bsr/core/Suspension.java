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
        for (Connection c : resource.connections()) {
            if (c.fencing().frozen()) {
                return true;
            }
        }
        return false;
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
        resource.connections().forEach(c -> c.fencing().thaw("by command"));
        goOn();
        return true;
    }

    /** A peer that users waited for is fenced or back. */
    void fencingEnded() {
        resource.changed();
        if (!byFencing()) {
            goOn();
        }
    }

    /** A generation that is due begins before the first write does. */
    private void goOn() {
        for (Volume volume : resource.volumes()) {
            if (volume.generation().isDue() && volume.usableDisk() != null) {
                volume.generation().begin(false);
            }
        }
        if (!byFencing()) {
            resource.heldAnswers().peerFenced();
        }
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
