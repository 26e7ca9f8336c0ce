package io.bsr.engine.host;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Which resources there are, and whose a minor number is. For all threads. */
public final class Registry {
    /**
     * A volume of this engine.
     *
     * @param volume number within the resource
     */
    public record VolumeAddress(HostedResource resource, int volume) {}

    private final Map<String, HostedResource> resources = new TreeMap<>();
    private final Map<Integer, VolumeAddress> minors = new TreeMap<>();

    public synchronized @Nullable HostedResource find(String name) {
        return resources.get(name);
    }

    /** Sorted by name. */
    public synchronized List<HostedResource> all() {
        return List.copyOf(resources.values());
    }

    /** Adds {@code resource} unless there is one of that name. */
    public synchronized boolean add(HostedResource resource) {
        return resources.putIfAbsent(resource.name(), resource) == null;
    }

    /** Forgets a resource with all its minors. */
    public synchronized void remove(HostedResource resource) {
        resources.remove(resource.name(), resource);
        minors.values().removeIf(address -> address.resource() == resource);
    }

    /** Whose minor it is. */
    public synchronized @Nullable VolumeAddress volume(int minor) {
        return minors.get(minor);
    }

    /** True if {@code resource} has a volume of that number. */
    public synchronized boolean has(HostedResource resource, int volume) {
        return minors.containsValue(new VolumeAddress(resource, volume));
    }

    /** Gives {@code minor} to a volume, unless it is taken. */
    public synchronized boolean reserve(int minor, VolumeAddress address) {
        return minors.putIfAbsent(minor, address) == null;
    }

    public synchronized void release(int minor, VolumeAddress address) {
        minors.remove(minor, address);
    }

    /** Resources on each loop, for spreading them. */
    public synchronized int count(LoopHost host) {
        return (int) resources.values().stream()
                .filter(resource -> resource.host() == host)
                .count();
    }
}
