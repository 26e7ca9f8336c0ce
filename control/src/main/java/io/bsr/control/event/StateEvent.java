package io.bsr.control.event;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One event.
 *
 * @param epochMicros when, in microseconds since 1970 UTC; equal for events of one transaction
 * @param object {@code null}: the end mark of the list of what exists
 * @param key what identifies the object, in order: {@code name}, {@code peer-node-id}, {@code conn-name}, {@code local},
 *     {@code peer}, {@code volume}, {@code minor}, as far as they apply
 * @param fields state of the object, in the order in which the tools print it
 * @param statistics counters of the object, likewise
 */
public record StateEvent(
        long epochMicros,
        Action action,
        @Nullable ObjectKind object,
        Map<String, String> key,
        Map<String, String> fields,
        Map<String, String> statistics) {

    /** What happened. */
    public enum Action {
        EXISTS("exists"),
        CREATE("create"),
        CHANGE("change"),
        DESTROY("destroy"),
        /** Progress of a resync, once per second. */
        SYNC("sync"),
        /** A handler begins. */
        CALL("call"),
        /** A handler has ended. */
        RESPONSE("response"),
        /** Of an error. */
        NOTIFY("notify"),
        /** Of a split brain. */
        DETECT("detect");

        private final String word;

        Action(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }
    }

    /** To what it happened; in the order in which the objects of a resource are listed. */
    public enum ObjectKind {
        RESOURCE("resource"),
        NODE("node"),
        CONNECTION("connection"),
        PEER_NODE("peer-node"),
        PATH("path"),
        DEVICE("device"),
        GI_UUID("gi-uuid"),
        GI_DEVICE_FLAG("gi-device-mdf-flag"),
        PEER_DEVICE("peer-device"),
        GI_PEER_DEVICE_FLAG("gi-peer-device-mdf-flag"),
        /** Of the kinds from here on nothing exists: they are told when they happen. */
        HELPER("helper"),
        IO_ERROR("io-error"),
        SPLIT_BRAIN("split-brain");

        private final String word;

        ObjectKind(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }
    }

    /** True for the end mark of the list of what exists. */
    public boolean endMark() {
        return object == null;
    }
}
