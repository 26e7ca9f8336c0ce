package io.bsr.core;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import java.util.ArrayList;
import java.util.List;

/** The end of the resource on this node: demoted, disconnected, detached, forgotten. */
final class TakingDown {
    static final String IN_PROGRESS = "the resource is being taken down";
    private static final long CHECK_NANOS = 10_000_000L;

    private final Resource resource;

    /** From the start of {@code down} to its end: what it has ended must not begin again. */
    private boolean inProgress;

    TakingDown(Resource resource) {
        this.resource = resource;
    }

    boolean inProgress() {
        return inProgress;
    }

    void down(Commands commands, Reply reply) {
        if (inProgress) {
            reply.refuse(ErrorCode.IN_TRANSIENT_STATE, IN_PROGRESS);
            return;
        }
        inProgress = true;
        commands.demotion.secondary(outcome -> {
            if (!outcome.success()) {
                inProgress = false;
                reply.done(outcome);
                return;
            }
            disconnectAll(
                    commands,
                    new ArrayList<>(resource.connections()),
                    () -> detachAll(commands, new ArrayList<>(resource.volumes()), () -> {
                        inProgress = false;
                        resource.forget();
                        reply.done(Outcome.OK);
                    }));
        });
    }

    private void disconnectAll(Commands commands, List<Connection> left, Runnable then) {
        if (left.isEmpty()) {
            then.run();
            return;
        }
        Connection connection = left.removeLast();
        if (connection.state() == ConnectionState.STANDALONE) {
            disconnectAll(commands, left, then);
        } else {
            commands.connections.disconnect(connection, false, () -> disconnectAll(commands, left, then));
        }
    }

    private void detachAll(Commands commands, List<Volume> left, Runnable then) {
        if (left.isEmpty()) {
            then.run();
            return;
        }
        if (left.getLast().diskState() == DiskState.ATTACHING) {
            // An attach ends by itself; what it opened must not outlive the volume.
            resource.timers().schedule(CHECK_NANOS, () -> detachAll(commands, left, then));
            return;
        }
        Volume volume = left.removeLast();
        if (volume.disk() == null) {
            detachAll(commands, left, then);
        } else {
            commands.disks.detach(volume, () -> detachAll(commands, left, then));
        }
    }
}
