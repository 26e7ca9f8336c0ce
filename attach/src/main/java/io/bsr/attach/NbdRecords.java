package io.bsr.attach;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is written down of NBD devices of the kernel, in a file per device in the runtime folder, so that the next engine
 * finds those that this one leaves: fields of text with a zero behind each, in the order of {@link Entry}.
 */
public final class NbdRecords {
    private static final String FILE = "knbd-";
    private static final int FIELDS = 7;

    private final Path folder;
    private final String prefix;

    /**
     * Of one engine.
     *
     * @param root of the engine, which is in the names of its devices
     * @param folder of the engine, that exists when devices are made
     */
    public NbdRecords(Path root, Path folder) {
        this.folder = folder;
        this.prefix = "bsr:" + root + ":";
    }

    /**
     * One device.
     *
     * @param index the number N of {@code /dev/nbdN}
     * @param backend what the kernel knows it by, different for each that was ever made
     * @param generation of the data on the disk of this node; {@link DataProof#NOT_HERE} if they may not be relied on
     * @param offered whether an engine has found it at its start: then it is the last that may take it over, because it
     *     watches only while it runs whether the data change
     */
    record Entry(BlockDevice.Name name, int index, String backend, long generation, boolean offered) {
        Entry withGeneration(long changed) {
            return new Entry(name, index, backend, changed, false);
        }

        Entry asOffered() {
            return new Entry(name, index, backend, generation, true);
        }
    }

    Path folder() {
        return folder;
    }

    /** How the names of all devices of this engine begin. */
    String prefix() {
        return prefix;
    }

    void write(Entry entry) throws IOException {
        String text = String.join(
                "\0",
                entry.name().resource(),
                Integer.toString(entry.name().volume()),
                Integer.toString(entry.name().minor()),
                Integer.toString(entry.index()),
                entry.backend(),
                Long.toHexString(entry.generation()),
                entry.offered() ? "offered" : "attached");
        Path file = file(entry.name().minor());
        Path next = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(next, text + "\0", StandardCharsets.UTF_8);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    void remove(int minor) throws IOException {
        Files.deleteIfExists(file(minor));
    }

    /** What can be read; what cannot be understood is removed. */
    List<Entry> all() throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, FILE + "*")) {
            for (Path file : files) {
                Optional<Entry> entry = read(file);
                if (entry.isPresent() && file.equals(file(entry.get().name().minor()))) {
                    entries.add(entry.get());
                } else {
                    Files.deleteIfExists(file);
                }
            }
        } catch (NoSuchFileException e) {
            return entries;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return entries;
    }

    private static Optional<Entry> read(Path file) throws IOException {
        String[] fields = Files.readString(file, StandardCharsets.ISO_8859_1).split("\0", -1);
        if (fields.length != FIELDS + 1) {
            return Optional.empty();
        }
        try {
            BlockDevice.Name name = new BlockDevice.Name(
                    utf8(fields[0]), Integer.parseUnsignedInt(fields[1]), Integer.parseUnsignedInt(fields[2]));
            return Optional.of(new Entry(
                    name,
                    Integer.parseUnsignedInt(fields[3]),
                    utf8(fields[4]),
                    Long.parseUnsignedLong(fields[5], 16),
                    !fields[6].equals("attached")));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Read byte by byte, so that no contents make the reading fail. */
    private static String utf8(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private Path file(int minor) {
        return folder.resolve(FILE + minor);
    }
}
