package io.bsr.engine.host;

import io.bsr.attach.DataProof;
import io.bsr.base.NodeId;
import io.bsr.base.VolumeNumber;
import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.log.LogCategory;
import io.bsr.base.port.BlockStore;
import io.bsr.base.port.Timers;
import io.bsr.base.port.VolumePort;
import io.bsr.base.state.Role;
import io.bsr.control.event.StateEvent;
import io.bsr.control.status.ResourceStatus;
import io.bsr.core.CorePorts;
import io.bsr.core.Events;
import io.bsr.core.Happening;
import io.bsr.core.Reply;
import io.bsr.core.Resource;
import io.bsr.core.snapshot.ResourceSnapshot;
import io.bsr.core.snapshot.VolumeSnapshot;
import io.bsr.engine.device.DevicePlace;
import io.bsr.engine.device.ResourceDevices;
import io.bsr.engine.fault.FaultKind;
import io.bsr.engine.fault.FaultPlan;
import io.bsr.engine.fault.FaultyStore;
import io.bsr.engine.guard.Fence;
import io.bsr.engine.guard.GuardedNetwork;
import io.bsr.engine.guard.GuardedStore;
import io.bsr.engine.guard.GuardedTimers;
import io.bsr.engine.guard.GuardedVolume;
import io.bsr.engine.handler.Handlers;
import io.bsr.engine.log.ResourceLog;
import io.bsr.frontend.nbd.ExportName;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * A resource of the core with its place in the engine: its loop, its fence, its exports, its published status.
 *
 * <p>{@link #name}, {@link #host} and {@link #call} are for every thread, everything else for the loop.
 */
public final class HostedResource {
    private static final long PUBLISH_NANOS = 50_000_000L;
    private static final long PUBLISH_FOLLOWED_NANOS = 1_000_000L;
    private static final long COUNTERS_NANOS = 1_000_000_000L;

    /** What a command does to the resource; it tells the reply once, now or later. */
    @FunctionalInterface
    public interface Action {
        void on(Resource core, Reply reply);
    }

    private final String name;
    private final LoopHost host;
    private final StatusBoard board;
    private final ResourceLog log;
    private final ResourceDevices devices;
    private final Handlers handlers;
    private final FaultPlan faults;
    private final Fence fence;
    private final GivenOptions options = new GivenOptions();
    private final Map<Integer, GuardedVolume> volumes = new HashMap<>();
    private final Map<Integer, DataWatch> watches = new HashMap<>();
    private final Map<Long, CompletableFuture<Outcome>> pending = new LinkedHashMap<>();
    private long commands;
    private @Nullable Resource core;
    private @Nullable ResourceStatus published;
    private boolean gone;
    private long publishedAt;
    private Timers.@Nullable Timer publication;

    /** Not on the loop yet: {@link #create} puts it there. */
    public HostedResource(
            String name,
            LoopHost host,
            StatusBoard board,
            Handlers handlers,
            DevicePlace place,
            FaultPlan faults,
            Logger logger) {
        this.faults = faults;
        this.name = name;
        this.host = host;
        this.board = board;
        this.handlers = handlers;
        this.log = new ResourceLog(logger);
        this.devices = new ResourceDevices(name, host::placeOfDevices, place);
        this.fence = new Fence(host.loop().timers(), this::broken);
    }

    public String name() {
        return name;
    }

    public LoopHost host() {
        return host;
    }

    /** The block devices of its volumes; for every thread. */
    public ResourceDevices devices() {
        return devices;
    }

    /** Makes the core's resource. */
    public CompletableFuture<Outcome> create(NodeId self, Map<String, String> resourceOptions) {
        CompletableFuture<Outcome> created = new CompletableFuture<>();
        host.loop().execute(() -> {
            fence.enter(() -> created.complete(createHere(self, resourceOptions)));
            if (fence.broken()) {
                gone = true;
                created.complete(stopped());
            }
        });
        return created;
    }

    private Outcome createHere(NodeId self, Map<String, String> resourceOptions) {
        CorePorts ports = new CorePorts(
                new GuardedTimers(fence, host.loop().timers()),
                new GuardedNetwork(fence, host.network()),
                host.entropy(),
                host.loop().buffers(),
                new CoreEvents(),
                faults::refusesChange);
        try {
            ResourceDevices.check(resourceOptions);
            core = new Resource(name, self, forCore(resourceOptions), ports);
        } catch (IllegalArgumentException e) {
            gone = true;
            return Outcome.of(ErrorCode.INVALID_REQUEST, String.valueOf(e.getMessage()));
        }
        options.set(new GivenOptions.Target.OfResource(), resourceOptions);
        publish();
        refreshCounters();
        return Outcome.OK;
    }

    /** Carries out {@code action} on the loop; completed with its outcome, or with why it could not be carried out. */
    public CompletableFuture<Outcome> call(Action action) {
        return call(action, false);
    }

    /**
     * As {@link #call}, for an action that may give up disks: its outcome is told when they are free for others. A store
     * is closed on the helper thread of its loop, one piece of work after the other.
     */
    public CompletableFuture<Outcome> callAndRelease(Action action) {
        return call(action, true);
    }

    private CompletableFuture<Outcome> call(Action action, boolean releasing) {
        CompletableFuture<Outcome> result = new CompletableFuture<>();
        host.loop().execute(() -> {
            Resource resource = core;
            if (gone || resource == null) {
                result.complete(Outcome.of(ErrorCode.UNKNOWN_RESOURCE, ""));
            } else if (fence.broken()) {
                result.complete(stopped());
            } else {
                long command = ++commands;
                pending.put(command, result);
                fence.enter(() -> action.on(resource, outcome -> ended(command, outcome, releasing)));
            }
        });
        return result;
    }

    /** Publishes the state and the counters of this moment; for every thread. */
    public CompletableFuture<Void> renewStatus() {
        CompletableFuture<Void> renewed = new CompletableFuture<>();
        host.loop().execute(() -> {
            fence.enter(this::publish);
            renewed.complete(null);
        });
        return renewed;
    }

    /** Before the answer is given, the status shows what the command did. */
    private void ended(long command, Outcome outcome, boolean releasing) {
        CompletableFuture<Outcome> result = pending.remove(command);
        if (!gone) {
            publish();
        }
        if (result == null) {
            return;
        }
        if (releasing) {
            host.loop().offload(() -> result.complete(outcome));
        } else {
            result.complete(outcome);
        }
    }

    /** Whether this node is Primary for it, as far as was published; for every thread. */
    public boolean primary() {
        return publishedStatus().role() == Role.PRIMARY;
    }

    /** Calls a handler that is about no volume and no peer in particular; for every thread. */
    public CompletableFuture<Integer> callHandler(String handler) {
        return handlers.call(publishedStatus(), new Happening.HandlerDue(handler, Happening.NONE, Happening.NONE));
    }

    /** As {@link #callHandler}, for one whose exit code nobody asks for. */
    public void tellHandler(String handler) {
        handlers.tell(publishedStatus(), new Happening.HandlerDue(handler, Happening.NONE, Happening.NONE));
    }

    private ResourceStatus publishedStatus() {
        List<ResourceStatus> statuses = board.report(name).resources();
        return statuses.isEmpty() ? unknownStatus() : statuses.getFirst();
    }

    private ResourceStatus unknownStatus() {
        return new ResourceStatus(name, 0, "", Role.UNKNOWN, "no", "none", 0, "", List.of(), List.of(), Map.of());
    }

    /** Leaves the engine if an internal error has stopped it; from any thread. Else nothing happens, and nothing to do. */
    public CompletableFuture<Outcome> forgetIfStopped() {
        CompletableFuture<Outcome> result = new CompletableFuture<>();
        host.loop().execute(() -> {
            if (fence.broken()) {
                forget();
                result.complete(Outcome.OK);
            } else {
                result.complete(Outcome.of(ErrorCode.INVALID_REQUEST, "It was not stopped."));
            }
        });
        return result;
    }

    public GivenOptions options() {
        return options;
    }

    /** Options of the resource and of this node as the core takes them: a node without a name has that of the engine. */
    public Map<String, String> forCore(Map<String, String> given) {
        Map<String, String> named = new LinkedHashMap<>(given);
        named.putIfAbsent("node-name", board.node());
        return named;
    }

    /** Puts {@code store}, which was opened by {@code path}, behind the fence of this resource. */
    public BlockStore guard(BlockStore store, String path) {
        return new GuardedStore(fence, store, path);
    }

    /** A handle of a guarded store of this resource whose operations are of one kind, and fail where a test wants it. */
    public BlockStore handle(BlockStore guarded, FaultKind kind, int minor) {
        return new FaultyStore(
                guarded, kind, minor, faults, failing -> host.loop().execute(() -> fence.enter(failing)));
    }

    /** Offers a new volume to NBD clients. */
    public void export(Resource resource, VolumeNumber number) {
        VolumePort port = resource.port(number);
        if (port == null) {
            throw new IllegalStateException("volume " + number + " was created and is not there");
        }
        GuardedVolume volume = new GuardedVolume(fence, port);
        volumes.put(number.value(), volume);
        watches.put(number.value(), new DataWatch(() -> snapshot(number.value())));
        host.exports().add(new ExportName(name, number), "bsr resource " + name + ", volume " + number, volume);
    }

    private @Nullable VolumeSnapshot snapshot(int number) {
        Resource resource = core;
        if (resource == null || gone || fence.broken()) {
            return null;
        }
        return resource.snapshot().volumes().stream()
                .filter(volume -> volume.number() == number)
                .findFirst()
                .orElse(null);
    }

    private DataWatch watch(int number) {
        return watches.computeIfAbsent(number, unknown -> new DataWatch(() -> null));
    }

    /** Whether the data of a volume are those that a former engine had. */
    public DataProof proof(int number) {
        return watch(number);
    }

    /** The store of a volume's data, whose changes are noticed. */
    public BlockStore watched(int number, BlockStore store) {
        return watch(number).watched(store);
    }

    /** A volume has got a disk, in this turn. */
    public void attached(int number) {
        watch(number).attached();
    }

    /** No new NBD client gets the volume. */
    public void withdraw(int number) {
        volumes.remove(number);
        watches.remove(number);
        devices.volumeGone(number);
        host.exports().remove(new ExportName(name, new VolumeNumber(number)));
    }

    /** The volume as NBD clients see it. */
    public @Nullable VolumePort exported(int number) {
        return volumes.get(number);
    }

    /** Leaves the engine; the name is free again. */
    public void forget() {
        gone = true;
        cancelPublication();
        List.copyOf(volumes.keySet()).forEach(this::withdraw);
        board.remove(name);
    }

    private void broken(Throwable failure) {
        log.failure(
                name,
                "stopped by an internal error. Its volumes refuse I/O and its connections are closed; other resources go"
                        + " on. Take it down and up again, and report the lines that follow",
                failure);
        cancelPublication();
        ResourceStatus last = published;
        if (last == null) {
            last = unknownStatus();
        }
        if (!gone) {
            board.publish(StatusConversion.failed(last, "stopped by an internal error: " + failure));
        }
        host.loop().execute(() -> {
            List.copyOf(pending.values()).forEach(result -> result.complete(stopped()));
            pending.clear();
        });
    }

    private Outcome stopped() {
        return Outcome.of(
                ErrorCode.INVALID_REQUEST,
                "Resource " + name
                        + " was stopped by an internal error of bsrd; the log of bsrd has the details. Take it"
                        + " down and up again.");
    }

    private void publish() {
        cancelPublication();
        Resource resource = core;
        if (resource == null || gone || fence.broken()) {
            return;
        }
        publishedAt = host.loop().timers().now();
        LoopClock clock = new LoopClock(publishedAt, Instant.now());
        ResourceSnapshot snapshot = resource.snapshot();
        snapshot.volumes().forEach(volume -> devices.generation(volume.number(), DataWatch.generation(volume)));
        published = StatusConversion.status(snapshot, options.resourceAndNode(), clock, devices.paths());
        board.publish(published);
    }

    private void publishSoon() {
        if (publication == null && !gone) {
            long distance = board.followed() ? PUBLISH_FOLLOWED_NANOS : PUBLISH_NANOS;
            long due = publishedAt + distance - host.loop().timers().now();
            publication = host.loop().timers().schedule(Math.max(0, due), () -> fence.enter(this::publish));
        }
    }

    private void cancelPublication() {
        if (publication != null) {
            publication.cancel();
            publication = null;
        }
    }

    private void refreshCounters() {
        host.loop().timers().schedule(COUNTERS_NANOS, () -> {
            if (!gone && !fence.broken()) {
                fence.enter(this::publish);
                refreshCounters();
            }
        });
    }

    private final class CoreEvents implements Events {
        @Override
        public void log(Level level, String object, String text) {
            log.line(level, object, text);
        }

        @Override
        public void detail(LogCategory category, String object, String text) {
            log.detail(category, object, text);
        }

        @Override
        public void changed() {
            publishSoon();
        }

        @Override
        public void ask(Happening.HandlerDue due, IntConsumer exitCode) {
            CompletableFuture<?> unused = handlers.call(publishedStatus(), due).whenComplete((code, failure) -> {
                int answer = failure == null ? code : 0;
                host.loop().execute(() -> fence.enter(() -> exitCode.accept(answer)));
            });
        }

        @Override
        public void happened(Happening what) {
            ResourceStatus status = publishedStatus();
            switch (what) {
                case Happening.HandlerDue due -> handlers.tell(status, due);
                case Happening.IoError error ->
                    board.tell(
                            StateEvent.Action.NOTIFY,
                            StateEvent.ObjectKind.IO_ERROR,
                            Handlers.key(status, Happening.NONE, error.volume()),
                            HappeningFields.of(error));
                case Happening.SplitBrain met ->
                    board.tell(
                            StateEvent.Action.DETECT,
                            StateEvent.ObjectKind.SPLIT_BRAIN,
                            Handlers.key(status, met.peerNodeId(), met.volume()),
                            HappeningFields.of(met));
            }
        }
    }
}
