package io.bsr.engine.host;

import io.bsr.control.event.StateEvent;
import io.bsr.control.server.CommandHandler;
import io.bsr.control.status.ResourceStatus;
import io.bsr.control.status.StatusReport;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** The last published status of every resource. Loops write, anybody reads, nobody waits. */
public final class StatusBoard {
    private final String node;
    private final String edge;
    private final KnownPlaces places;
    private final Map<String, ResourceStatus> statuses = new ConcurrentSkipListMap<>();
    private final List<Follower> followers = new CopyOnWriteArrayList<>();

    /** @param stateFolder where the places of metadata are written down */
    public StatusBoard(String node, String edge, Path stateFolder, Logger log) {
        this.node = node;
        this.edge = edge;
        places = new KnownPlaces(stateFolder, log);
    }

    String node() {
        return node;
    }

    void publish(ResourceStatus status) {
        statuses.put(status.name(), status);
        places.observe(status);
        tellFollowers();
    }

    void remove(String resource) {
        statuses.remove(resource);
        tellFollowers();
    }

    /** True if somebody wants to see every change at once. */
    boolean followed() {
        return !followers.isEmpty();
    }

    /** The status of all resources, or of one; empty if that does not exist. */
    public StatusReport report(@Nullable String resource) {
        if (resource == null) {
            return new StatusReport(node, edge, List.copyOf(statuses.values()));
        }
        ResourceStatus status = statuses.get(resource);
        return new StatusReport(node, edge, status == null ? List.of() : List.of(status));
    }

    /** Begins to follow; the first picture is of now. */
    public CommandHandler.Feed follow() {
        Follower follower = new Follower();
        followers.add(follower);
        follower.offer(picture());
        return follower;
    }

    private void tellFollowers() {
        if (!followers.isEmpty()) {
            CommandHandler.Picture picture = picture();
            followers.forEach(follower -> follower.offer(picture));
        }
    }

    /** Tells whoever follows of something that is no state; from any thread. */
    public void tell(
            StateEvent.Action action,
            StateEvent.ObjectKind object,
            Map<String, String> key,
            Map<String, String> fields) {
        if (followed()) {
            long now = epochMicros();
            StateEvent event = new StateEvent(now, action, object, key, fields, Map.of());
            CommandHandler.Picture picture = new CommandHandler.Picture(now, report(null), List.of(event));
            followers.forEach(follower -> follower.offer(picture));
        }
    }

    private CommandHandler.Picture picture() {
        return new CommandHandler.Picture(epochMicros(), report(null));
    }

    private static long epochMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    /** Keeps a bounded number of pictures for somebody who reads slowly. */
    private final class Follower implements CommandHandler.Feed {
        private static final int MOST_PICTURES = 256;

        private final ArrayDeque<CommandHandler.Picture> pictures = new ArrayDeque<>();

        synchronized void offer(CommandHandler.Picture picture) {
            if (pictures.size() >= MOST_PICTURES) {
                List<CommandHandler.Picture> kept = new ArrayList<>(pictures);
                pictures.clear();
                // The differences that a dropped picture would have shown are in those that stay.
                for (int i = 0; i < kept.size(); i++) {
                    if (i % 2 == 0 || !kept.get(i).happened().isEmpty()) {
                        pictures.add(kept.get(i));
                    }
                }
                while (pictures.size() >= MOST_PICTURES) {
                    pictures.poll();
                }
            }
            pictures.add(picture);
            notifyAll();
        }

        @Override
        public synchronized CommandHandler.@Nullable Picture next(long deadline) throws InterruptedException {
            while (pictures.isEmpty()) {
                long millis = (deadline - System.nanoTime()) / 1_000_000;
                if (millis <= 0) {
                    return null;
                }
                wait(millis);
            }
            return pictures.poll();
        }

        @Override
        public void close() {
            followers.remove(this);
        }
    }
}
