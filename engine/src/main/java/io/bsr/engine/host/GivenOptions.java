package io.bsr.engine.host;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The options that were set on a resource and its parts. Commands name some of them; the core is always told all.
 * Belongs to the loop of the resource.
 */
public final class GivenOptions {
    /** What options can be set on. */
    public sealed interface Target {
        record OfResource() implements Target {}

        record OfNode() implements Target {}

        record OfDisk(int volume) implements Target {}

        record OfPeer(int peer) implements Target {}

        record OfPeerDevice(int peer, int volume) implements Target {}
    }

    private static final Target RESOURCE = new Target.OfResource();
    private static final Target NODE = new Target.OfNode();

    private final Map<Target, Map<String, String>> given = new HashMap<>();

    /** What is set on {@code target}. */
    public Map<String, String> of(Target target) {
        return given.getOrDefault(target, Map.of());
    }

    /** What would be set on {@code target} after {@code changes}. */
    public Map<String, String> with(Target target, boolean setDefaults, Map<String, String> changes) {
        Map<String, String> merged = new LinkedHashMap<>();
        of(target).forEach((name, value) -> {
            if (!setDefaults || stays(name)) {
                merged.put(name, value);
            }
        });
        merged.putAll(changes);
        return merged;
    }

    /** What the core takes as options of the resource, if {@code target} becomes {@code options}. */
    public Map<String, String> resourceWith(Target target, Map<String, String> options) {
        Map<String, String> all = new LinkedHashMap<>(target.equals(RESOURCE) ? options : of(RESOURCE));
        all.putAll(target.equals(NODE) ? options : of(NODE));
        return all;
    }

    /** What is set on the resource and on this node. */
    public Map<String, String> resourceAndNode() {
        return resourceWith(RESOURCE, of(RESOURCE));
    }

    public void set(Target target, Map<String, String> options) {
        given.put(target, Map.copyOf(options));
    }

    public void forgetVolume(int volume) {
        given.keySet().removeIf(target -> switch (target) {
            case Target.OfDisk(int number) -> number == volume;
            case Target.OfPeerDevice(int peer, int number) -> number == volume;
            case Target.OfResource r -> false;
            case Target.OfNode n -> false;
            case Target.OfPeer p -> false;
        });
    }

    public void forgetPeer(int peer) {
        given.keySet().removeIf(target -> switch (target) {
            case Target.OfPeer(int number) -> number == peer;
            case Target.OfPeerDevice(int number, int volume) -> number == peer;
            case Target.OfResource r -> false;
            case Target.OfNode n -> false;
            case Target.OfDisk d -> false;
        });
    }

    /**
     * Says who is meant rather than how to behave, and so has no default to go back to; or is changed by a command of its
     * own (size: by resize).
     */
    private static boolean stays(String name) {
        return name.equals("_name")
                || name.equals("node-name")
                || name.equals("peer-node-name")
                || name.equals("peer-node-group")
                || name.equals("transport")
                || name.equals("size");
    }
}
