package io.bsr.core;

import io.bsr.base.NodeId;
import io.bsr.base.VolumeNumber;
import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.port.VolumePort;
import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.disk.AttachRequest;
import io.bsr.core.disk.Disk;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What administrators ask for. Each command ends within its deadline: a change of the cluster within the two-phase
 * timeout and a few tries, a demotion within {@link #DRAIN_NANOS}.
 */
final class Commands {
    private static final long TENTH = 100_000_000L;
    private static final long DRAIN_NANOS = 100 * TENTH;
    private static final int TRIES = 4;

    private static final String GOING_DOWN = "the resource is being taken down";

    private final Resource resource;

    /** From the start of {@code down} to its end: what it has ended must not begin again. */
    private boolean goingDown;

    Commands(Resource resource) {
        this.resource = resource;
    }

    private static void refuse(Reply reply, ErrorCode code, String detail) {
        reply.done(Outcome.of(code, detail));
    }

    void attach(VolumeNumber number, AttachRequest request, Reply reply) {
        Volume volume = resource.volume(number);
        if (volume == null) {
            Volume.closeStores(request);
            refuse(reply, ErrorCode.MINOR_UNKNOWN, "there is no volume " + number);
        } else if (goingDown) {
            Volume.closeStores(request);
            refuse(reply, ErrorCode.IN_TRANSIENT_STATE, GOING_DOWN);
        } else {
            volume.options = request.options().given();
            volume.attach(request, reply);
        }
    }

    void detach(VolumeNumber number, boolean force, Reply reply) {
        Volume volume = resource.volume(number);
        if (volume == null) {
            refuse(reply, ErrorCode.MINOR_UNKNOWN, "there is no volume " + number);
            return;
        }
        if (volume.diskState() == DiskState.ATTACHING || volume.diskState() == DiskState.DETACHING) {
            refuse(reply, ErrorCode.IN_TRANSIENT_STATE, "the disk of " + volume.label() + " is " + volume.diskState());
            return;
        }
        if (volume.disk() == null) {
            reply.done(Outcome.NOTHING_TO_DO);
            return;
        }
        if (resource.role() == Role.PRIMARY && !force) {
            refuse(
                    reply,
                    ErrorCode.CONNECTED_DISKLESS,
                    "this node is Primary: its users would lose the volume. Demote it first");
            return;
        }
        detach(volume, () -> reply.done(Outcome.OK));
    }

    private void detach(Volume volume, Runnable then) {
        StateChange.imposed(resource, "detach")
                .disk(volume, DiskState.DETACHING)
                .commit();
        volume.afterQuiet(() -> {
            volume.markUnsafeWrites();
            Disk disk = volume.disk();
            if (disk == null) {
                then.run();
            } else {
                disk.writer().persist(durable -> releaseDetached(volume, then));
            }
        });
    }

    private static void releaseDetached(Volume volume, Runnable then) {
        if (volume.disk() == null) {
            then.run();
        } else {
            volume.release("detach", then);
        }
    }

    void connect(NodeId peer, boolean discardMyData, boolean tentative, Reply reply) {
        Connection connection = resource.connection(peer);
        if (connection == null) {
            refuse(reply, ErrorCode.INVALID_REQUEST, "there is no peer with node-id " + peer);
        } else if (connection.paths().isEmpty()) {
            refuse(reply, ErrorCode.NO_NET_CONFIG, "no address of the peer is configured");
        } else if (discardMyData && resource.role() == Role.PRIMARY) {
            refuse(reply, ErrorCode.DISCARD_IMPOSSIBLE, "this node is Primary; demote it first");
        } else if (connection.state() != ConnectionState.STANDALONE) {
            refuse(reply, ErrorCode.NET_CONFIGURED, "the connection is " + connection.state());
        } else if (goingDown) {
            refuse(reply, ErrorCode.IN_TRANSIENT_STATE, GOING_DOWN);
        } else {
            connection.tentative = tentative;
            for (PeerDevice p : connection.peerDevices()) {
                p.discardMyData = discardMyData;
            }
            connection.start();
            reply.done(Outcome.OK);
        }
    }

    void disconnect(NodeId peer, boolean force, Reply reply) {
        Connection connection = resource.connection(peer);
        if (connection == null) {
            refuse(reply, ErrorCode.INVALID_REQUEST, "there is no peer with node-id " + peer);
        } else if (connection.state() == ConnectionState.STANDALONE) {
            reply.done(Outcome.NOTHING_TO_DO);
        } else {
            disconnect(connection, force, () -> reply.done(Outcome.OK));
        }
    }

    private void disconnect(Connection connection, boolean force, Runnable then) {
        Session session = connection.session();
        if (force || session == null || !connection.connected()) {
            connection.disconnectedByCommand();
            then.run();
            return;
        }
        resource.clusterChange().disconnect(session, result -> {
            boolean leavesPrimary = result.code().success() && result.primary(connection.peer());
            if (leavesPrimary) {
                outdateWhatThePrimaryHas(connection);
            }
            if (connection.state() != ConnectionState.STANDALONE) {
                connection.disconnectedByCommand();
            }
            then.run();
        });
    }

    /** The Primary writes on without this node: its data are old from now on, except where the Primary has none. */
    private void outdateWhatThePrimaryHas(Connection connection) {
        StateChange change = StateChange.imposed(resource, "disconnected from the Primary");
        for (Volume v : resource.volumes()) {
            if (v.diskState().compareTo(DiskState.OUTDATED) > 0 && connection.peerUpToDate(v)) {
                change.disk(v, DiskState.OUTDATED);
            }
        }
        change.commit();
    }

    // ------------------------------------------------------------------------------------------------ roles

    void primary(boolean force, Reply reply) {
        promote(force, false, TRIES, reply);
    }

    /**
     * What a former Primary sent and what has not reached the disk yet would overwrite, some time after the promotion,
     * what this node's users write: a promotion has to wait for it.
     */
    private void promoteWhenReceivedWritesAreOnDisk(
            boolean force, boolean forced, int triesLeft, long deadline, Reply reply) {
        if (receivedWritesAreOnDisk()) {
            promote(force, forced, triesLeft, reply);
        } else if (resource.now() >= deadline) {
            refuse(
                    reply,
                    ErrorCode.IN_TRANSIENT_STATE,
                    "writes of the former Primary have not reached the disk within 10 s; try again");
        } else {
            resource.timers()
                    .schedule(
                            TENTH / 10,
                            () -> promoteWhenReceivedWritesAreOnDisk(force, forced, triesLeft, deadline, reply));
        }
    }

    private boolean receivedWritesAreOnDisk() {
        return resource.volumes().stream().allMatch(v -> v.peerWrites().quiet());
    }

    private void promote(boolean force, boolean forced, int triesLeft, Reply reply) {
        if (resource.role() == Role.PRIMARY) {
            reply.done(Outcome.NOTHING_TO_DO);
            return;
        }
        if (resource.volumes().isEmpty()) {
            refuse(reply, ErrorCode.NO_UP_TO_DATE_DISK, "the resource has no volume");
            return;
        }
        if (goingDown) {
            refuse(reply, ErrorCode.IN_TRANSIENT_STATE, GOING_DOWN);
            return;
        }
        if (!receivedWritesAreOnDisk()) {
            promoteWhenReceivedWritesAreOnDisk(force, forced, triesLeft, resource.now() + DRAIN_NANOS, reply);
            return;
        }
        boolean makeUpToDate = forced;
        StateChange attempt = promotion(makeUpToDate);
        ErrorCode verdict = attempt.test();
        if (verdict == ErrorCode.NO_UP_TO_DATE_DISK && force && canBeForced()) {
            makeUpToDate = true;
            verdict = promotion(true).test();
        }
        if (!verdict.success()) {
            refuse(reply, verdict, whyNot(verdict));
            return;
        }
        boolean upToDate = makeUpToDate;
        resource.clusterChange().promote(upToDate, result -> {
            switch (result.code()) {
                case SUCCESS -> promoted(upToDate, reply);
                case CONCURRENT_STATE_CHANGE, TIMEOUT -> {
                    if (triesLeft <= 1) {
                        refuse(reply, result.code(), "other changes of the cluster were always in the way");
                        return;
                    }
                    int base = resource.options().twoPhaseRetryTimeout() << (TRIES - triesLeft);
                    long pause = TENTH / 10 + (long) resource.entropy().nextInt(base * 100) * TENTH / 100;
                    resource.timers().schedule(pause, () -> promote(force, upToDate, triesLeft - 1, reply));
                }
                case CW_FAILED_BY_PEER -> {
                    if (resource.peerIsPrimary()) {
                        refuse(reply, ErrorCode.TWO_PRIMARIES, whyNot(ErrorCode.TWO_PRIMARIES));
                    } else if (triesLeft > 1) {
                        resource.timers().schedule(TENTH, () -> promote(force, upToDate, triesLeft - 1, reply));
                    } else {
                        refuse(reply, result.code(), "the peer refused, or was lost meanwhile");
                    }
                }
                default -> refuse(reply, result.code(), whyNot(result.code()));
            }
        });
    }

    private StateChange promotion(boolean forced) {
        StateChange change = StateChange.asked(resource, forced ? "primary --force" : "primary")
                .role(Role.PRIMARY);
        if (forced) {
            for (Volume v : resource.volumes()) {
                if (v.diskState().atLeast(DiskState.INCONSISTENT)) {
                    change.disk(v, DiskState.UP_TO_DATE);
                }
            }
        }
        return change;
    }

    private boolean canBeForced() {
        for (Volume v : resource.volumes()) {
            if (!v.diskState().atLeast(DiskState.INCONSISTENT)) {
                return false;
            }
        }
        for (Connection c : resource.connections()) {
            for (PeerDevice p : c.peerDevices()) {
                if (StateRules.targetSide(p.replication())) {
                    return false;
                }
            }
        }
        return true;
    }

    private String whyNot(ErrorCode code) {
        return switch (code) {
            case TWO_PRIMARIES -> "a peer is Primary; demote it first";
            case NO_UP_TO_DATE_DISK -> {
                boolean diskless = resource.volumes().stream().anyMatch(v -> v.diskState() == DiskState.DISKLESS);
                String remedy = diskless ? "Attach a disk" : "Let it be resynchronised, or use --force";
                yield resource.volumes().stream()
                        .filter(v -> v.diskState() != DiskState.UP_TO_DATE)
                        .map(v -> "the disk of " + v.label() + " is " + v.diskState())
                        .collect(Collectors.joining(", ", "", ". " + remedy));
            }
            default -> "";
        };
    }

    private void promoted(boolean forced, Reply reply) {
        ErrorCode code = promotion(forced).test();
        if (!code.success()) {
            refuse(reply, code, whyNot(code));
            return;
        }
        if (forced) {
            // First the generation: "UpToDate" with the old one must not be found on disk after a crash.
            resource.volumes().forEach(v -> v.beginGeneration(true));
        }
        promotion(forced).commit();
        if (forced) {
            resource.log(Events.Level.WARN, resource.name(), "forced to consider local data as UpToDate");
        }
        for (Connection c : resource.connections()) {
            c.peerDevices().forEach(p -> p.discardMyData = false);
        }
        int[] open = {1};
        Runnable oneDone = () -> {
            if (--open[0] == 0) {
                tellOfPromotion(forced);
                reply.done(Outcome.OK);
            }
        };
        for (Volume v : resource.volumes()) {
            boolean alone = !allPeersUpToDate(v);
            if (forced) {
                v.noGenerationDue();
            } else if (alone) {
                v.beginGeneration(false);
            }
            v.updateFlags();
            Disk disk = v.disk();
            if (disk != null) {
                open[0]++;
                disk.writer().persist(durable -> oneDone.run());
            }
        }
        oneDone.run();
    }

    /** Not before the new generation is on disk, see {@link Volume#beginGeneration}. */
    private void tellOfPromotion(boolean forced) {
        for (Connection c : resource.connections()) {
            if (c.connected()) {
                for (PeerDevice p : c.peerDevices()) {
                    if (!p.initialStateSent) {
                        continue;
                    }
                    if (forced) {
                        p.sendIdentifiers(0, 0);
                        p.considerResync = true;
                    }
                    p.sendState();
                }
            }
        }
    }

    private boolean allPeersUpToDate(Volume v) {
        for (Connection c : resource.connections()) {
            if (!c.peerUpToDate(v)) {
                return false;
            }
        }
        return true;
    }

    void secondary(Reply reply) {
        if (resource.role() != Role.PRIMARY) {
            reply.done(Outcome.NOTHING_TO_DO);
            return;
        }
        if (resource.openUsers() > 0) {
            refuse(reply, ErrorCode.DEVICE_IN_USE, "held open by " + holders());
            return;
        }
        drain(resource.now() + DRAIN_NANOS, drained -> {
            if (!drained) {
                refuse(
                        reply,
                        ErrorCode.BARRIER_ACK_PENDING_TIMEOUT,
                        "a peer has not made all writes durable within 10 s; disconnect it, or try again");
                return;
            }
            ErrorCode code = StateChange.asked(resource, "secondary")
                    .role(Role.SECONDARY)
                    .commit();
            if (!code.success()) {
                refuse(reply, code, code == ErrorCode.DEVICE_IN_USE ? "held open by " + holders() : "");
                return;
            }
            for (Volume v : resource.volumes()) {
                v.noGenerationDue();
            }
            resource.whenStored(() -> reply.done(Outcome.OK));
        });
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
            resource.timers().schedule(TENTH / 10, () -> drain(deadline, then));
        }
    }

    // ------------------------------------------------------------------------------------------------ resync

    void fullSync(VolumeNumber number, @Nullable NodeId peer, ReplicationState side, Reply reply) {
        Volume volume = resource.volume(number);
        if (volume == null) {
            refuse(reply, ErrorCode.MINOR_UNKNOWN, "there is no volume " + number);
            return;
        }
        PeerDevice p = null;
        for (Connection c : resource.connections()) {
            if (c.connected() && (peer == null || c.peer().equals(peer))) {
                p = c.peerDevice(volume);
            }
        }
        Session session = p == null ? null : p.connection().session();
        if (p == null || session == null) {
            refuse(reply, ErrorCode.NEED_CONNECTION, "no peer is connected");
            return;
        }
        if (side == ReplicationState.STARTING_SYNC_T && resource.role() == Role.PRIMARY) {
            refuse(reply, ErrorCode.INVALID_REQUEST, "this node is Primary; demote it before its data are discarded");
            return;
        }
        PeerDevice chosen = p;
        ErrorCode verdict = change(chosen, side).test();
        if (!verdict.success()) {
            refuse(reply, verdict, "");
            return;
        }
        resource.clusterChange().startSync(session, volume, side, result -> {
            if (!result.code().success()) {
                refuse(reply, result.code(), "");
                return;
            }
            ErrorCode code = change(chosen, side).commit();
            reply.done(code.success() ? Outcome.OK : Outcome.of(code, ""));
        });
    }

    private StateChange change(PeerDevice p, ReplicationState side) {
        boolean target = side == ReplicationState.STARTING_SYNC_T;
        return StateChange.asked(resource, target ? "invalidate" : "invalidate-remote")
                .replication(p, side);
    }

    void outdate(VolumeNumber number, Reply reply) {
        Volume volume = resource.volume(number);
        if (volume == null) {
            refuse(reply, ErrorCode.MINOR_UNKNOWN, "there is no volume " + number);
            return;
        }
        if (resource.role() == Role.PRIMARY || resource.peerIsPrimary()) {
            refuse(reply, ErrorCode.CONNECTED_OUTDATES, "the data are in use");
            return;
        }
        ErrorCode code = StateChange.asked(resource, "outdate")
                .disk(volume, DiskState.OUTDATED)
                .commit();
        if (!code.success()) {
            refuse(reply, code, "the disk is " + volume.diskState());
            return;
        }
        resource.whenStored(() -> reply.done(code == ErrorCode.NOTHING_TO_DO ? Outcome.NOTHING_TO_DO : Outcome.OK));
    }

    Outcome pause(NodeId peer, VolumeNumber number, boolean pause) {
        PeerDevice p = resource.peerDevice(peer, number);
        if (p == null) {
            return Outcome.of(ErrorCode.INVALID_REQUEST, "there is no such peer or volume");
        }
        if (p.pausedByUser() == pause) {
            return Outcome.of(pause ? ErrorCode.PAUSE_ALREADY_SET : ErrorCode.PAUSE_ALREADY_CLEAR, "");
        }
        ErrorCode code = StateChange.imposed(resource, pause ? "pause-sync" : "resume-sync")
                .pausedByUser(p, pause)
                .commit();
        return code.success() ? Outcome.OK : Outcome.of(code, "");
    }

    // ------------------------------------------------------------------------------------------------ down

    void down(Reply reply) {
        if (goingDown) {
            refuse(reply, ErrorCode.IN_TRANSIENT_STATE, GOING_DOWN);
            return;
        }
        goingDown = true;
        secondary(outcome -> {
            if (!outcome.success()) {
                goingDown = false;
                reply.done(outcome);
                return;
            }
            disconnectAll(
                    new ArrayList<>(resource.connections()),
                    () -> detachAll(new ArrayList<>(resource.volumes()), () -> {
                        goingDown = false;
                        resource.forget();
                        reply.done(Outcome.OK);
                    }));
        });
    }

    private void disconnectAll(List<Connection> left, Runnable then) {
        if (left.isEmpty()) {
            then.run();
            return;
        }
        Connection connection = left.removeLast();
        if (connection.state() == ConnectionState.STANDALONE) {
            disconnectAll(left, then);
        } else {
            disconnect(connection, false, () -> disconnectAll(left, then));
        }
    }

    private void detachAll(List<Volume> left, Runnable then) {
        if (left.isEmpty()) {
            then.run();
            return;
        }
        if (left.getLast().diskState() == DiskState.ATTACHING) {
            // An attach ends by itself; what it opened must not outlive the volume.
            resource.timers().schedule(TENTH / 10, () -> detachAll(left, then));
            return;
        }
        Volume volume = left.removeLast();
        if (volume.disk() == null) {
            detachAll(left, then);
        } else {
            detach(volume, () -> detachAll(left, then));
        }
    }
}
