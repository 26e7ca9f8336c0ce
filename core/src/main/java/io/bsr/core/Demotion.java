package io.bsr.core;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.port.VolumePort;
import io.bsr.base.state.Role;
import java.util.ArrayList;
import java.util.List;

/** Becoming Secondary: no user has the volume open, and no write is in flight anywhere. */
final class Demotion {
    static final long DRAIN_NANOS = 10_000_000_000L;
    private static final long CHECK_NANOS = 10_000_000L;

    private final Resource resource;

    Demotion(Resource resource) {
        this.resource = resource;
    }

    void secondary(Reply reply) {
        if (resource.role() != Role.PRIMARY) {
            reply.done(Outcome.NOTHING_TO_DO);
            return;
        }
        if (resource.openUsers() > 0) {
            reply.refuse(ErrorCode.DEVICE_IN_USE, "held open by " + holders());
            return;
        }
        if (resource.suspension().byFencing() && resource.transferLog().count() > 0) {
            reply.refuse(
                    ErrorCode.IN_TRANSIENT_STATE,
                    "writes wait until a lost peer is fenced or back; use resume-io if they need not");
            return;
        }
        drain(resource.now() + DRAIN_NANOS, drained -> {
            if (!drained) {
                reply.refuse(
                        ErrorCode.BARRIER_ACK_PENDING_TIMEOUT,
                        "a peer has not made all writes durable within 10 s; disconnect it, or try again");
                return;
            }
            ErrorCode code = demotion().test();
            if (!code.success()) {
                reply.refuse(code, code == ErrorCode.DEVICE_IN_USE ? "held open by " + holders() : "");
                return;
            }
            resource.volumes().forEach(v -> v.generation().endAsPrimary());
            demotion().commit();
            resource.whenStored(() -> reply.done(Outcome.OK));
        });
    }

    private StateChange demotion() {
        return StateChange.asked(resource, "secondary").role(Role.SECONDARY);
    }

    private String holders() {
        List<String> names = new ArrayList<>();
        for (Volume v : resource.volumes()) {
            for (VolumePort.User user : v.users()) {
                names.add(user.description() + " (volume " + v.label() + ")");
            }
        }
        return String.join(", ", names);
    }

    private interface Drained {
        void done(boolean drained);
    }

    /** Waits until no write is in flight anywhere. */
    private void drain(long deadline, Drained then) {
        resource.transferLog().closeEpoch();
        resource.sendBarriers();
        boolean quiet = resource.transferLog().count() == 0;
        for (Volume v : resource.volumes()) {
            quiet &= v.requests().quiet();
        }
        if (quiet) {
            resource.connections().forEach(c -> c.writes().peerAck());
            then.done(true);
        } else if (resource.now() >= deadline) {
            then.done(false);
        } else {
            resource.timers().schedule(CHECK_NANOS, () -> drain(deadline, then));
        }
    }
}
