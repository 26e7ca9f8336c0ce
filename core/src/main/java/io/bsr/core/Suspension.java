package io.bsr.core;

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

    boolean byUser() {
        return byUser;
    }

    /** As status shows it: {@code no}, or why. */
    String text() {
        return byUser ? "user" : "no";
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

    /** False if nothing was suspended. A generation that is due begins before the first write does. */
    boolean resume() {
        if (!byUser) {
            return false;
        }
        byUser = false;
        told("user -> no");
        for (Volume volume : resource.volumes()) {
            if (volume.generation().isDue() && volume.usableDisk() != null) {
                volume.generation().begin(false);
            }
            volume.requests().suspensionEnded();
        }
        return true;
    }

    private void told(String change) {
        resource.log(Events.Level.INFO, resource.name(), "susp( " + change + " ): by command");
        resource.changed();
    }
}
