package io.bsr.attach;

import io.bsr.base.port.VolumePort;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * NBD devices that a former engine left to somebody who uses them. Their requests wait: for this engine to be Primary with
 * the same data, or to be told that it will not. For every thread.
 */
public final class WaitingDevices {
    private static final Path DEVICES = Path.of("/sys/block");
    private static final Pattern NUMBER = Pattern.compile("nbd(\\d{1,9})");

    private final NbdRecords records;
    private final DeviceLinks links;
    private final Consumer<String> log;
    private final Map<Integer, NbdRecords.Entry> waiting = new ConcurrentHashMap<>();

    public WaitingDevices(NbdRecords records, DeviceLinks links, Consumer<String> log) {
        this.records = records;
        this.links = links;
        this.log = log;
    }

    /**
     * At the start of the engine, before anybody can ask for devices: those of the engine before this one wait from now on,
     * for as long as their requests do. All others of this root end: nobody knows what became of their data since.
     */
    public void find() {
        List<NbdRecords.Entry> left = new ArrayList<>();
        try {
            left.addAll(records.all());
        } catch (IOException e) {
            log.accept("what a former engine left in " + records.folder() + " cannot be read: " + e);
        }
        left.forEach(this::offer);
        for (Map.Entry<Integer, String> device : ours().entrySet()) {
            if (waiting.values().stream().noneMatch(entry -> entry.backend().equals(device.getValue()))) {
                disconnect(device.getKey(), device.getValue(), "no engine may take it over");
            }
        }
        if (!waiting.isEmpty()) {
            var unused = CompletableFuture.runAsync(
                    () -> List.copyOf(waiting.values())
                            .forEach(entry -> end(
                                    entry,
                                    "the node was not made Primary within " + NbdBlockDevice.PATIENCE_SECONDS + " s")),
                    CompletableFuture.delayedExecutor(NbdBlockDevice.PATIENCE_SECONDS, TimeUnit.SECONDS));
        }
    }

    private void offer(NbdRecords.Entry entry) {
        if (!entry.offered() && NbdNetlink.has(entry.index(), entry.backend())) {
            try {
                records.write(entry.asOffered());
                waiting.put(entry.name().minor(), entry);
                log.accept(entry.name() + ": its block device /dev/nbd" + entry.index()
                        + " waits for this node to be Primary");
                return;
            } catch (IOException e) {
                log.accept(entry.name() + ": its block device cannot be kept: " + e);
            }
        }
        forget(entry);
    }

    /** Devices of the kernel that engines of this root have made: numbers and names. */
    private Map<Integer, String> ours() {
        Map<Integer, String> found = new ConcurrentHashMap<>();
        try (DirectoryStream<Path> devices = Files.newDirectoryStream(DEVICES, "nbd*")) {
            for (Path device : devices) {
                Matcher number = NUMBER.matcher(String.valueOf(device.getFileName()));
                Path backend = device.resolve("backend");
                if (number.matches() && Files.exists(backend)) {
                    String name = Files.readString(backend).strip();
                    if (name.startsWith(records.prefix())) {
                        found.put(Integer.parseInt(number.group(1)), name);
                    }
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // Without such devices there is nothing to end, and one that ends meanwhile needs no help.
            return found;
        }
        return found;
    }

    /** Whether the device of this minor is one that waits: its links stay. */
    boolean has(int minor) {
        return waiting.containsKey(minor);
    }

    public boolean none() {
        return waiting.isEmpty();
    }

    /**
     * Takes over what waits for this volume.
     *
     * @return {@code null} if there is nothing, or nothing that may be taken over; its users have errors then
     */
    public @Nullable NbdBlockDevice takeOver(
            BlockDevice.Name name, VolumePort volume, BlockDevice.Place place, DataProof proof, Runnable whenTorn)
            throws InterruptedException {
        NbdRecords.Entry entry = waiting.remove(name.minor());
        if (entry == null) {
            return null;
        }
        if (!entry.name().equals(name)) {
            finish(entry, "its minor number is that of " + name + " now");
            return null;
        }
        try {
            return NbdBlockDevice.attachAgain(entry, volume, place, proof, whenTorn);
        } catch (AttachException e) {
            finish(entry, String.valueOf(e.getMessage()));
            return null;
        }
    }

    /** Nobody will take over what waits for this volume; waits for the kernel. */
    public void giveUp(BlockDevice.Name name, String reason) {
        NbdRecords.Entry entry = waiting.get(name.minor());
        if (entry != null) {
            end(entry, reason);
        }
    }

    /** As {@link #giveUp} for a volume whose minor number nobody knows any more; does not wait. */
    public void volumeGone(String resource, int volume) {
        for (NbdRecords.Entry entry : List.copyOf(waiting.values())) {
            if (entry.name().resource().equals(resource)
                    && entry.name().volume() == volume
                    && waiting.remove(entry.name().minor(), entry)) {
                Thread.ofPlatform()
                        .name("end-" + entry.name())
                        .daemon(true)
                        .start(() -> finish(entry, "the volume was taken down"));
            }
        }
    }

    private void end(NbdRecords.Entry entry, String reason) {
        if (waiting.remove(entry.name().minor(), entry)) {
            finish(entry, reason);
        }
    }

    private void finish(NbdRecords.Entry entry, String reason) {
        forget(entry);
        disconnect(entry.index(), entry.backend(), reason);
    }

    private void forget(NbdRecords.Entry entry) {
        links.remove(entry.name().minor());
        try {
            records.remove(entry.name().minor());
        } catch (IOException e) {
            // As an engine has found it already, none takes it over.
            log.accept(entry.name() + ": what was written down of its block device stays: " + e);
        }
    }

    private void disconnect(int index, String backend, String reason) {
        String device = "the block device /dev/nbd" + index + " that a former engine left";
        try (NbdNetlink netlink = NbdNetlink.open()) {
            netlink.disconnect(index, backend);
            log.accept(device + " is not taken over: " + reason + (reason.endsWith(".") ? "" : ".")
                    + " Whoever still uses it gets errors");
        } catch (AttachException e) {
            log.accept(device + " cannot be disconnected: " + e.getMessage() + " \"nbd-client -d /dev/nbd" + index
                    + "\" does that");
        }
    }
}
