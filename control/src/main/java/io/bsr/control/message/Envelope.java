package io.bsr.control.message;

import io.bsr.control.json.Json;
import io.bsr.control.json.MalformedJsonException;
import java.util.Map;

/** The members around a command, an answer or an event. Without switches over types, as {@link io.bsr.control.json.JsonText}. */
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
        Json member = members.getOrDefault(name, Json.Absent.NULL);
        if (member instanceof Json.Absent) {
            return fallback;
        }
        if (member instanceof Json.Whole whole && whole.value() >= min && whole.value() <= max) {
            return whole.value();
        }
        throw new MalformedJsonException(name + " must be a number from " + min + " to " + max);
    }

    static String text(Map<String, Json> members, String name) throws MalformedJsonException {
        Json member = members.getOrDefault(name, Json.Absent.NULL);
        if (member instanceof Json.Absent) {
            return "";
        }
        if (member instanceof Json.Text text) {
            return text.value();
        }
        throw new MalformedJsonException(name + " must be a string");
    }
}
