package io.bsr.cli.status;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.control.event.StateEvent;
import io.bsr.control.event.StateEvent.Action;
import io.bsr.control.event.StateEvent.ObjectKind;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** {@code events2}, line by line; command-line reference, section 3.6. Remembers what it has printed. */
public final class EventText {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSxxx");

    /** Values that are words, and quoted in JSON; everything else that looks like a number is one. */
    private static final Set<String> ALWAYS_TEXT =
            Set.of("name", "conn-name", "node-name", "peer-node-name", "current", "bitmap", "history1", "history2");

    /**
     * How events are printed.
     *
     * @param sync also the periodic progress of resyncs
     * @param interval only every so many-th of these, at least 1
     * @param diff changed values as {@code OLD->NEW}
     */
    public record Style(
            boolean timestamps,
            boolean statistics,
            boolean sync,
            int interval,
            boolean diff,
            boolean json,
            boolean colour,
            ZoneId zone) {}

    private record Identity(ObjectKind object, Map<String, String> key) {}

    private final Style style;
    private final Map<Identity, Map<String, String>> printed = new HashMap<>();
    private final Map<Identity, Integer> syncs = new HashMap<>();

    public EventText(Style style) {
        this.style = style;
    }

    /** The line for an event; empty if it says nothing that was asked for. */
    public Optional<String> line(StateEvent event) {
        ObjectKind object = event.object();
        if (object == null) {
            return Optional.of(style.json() ? "{\"action\":\"exists\",\"object\":\"-\"}" : time(event) + "exists -");
        }
        Identity identity = new Identity(object, event.key());
        if (event.action() == Action.SYNC && !wanted(identity)) {
            return Optional.empty();
        }
        Map<String, String> before = printed.getOrDefault(identity, Map.of());
        Map<String, String> now = new LinkedHashMap<>(event.fields());
        if (style.statistics() && event.action() != Action.SYNC) {
            now.putAll(event.statistics());
        }
        Map<String, String> shown = new LinkedHashMap<>();
        if (event.action() != Action.DESTROY) {
            now.forEach((name, value) -> {
                String old = before.get(name);
                if (event.action() != Action.CHANGE || !value.equals(old)) {
                    boolean arrow = style.diff() && event.action() == Action.CHANGE;
                    shown.put(name, arrow ? (old == null ? "UNKNOWN" : old) + "->" + value : value);
                }
            });
        }
        remember(event, identity, now);
        if (event.action() == Action.CHANGE && shown.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(style.json() ? json(event, object, shown) : text(event, object, shown));
    }

    private boolean wanted(Identity identity) {
        return style.sync() && syncs.merge(identity, 1, Integer::sum) % style.interval() == 0;
    }

    private void remember(StateEvent event, Identity identity, Map<String, String> now) {
        switch (event.action()) {
            case EXISTS, CREATE, CHANGE -> printed.put(identity, now);
            case DESTROY -> {
                printed.remove(identity);
                syncs.remove(identity);
            }
            case SYNC, CALL, RESPONSE, NOTIFY, DETECT -> {}
        }
    }

    private String time(StateEvent event) {
        if (!style.timestamps()) {
            return "";
        }
        Instant instant = Instant.EPOCH.plus(event.epochMicros(), ChronoUnit.MICROS);
        return TIME.format(instant.atZone(style.zone())) + " ";
    }

    private String text(StateEvent event, ObjectKind object, Map<String, String> shown) {
        StringBuilder line = new StringBuilder(time(event));
        line.append(event.action()).append(' ').append(object);
        event.key()
                .forEach((name, value) ->
                        line.append(' ').append(name).append(':').append(value));
        shown.forEach((name, value) -> line.append(' ').append(name).append(':').append(painted(object, name, value)));
        return line.toString();
    }

    private String painted(ObjectKind object, String name, String value) {
        if (!style.colour()) {
            return value;
        }
        // With --diff it is the new value that has a colour.
        String shown = value.substring(value.lastIndexOf('>') + 1);
        boolean own = object == ObjectKind.RESOURCE || object == ObjectKind.DEVICE;
        return switch (name) {
            case "role" -> painted(value, Role.values(), shown, Colour::of, !own);
            case "disk" -> painted(value, DiskState.values(), shown, disk -> Colour.of(disk, false), false);
            case "peer-disk" -> painted(value, DiskState.values(), shown, disk -> Colour.of(disk, false), true);
            case "connection" -> painted(value, ConnectionState.values(), shown, Colour::of, false);
            case "replication" -> painted(value, ReplicationState.values(), shown, Colour::of, false);
            case "error" -> shown.equals("no-error") ? value : Colour.BAD.paint(value, false);
            default -> value;
        };
    }

    private static <S> String painted(
            String value, S[] states, String shown, Function<S, Colour> colour, boolean ofPeer) {
        return Arrays.stream(states)
                .filter(state -> state.toString().equals(shown))
                .map(state -> colour.apply(state).paint(value, ofPeer))
                .findFirst()
                .orElse(value);
    }

    private String json(StateEvent event, ObjectKind object, Map<String, String> shown) {
        Map<String, String> members = new LinkedHashMap<>();
        if (style.timestamps()) {
            members.put("timestamp", StatusJson.quoted(time(event).strip()));
        }
        members.put("action", StatusJson.quoted(event.action().toString()));
        members.put("object", StatusJson.quoted(object.toString()));
        for (Map<String, String> part : List.of(event.key(), shown)) {
            part.forEach((name, value) -> members.put(name, value(name, value)));
        }
        return members.entrySet().stream()
                .map(member -> "\"" + member.getKey() + "\":" + member.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String value(String name, String value) {
        boolean number = !ALWAYS_TEXT.contains(name) && value.matches("0|[1-9][0-9]{0,18}");
        return number ? value : StatusJson.quoted(value);
    }
}
