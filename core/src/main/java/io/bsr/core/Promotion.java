package io.bsr.core;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.Role;
import io.bsr.core.disk.Disk;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Becoming Primary: the cluster agrees, a new generation begins where it has to, then users may come. */
final class Promotion {
    private static final long TENTH = 100_000_000L;
    private static final int TRIES = 4;

    private final Resource resource;
    private final TakingDown takingDown;

    Promotion(Resource resource, TakingDown takingDown) {
        this.resource = resource;
        this.takingDown = takingDown;
    }

    /**
     * What was asked for.
     *
     * @param force without good data, those that are here become good
     * @param fullSync data that become good so are sent to the peers as a whole, whatever the bitmaps say
     * @param unfenced although a peer that is out of contact could be Primary
     */
    private record Asked(boolean force, boolean fullSync, boolean unfenced, Reply reply) {
        Asked withoutFencing() {
            return new Asked(force, fullSync, true, reply);
        }

        void refuse(ErrorCode code, String detail) {
            reply.refuse(code, detail);
        }
    }

    void primary(boolean force, boolean fullSync, Reply reply) {
        promote(new Asked(force, fullSync, false, reply), false, TRIES);
    }

    /**
     * What a former Primary sent and what has not reached the disk yet would overwrite, some time after the promotion,
     * what this node's users write: a promotion has to wait for it.
     */
    private void promoteWhenReceivedWritesAreOnDisk(Asked asked, boolean forced, int triesLeft, long deadline) {
        if (receivedWritesAreOnDisk()) {
            promote(asked, forced, triesLeft);
        } else if (resource.now() >= deadline) {
            asked.refuse(
                    ErrorCode.IN_TRANSIENT_STATE,
                    "writes of the former Primary have not reached the disk within 10 s; try again");
        } else {
            resource.timers()
                    .schedule(TENTH / 10, () -> promoteWhenReceivedWritesAreOnDisk(asked, forced, triesLeft, deadline));
        }
    }

    private boolean receivedWritesAreOnDisk() {
        // Those of another Primary and those of this node's users wait for each other one by one.
        return (resource.twoPrimaries() && resource.peerIsPrimary())
                || resource.volumes().stream().allMatch(v -> v.peerWrites().quiet());
    }

    private void promote(Asked asked, boolean forced, int triesLeft) {
        if (resource.role() == Role.PRIMARY) {
            asked.reply().done(Outcome.NOTHING_TO_DO);
            return;
        }
        if (resource.volumes().isEmpty()) {
            asked.refuse(ErrorCode.NO_UP_TO_DATE_DISK, "the resource has no volume");
            return;
        }
        if (takingDown.inProgress()) {
            asked.refuse(ErrorCode.IN_TRANSIENT_STATE, TakingDown.IN_PROGRESS);
            return;
        }
        if (!receivedWritesAreOnDisk()) {
            promoteWhenReceivedWritesAreOnDisk(asked, forced, triesLeft, resource.now() + Demotion.DRAIN_NANOS);
            return;
        }
        boolean makeUpToDate = forced;
        StateChange attempt = promotion(makeUpToDate);
        ErrorCode verdict = attempt.test();
        if (verdict == ErrorCode.NO_UP_TO_DATE_DISK && asked.force() && canBeForced()) {
            makeUpToDate = true;
            verdict = promotion(true).test();
        }
        if (!verdict.success()) {
            asked.refuse(verdict, whyNot(verdict));
            return;
        }
        boolean upToDate = makeUpToDate;
        Connection unfenced = asked.unfenced() ? null : unfenced();
        if (unfenced != null) {
            unfenced.fencing().fence(fenced -> fenceTried(unfenced, fenced, asked, upToDate, triesLeft));
            return;
        }
        resource.clusterChange().promote(upToDate, result -> {
            switch (result.code()) {
                case SUCCESS -> promoted(upToDate, asked);
                case CONCURRENT_STATE_CHANGE, TIMEOUT -> {
                    if (triesLeft <= 1 && result.code() == ErrorCode.CONCURRENT_STATE_CHANGE) {
                        // Whoever asks waits and asks again: a peer in the middle of a handshake answers like this.
                        asked.refuse(
                                ErrorCode.IN_TRANSIENT_STATE,
                                "the peer is in the middle of another change, or of a handshake");
                        return;
                    }
                    if (triesLeft <= 1) {
                        asked.refuse(result.code(), "other changes of the cluster were always in the way");
                        return;
                    }
                    int base = resource.options().twoPhaseRetryTimeout() << (TRIES - triesLeft);
                    long pause = TENTH / 10 + (long) resource.entropy().nextInt(base * 100) * TENTH / 100;
                    resource.timers().schedule(pause, () -> promote(asked, upToDate, triesLeft - 1));
                }
                case CW_FAILED_BY_PEER -> {
                    if (resource.peerIsPrimary() && !resource.twoPrimaries()) {
                        asked.refuse(ErrorCode.TWO_PRIMARIES, whyNot(ErrorCode.TWO_PRIMARIES));
                    } else if (triesLeft > 1) {
                        resource.timers().schedule(TENTH, () -> promote(asked, upToDate, triesLeft - 1));
                    } else {
                        asked.refuse(result.code(), "the peer refused, or was lost meanwhile");
                    }
                }
                default -> asked.refuse(result.code(), whyNot(result.code()));
            }
        });
    }

    /** A peer that has to be fenced first; {@code null} if there is none. */
    private @Nullable Connection unfenced() {
        for (Connection c : resource.connections()) {
            if (c.fencing().neededForPromotion()) {
                return c;
            }
        }
        return null;
    }

    private void fenceTried(Connection peer, boolean fenced, Asked asked, boolean forced, int triesLeft) {
        if (fenced || peer.connected()) {
            promote(asked, forced, triesLeft);
        } else if (asked.force()) {
            resource.log(
                    Events.Level.WARN,
                    peer.label(),
                    "the peer is not fenced, and this node becomes Primary by force: if both are, their data part");
            promote(asked.withoutFencing(), forced, triesLeft);
        } else {
            asked.refuse(
                    ErrorCode.PRIMARY_NOP,
                    "handler fence-peer has not fenced " + peer.label()
                            + ", which is out of contact and could be Primary. Connect it, or see why in the log; --force"
                            + " if you know that it is not");
        }
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
            case VERIFY_RUNNING -> "a peer is Primary, and two Primaries cannot verify: stop that, or wait for its end";
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

    private void promoted(boolean forced, Asked asked) {
        ErrorCode code = promotion(forced).test();
        if (!code.success()) {
            asked.refuse(code, whyNot(code));
            return;
        }
        if (forced) {
            // First the generation: "UpToDate" with the old one must not be found on disk after a crash.
            resource.volumes().forEach(v -> v.generation().begin(true));
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
                asked.reply().done(Outcome.OK);
            }
        };
        for (Volume v : resource.volumes()) {
            boolean alone = ForgetPeer.somebodyLacksWrites(resource, v);
            if (forced && asked.fullSync()) {
                v.errors().markEverything();
            }
            if (forced) {
                v.generation().notDue();
            } else if (alone) {
                v.generation().beginAsPrimary(v.generation().usersElsewhere());
            }
            v.updateFlags();
            Disk disk = v.disk();
            if (disk == null) {
                tell(v, forced);
            } else {
                open[0]++;
                disk.writer().persist(durable -> {
                    tell(v, forced);
                    oneDone.run();
                });
            }
        }
        oneDone.run();
    }

    /**
     * Not before the new generation is on disk, see {@link VolumeGeneration#begin}, and before the volume's first write, which
     * waits for the same disk.
     */
    private void tell(Volume volume, boolean forced) {
        for (Connection c : resource.connections()) {
            PeerDevice p = c.peerDevice(volume);
            if (p == null || !c.connected() || !p.initialStateSent) {
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
