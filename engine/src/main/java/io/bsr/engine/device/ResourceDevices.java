package io.bsr.engine.device;

import io.bsr.attach.AttachException;
import io.bsr.attach.BlockDevice;
import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.port.VolumePort;
import io.bsr.frontend.fuse.PayloadBuffers;
import io.bsr.loop.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;

/** The block devices of one resource. For every thread. */
public final class ResourceDevices {
    /**
     * A volume that can become a device.
     *
     * @param port of its loop
     * @param blockSize of the volume, in bytes
     */
    public record Candidate(int volume, int minor, VolumePort port, int blockSize) {}

    /** Cached data of a device may take so long, when a command asks for its end. */
    private static final Duration FLUSH_LIMIT = Duration.ofSeconds(20);

    /** To close a device, and to find out who has it open, when its data are written. */
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);

    private final String resource;
    private final EventLoop loop;
    private final PayloadBuffers buffers;
    private final DevicePlace place;
    private final Map<Integer, BlockDevice> devices = new ConcurrentSkipListMap<>();

    public ResourceDevices(String resource, EventLoop loop, PayloadBuffers buffers, DevicePlace place) {
        this.resource = resource;
        this.loop = loop;
        this.buffers = buffers;
        this.place = place;
    }

    /**
     * Looks at options of a resource that are to be set.
     *
     * @throws IllegalArgumentException if they name a way that there is not
     */
    public static void check(Map<String, String> options) {
        AttachWay.of(options);
    }

    /** Whether {@code options} of the resource ask for devices. */
    public boolean wanted(Map<String, String> options) {
        return AttachWay.of(options).makesDevices(place.root());
    }

    /** Whether {@code options} insist on devices, so that a node without them must not be Primary. */
    public boolean required(Map<String, String> options) {
        return AttachWay.of(options) == AttachWay.FUSE;
    }

    public boolean none() {
        return devices.isEmpty();
    }

    /** Paths by the number of the volume. */
    public Map<Integer, String> paths() {
        Map<Integer, String> paths = new TreeMap<>();
        devices.forEach((volume, device) -> paths.put(volume, device.path().toString()));
        return paths;
    }

    /** Whether {@code user} is how the volume names one of these devices. */
    public boolean isDevice(String user) {
        return devices.values().stream()
                .anyMatch(device -> device.user().description().equals(user));
    }

    /** Makes those devices that are not there yet; the outcome says what could not be made. */
    public CompletableFuture<Outcome> attach(List<Candidate> candidates) {
        return onThread("attach", () -> attachHere(candidates));
    }

    /** Whether somebody uses a device; an outcome that is no success says who. */
    public CompletableFuture<Outcome> unused() {
        return onThread("ask", this::unusedHere);
    }

    /**
     * Takes all devices away. If one stays because it is used, or because the time is over, those before it are gone.
     *
     * @param deadline on the clock of {@link System#nanoTime}; no further one is begun then
     */
    public CompletableFuture<Outcome> detach(long deadline) {
        return onThread("detach", () -> detachHere(List.copyOf(devices.keySet()), deadline));
    }

    /** Takes the device of one volume away, if it has one. */
    public CompletableFuture<Outcome> detach(int volume, long deadline) {
        return onThread("detach", () -> detachHere(List.of(volume), deadline));
    }

    /**
     * Takes all devices away, used or not: for the end of the engine. Who uses one is in the log.
     *
     * @param limit how long that may take
     */
    public CompletableFuture<Outcome> tear(Duration limit) {
        return onThread("tear", () -> tearHere(limit.minus(CLOSE_LIMIT)));
    }

    private interface Work {
        Outcome run() throws InterruptedException;
    }

    private CompletableFuture<Outcome> onThread(String what, Work work) {
        CompletableFuture<Outcome> result = new CompletableFuture<>();
        Thread.ofPlatform().name(what + "-devices-" + resource).daemon(true).start(() -> {
            try {
                result.complete(work.run());
            } catch (InterruptedException | RuntimeException | Error e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    private synchronized Outcome attachHere(List<Candidate> candidates) throws InterruptedException {
        List<String> failures = new ArrayList<>();
        for (Candidate candidate : candidates) {
            if (!devices.containsKey(candidate.volume())) {
                try {
                    attach(candidate);
                } catch (AttachException e) {
                    place.say(resource + "/" + candidate.volume() + ": no block device: " + e.getMessage());
                    failures.add("Volume " + resource + "/" + candidate.volume() + " has no block device: "
                            + e.getMessage());
                }
            }
        }
        return failures.isEmpty() ? Outcome.OK : Outcome.of(ErrorCode.INVALID_REQUEST, String.join("\n", failures));
    }

    private void attach(Candidate candidate) throws AttachException, InterruptedException {
        int volume = candidate.volume();
        BlockDevice device = BlockDevice.attach(
                new BlockDevice.Name(resource, volume, candidate.minor()),
                candidate.port(),
                candidate.blockSize(),
                new BlockDevice.Place(loop, buffers, place.links(), place::say),
                () -> devices.remove(volume));
        devices.put(volume, device);
        if (device.isGone()) {
            devices.remove(volume, device);
            throw new AttachException("The volume went away meanwhile.");
        }
        place.say(resource + "/" + volume + ": block device " + device.path() + " (" + device.kernelPath() + ")");
    }

    private Outcome unusedHere() throws InterruptedException {
        List<String> users = new ArrayList<>();
        for (BlockDevice device : devices.values()) {
            List<String> holders = device.holders();
            if (!holders.isEmpty()) {
                users.add(used(device, holders));
            }
        }
        return users.isEmpty() ? Outcome.OK : Outcome.of(ErrorCode.DEVICE_IN_USE, String.join("; ", users));
    }

    private static String used(BlockDevice device, List<String> holders) {
        return device.path() + " is used by " + String.join(", ", holders);
    }

    private synchronized Outcome detachHere(List<Integer> volumes, long deadline) throws InterruptedException {
        for (int volume : volumes) {
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            if (devices.containsKey(volume) && left.isNegative()) {
                return Outcome.of(ErrorCode.TIMEOUT, "The block devices could not be taken away in time.");
            }
            Outcome outcome = detach(volume, left.compareTo(FLUSH_LIMIT) < 0 ? left : FLUSH_LIMIT);
            if (!outcome.success()) {
                return outcome;
            }
        }
        return Outcome.OK;
    }

    private Outcome detach(int volume, Duration flushLimit) throws InterruptedException {
        BlockDevice device = devices.get(volume);
        if (device == null) {
            return Outcome.OK;
        }
        try {
            List<String> holders = device.detach(Math.max(1, flushLimit.toSeconds()));
            if (!holders.isEmpty()) {
                return Outcome.of(ErrorCode.DEVICE_IN_USE, used(device, holders));
            }
        } catch (AttachException e) {
            return Outcome.of(ErrorCode.DEVICE_IN_USE, String.valueOf(e.getMessage()));
        }
        devices.remove(volume);
        place.say(resource + "/" + volume + ": block device " + device.path() + " is gone");
        return Outcome.OK;
    }

    /** All at once: one that is slow must not take the time of the others. */
    private synchronized Outcome tearHere(Duration flushLimit) {
        CompletableFuture<?>[] torn = devices.entrySet().stream()
                .map(entry ->
                        onThread("tear-" + entry.getKey(), () -> tear(entry.getKey(), entry.getValue(), flushLimit)))
                .toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(torn).join();
        return Outcome.OK;
    }

    private Outcome tear(int volume, BlockDevice device, Duration flushLimit) throws InterruptedException {
        Outcome outcome = detach(volume, flushLimit);
        if (!outcome.success()) {
            place.log()
                    .warn("device: {}: its I/O fails from now on, and what is cached of it is lost", outcome.detail());
            device.tear();
            devices.remove(volume);
        }
        return Outcome.OK;
    }
}
