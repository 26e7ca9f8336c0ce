package io.bsr.control.event;

import io.bsr.control.event.StateEvent.Action;
import io.bsr.control.event.StateEvent.ObjectKind;
import java.util.Map;

/**
 * An object of a status as events show it.
 *
 * @param progress fields of a {@code sync} event; empty while there is no progress to tell
 */
record ObservedObject(
        ObjectKind kind,
        Map<String, String> key,
        Map<String, String> fields,
        Map<String, String> statistics,
        Map<String, String> progress) {

    /** What makes it the same object in two statuses. */
    record Identity(ObjectKind kind, Map<String, String> key) {}

    Identity identity() {
        return new Identity(kind, key);
    }

    StateEvent event(Action action, long epochMicros) {
        return new StateEvent(epochMicros, action, kind, key, fields, statistics);
    }

    StateEvent progressEvent(long epochMicros) {
        return new StateEvent(epochMicros, Action.SYNC, kind, key, progress, Map.of());
    }
}
