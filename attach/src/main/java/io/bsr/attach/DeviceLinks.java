package io.bsr.attach;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The names of devices: {@code dev/bsrMINOR}, and {@code dev/bsr/by-res/RESOURCE/VOLUME} that leads to it, as udev makes
 * them for the original.
 *
 * <p>Each link is written down before it is made, in a file per device in the runtime folder: a link and where it leads
 * to. So an engine that starts knows what a dead one has left, and removes it where it still leads there: by then its
 * loop device may belong to somebody else.
 */
public final class DeviceLinks {
    private static final String RECORD = "device-";

    private final Path devices;
    private final Path records;

    /**
     * Names for one engine.
     *
     * @param root below which the names are; {@code /} for the engine of a host
     * @param records folder of the engine that exists
     */
    public DeviceLinks(Path root, Path records) {
        this.devices = root.resolve("dev");
        this.records = records;
    }

    private record Link(Path from, String to) {}

    /** The name of a device. */
    public Path of(int minor) {
        return devices.resolve("bsr" + minor);
    }

    private Path byResource(String resource, int volume) {
        return devices.resolve("bsr/by-res").resolve(resource).resolve(Integer.toString(volume));
    }

    private Path record(int minor) {
        return records.resolve(RECORD + minor);
    }

    /** Makes the names of a device; either all or none. */
    void make(int minor, String resource, int volume, Path device) throws AttachException {
        if (resource.equals(".") || resource.equals("..")) {
            throw new AttachException("A resource of the name \"" + resource + "\" cannot have a link of its name.");
        }
        Link first = new Link(of(minor), device.toString());
        Link second;
        try {
            second = new Link(byResource(resource, volume), "../../../bsr" + minor);
        } catch (InvalidPathException e) {
            throw new AttachException(
                    "The name \"" + resource + "\" of the resource cannot be that of a file in this locale: " + e, e);
        }
        try {
            remove(minor);
            for (Link link : List.of(first, second)) {
                if (Files.exists(link.from(), LinkOption.NOFOLLOW_LINKS)) {
                    throw new AttachException(link.from()
                            + " is there already, and not of this engine. Remove it, or take what has made it down.");
                }
            }
            write(record(minor), List.of(first, second));
            for (Link link : List.of(first, second)) {
                makeFolderOf(link.from());
                Files.createSymbolicLink(link.from(), Path.of(link.to()));
            }
        } catch (IOException e) {
            remove(minor);
            throw new AttachException("The link " + first.from() + " to " + device + " cannot be made: " + e, e);
        }
    }

    /** For everybody, as udev makes them: the engine itself runs with a mask that leaves others nothing. */
    private static void makeFolderOf(Path link) throws IOException {
        List<Path> missing = new ArrayList<>();
        for (Path each = link.getParent(); each != null && !Files.exists(each); each = each.getParent()) {
            missing.addFirst(each);
        }
        for (Path made : missing) {
            Files.createDirectories(made);
            Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private static void write(Path record, List<Link> links) throws IOException {
        StringBuilder text = new StringBuilder();
        links.forEach(
                link -> text.append(link.from()).append('\0').append(link.to()).append('\0'));
        Path next = record.resolveSibling(record.getFileName() + ".new");
        Files.writeString(next, text, StandardCharsets.UTF_8);
        Files.move(next, record, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Removes the names of a device as far as they are ours. */
    void remove(int minor) {
        remove(record(minor));
    }

    /**
     * Removes what a dead engine of this root has left; {@code log} is told of each link.
     *
     * @param waiting devices that outlived it, whose links stay
     */
    public void removeLeftOvers(WaitingDevices waiting, Consumer<String> log) {
        List<Path> left = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(records, RECORD + "*")) {
            for (Path record : found) {
                if (!isOf(record, waiting)) {
                    left.add(record);
                }
            }
        } catch (IOException e) {
            log.accept("what a former engine left in " + records + " cannot be read: " + e);
        }
        for (Path record : left) {
            for (Path link : remove(record)) {
                log.accept("removed the link " + link + ", which a former engine had left");
            }
        }
    }

    private static boolean isOf(Path record, WaitingDevices waiting) {
        String minor = String.valueOf(record.getFileName()).substring(RECORD.length());
        return minor.matches("\\d{1,9}") && waiting.has(Integer.parseInt(minor));
    }

    private static List<Path> remove(Path record) {
        List<Path> removed = new ArrayList<>();
        try {
            String[] fields = Files.readString(record, StandardCharsets.UTF_8).split("\0", -1);
            for (int i = fields.length / 2 * 2 - 2; i >= 0; i -= 2) {
                Path link = Path.of(fields[i]);
                if (Files.isSymbolicLink(link)
                        && Files.readSymbolicLink(link).toString().equals(fields[i + 1])) {
                    Files.delete(link);
                    removed.add(link);
                    removeEmptyFolder(link.getParent());
                }
            }
            Files.delete(record);
        } catch (NoSuchFileException e) {
            return removed;
        } catch (IOException | InvalidPathException e) {
            // Nothing to be done but to try again at the next start, for which the record stays.
            return removed;
        }
        return removed;
    }

    /** The folder of a resource, which is not that of all devices. */
    private static void removeEmptyFolder(@Nullable Path folder) throws IOException {
        Path above = folder == null ? null : folder.getParent();
        if (folder != null && above != null && above.endsWith("bsr/by-res")) {
            try {
                Files.delete(folder);
            } catch (DirectoryNotEmptyException e) {
                // Other volumes of the resource.
                return;
            }
        }
    }
}
