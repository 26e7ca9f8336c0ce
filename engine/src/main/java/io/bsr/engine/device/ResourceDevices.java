package io.bsr.engine.device;

import io.bsr.attach.AttachException;
import io.bsr.attach.BlockDevice;
import io.bsr.attach.BlockDevices;
import io.bsr.attach.DataProof;
import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.port.VolumePort;
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
     * @param proof whether its data are those that a former engine had
     */
    public record Candidate(int volume, int minor, VolumePort port, int blockSize, DataProof proof) {}

    /** What an event loop has for the devices of its volumes. */
    @FunctionalInterface
    public interface Edge {
        BlockDevice.Place place(DevicePlace devices);
    }

    /** Cached data of a device may take so long, when a command asks for its end. */
    private static final Duration FLUSH_LIMIT = Duration.ofSeconds(20);

    /** To close a device, and to find out who has it open, when its data are written. */
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);

    private final String resource;
    private final Edge edge;
    private final DevicePlace place;
    private final Map<Integer, BlockDevice> devices = new ConcurrentSkipListMap<>();

    public ResourceDevices(String resource, Edge edge, DevicePlace place) {
        this.resource = resource;
        this.edge = edge;
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

    /** Whether {@code options} of the resource ask for devices, or a device that waits has to be told that they do not. */
    public boolean concerned(Map<String, String> options) {
        return AttachWay.of(options).makesDevices(place.root())
                || !place.waiting().none();
    }

    /** Whether {@code options} insist on devices, so that a node without them must not be Primary. */
    public boolean required(Map<String, String> options) {
        return AttachWay.of(options).insists();
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
        return devices.values().stream().anyMatch(device -> device.userName().equals(user));
    }

    /** Makes those devices that are not there yet; the outcome says what could not be made. */
    public CompletableFuture<Outcome> attach(List<Candidate> candidates, Map<String, String> options) {
        AttachWay way = AttachWay.of(options);
        boolean wanted = way.makesDevices(place.root());
        return onThread("attach", () -> attachHere(candidates, wanted ? way.ways() : List.of()));
    }

    /** The generation of a volume's data, as far as they are on the disk of this node. For the loop. */
    public void generation(int volume, long generation) {
        BlockDevice device = devices.get(volume);
        if (device != null) {
            device.generation(generation);
        }
    }

    /** A volume is taken down: who still waits for it will not get it. For the loop. */
    public void volumeGone(int volume) {
        place.waiting().volumeGone(resource, volume);
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
     * Takes all devices away, used or not: for the end of the engine. Who uses one, and what becomes of it, is in the log.
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

    private synchronized Outcome attachHere(List<Candidate> candidates, List<BlockDevices.Way> ways)
            throws InterruptedException {
        List<String> failures = new ArrayList<>();
        for (Candidate candidate : candidates) {
            if (!devices.containsKey(candidate.volume())) {
                try {
                    attach(candidate, ways);
                } catch (AttachException e) {
                    place.say(resource + "/" + candidate.volume() + ": no block device: " + e.getMessage());
                    failures.add("Volume " + resource + "/" + candidate.volume() + " has no block device: "
                            + e.getMessage());
                }
            }
        }
        return failures.isEmpty() ? Outcome.OK : Outcome.of(ErrorCode.INVALID_REQUEST, String.join("\n", failures));
    }

    private void attach(Candidate candidate, List<BlockDevices.Way> ways) throws AttachException, InterruptedException {
        int volume = candidate.volume();
        BlockDevice.Name name = new BlockDevice.Name(resource, volume, candidate.minor());
        Runnable whenTorn = () -> devices.remove(volume);
        BlockDevice device = null;
        if (ways.contains(BlockDevices.Way.NBD)) {
            device = place.waiting().takeOver(name, candidate.port(), edge.place(place), candidate.proof(), whenTorn);
        } else {
            place.waiting().giveUp(name, "the option attach does not ask for NBD any more");
        }
        String again = device == null ? "" : ", which waited,";
        if (device == null && !ways.isEmpty()) {
            device = make(name, candidate, ways, whenTorn);
        }
        if (device == null) {
            return;
        }
        devices.put(volume, device);
        if (device.isGone()) {
            devices.remove(volume, device);
            throw new AttachException("The volume went away meanwhile.");
        }
        place.say(name + ": block device " + device.path() + again + " (" + device.kernelPath() + ")");
    }

    /** By the first way that works. */
    private BlockDevice make(BlockDevice.Name name, Candidate candidate, List<BlockDevices.Way> ways, Runnable whenTorn)
            throws AttachException, InterruptedException {
        for (BlockDevices.Way way : ways.subList(0, ways.size() - 1)) {
            try {
                return make(way, name, candidate, whenTorn);
            } catch (AttachException e) {
                place.say(name + ": not by " + way + ", which goes on with another way: " + e.getMessage());
            }
        }
        return make(ways.getLast(), name, candidate, whenTorn);
    }

    private BlockDevice make(BlockDevices.Way way, BlockDevice.Name name, Candidate candidate, Runnable whenTorn)
            throws AttachException, InterruptedException {
        return BlockDevices.attach(
                way, name, candidate.port(), candidate.blockSize(), edge.place(place), candidate.proof(), whenTorn);
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
            place.log().warn("device: {}: {}", outcome.detail(), device.leave());
            devices.remove(volume);
        }
        return Outcome.OK;
    }
}
