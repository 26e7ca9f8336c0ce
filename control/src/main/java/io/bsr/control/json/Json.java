package io.bsr.control.json;

import java.util.List;
import java.util.Map;

/** A JSON value. Numbers are integers: the control interface has no others. */
public sealed interface Json {
    record Text(String value) implements Json {}

    record Whole(long value) implements Json {}

    record Flag(boolean value) implements Json {}

    record Absent() implements Json {
        public static final Absent NULL = new Absent();
    }

    record Array(List<Json> items) implements Json {}

    /** Members keep their order. */
    record Members(Map<String, Json> members) implements Json {}

    /** What kind of value it is, for messages. */
    default String kind() {
        return switch (this) {
            case Text text -> "a string";
            case Whole whole -> "a number";
            case Flag flag -> "true or false";
            case Absent absent -> "null";
            case Array array -> "an array";
            case Members members -> "an object";
        };
    }
}
