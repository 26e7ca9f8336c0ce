package io.bsr.control.event;

import io.bsr.control.event.StateEvent.Action;
import io.bsr.control.status.ResourceStatus;
import io.bsr.control.status.StatusReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes events out of one status after the other. */
public final class EventSource {
    /** Progress of resyncs is told once per this many microseconds. */
    private static final long PROGRESS_MICROS = 1_000_000;

    private final @Nullable String resource;
    private Map<ObservedObject.Identity, ObservedObject> before = new LinkedHashMap<>();
    private long progressTold;

    /** Of one resource, or of all ({@code null}). */
    public EventSource(@Nullable String resource) {
        this.resource = resource;
    }

    /** {@code exists} for everything, and the end mark. */
    public List<StateEvent> begin(StatusReport report, long epochMicros) {
        before = objects(report);
        progressTold = epochMicros;
        List<StateEvent> events = new ArrayList<>();
        before.values().forEach(object -> events.add(object.event(Action.EXISTS, epochMicros)));
        events.add(new StateEvent(epochMicros, Action.EXISTS, null, Map.of(), Map.of(), Map.of()));
        return events;
    }

    /** What is different from the status before. A change of counters alone is none. */
    public List<StateEvent> follow(StatusReport report, long epochMicros) {
        Map<ObservedObject.Identity, ObservedObject> now = objects(report);
        List<StateEvent> events = new ArrayList<>();
        for (ObservedObject gone : List.copyOf(before.values()).reversed()) {
            if (!now.containsKey(gone.identity())) {
                events.add(gone.event(Action.DESTROY, epochMicros));
            }
        }
        for (ObservedObject object : now.values()) {
            ObservedObject earlier = before.get(object.identity());
            if (earlier == null) {
                events.add(object.event(Action.CREATE, epochMicros));
            } else if (!earlier.fields().equals(object.fields())) {
                events.add(object.event(Action.CHANGE, epochMicros));
            }
        }
        if (epochMicros - progressTold >= PROGRESS_MICROS) {
            progressTold = epochMicros;
            now.values().stream()
                    .filter(object -> !object.progress().isEmpty())
                    .forEach(object -> events.add(object.progressEvent(epochMicros)));
        }
        before = now;
        return events;
    }

    private Map<ObservedObject.Identity, ObservedObject> objects(StatusReport report) {
        Map<ObservedObject.Identity, ObservedObject> objects = new LinkedHashMap<>();
        for (ResourceStatus status : report.resources()) {
            if (resource == null || resource.equals(status.name())) {
                for (ObservedObject object : ObservedResource.objects(status)) {
                    objects.put(object.identity(), object);
                }
            }
        }
        return objects;
    }
}
