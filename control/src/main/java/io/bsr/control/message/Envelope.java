package io.bsr.control.message;

import io.bsr.control.json.Json;
import io.bsr.control.json.MalformedJsonException;
import java.util.Map;

/** The members around a command, an answer or an event. */
final class Envelope {
    private Envelope() {}

    static Map<String, Json> members(Json line) throws MalformedJsonException {
        if (line instanceof Json.Members(Map<String, Json> members)) {
            return members;
        }
        throw new MalformedJsonException("a line must be an object, and this is " + line.kind());
    }

    static long number(Map<String, Json> members, String name, long fallback, long min, long max)
            throws MalformedJsonException {
        return switch (members.getOrDefault(name, Json.Absent.NULL)) {
            case Json.Absent absent -> fallback;
            case Json.Whole(long value) when value >= min && value <= max -> value;
            case Json other -> throw new MalformedJsonException(name + " must be a number from " + min + " to " + max);
        };
    }

    static String text(Map<String, Json> members, String name) throws MalformedJsonException {
        return switch (members.getOrDefault(name, Json.Absent.NULL)) {
            case Json.Absent absent -> "";
            case Json.Text(String value) -> value;
            case Json other -> throw new MalformedJsonException(name + " must be a string");
        };
    }
}
