package io.bsr.dist;

import io.bsr.dist.FileTable.Kind;
import io.bsr.dist.FileTable.Line;
import io.bsr.dist.FileTable.Part;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/** Everything that is in one package, sorted by path, so that a folder comes before what is in it. */
final class Contents {
    private static final int FOLDER_MODE = 0755;
    private static final int PROGRAM_MODE = 0755;
    private static final int FILE_MODE = 0644;

    private final SortedMap<String, Item> items = new TreeMap<>();
    private final Path sources;
    private final Path stage;

    private Contents(Path sources, Path stage) {
        this.sources = sources;
        this.stage = stage;
    }

    /** What is at a path. */
    sealed interface Item {
        /** Permissions. */
        int mode();

        /** A file that is copied. */
        record Copy(int mode, Path source, boolean configuration) implements Item {}

        /** A file that is made of another one. */
        final class Made implements Item {
            private final int mode;
            private final byte[] bytes;

            Made(int mode, byte[] bytes) {
                this.mode = mode;
                this.bytes = bytes;
            }

            @Override
            public int mode() {
                return mode;
            }

            byte[] bytes() {
                return bytes;
            }
        }

        record Folder(int mode) implements Item {}

        record Link(int mode, String target) implements Item {}
    }

    /**
     * Finds what one package consists of.
     *
     * @param sources the root of the sources
     * @param stage what the build has made
     * @throws IOException if something that the table names is not there
     */
    static Contents of(FileTable table, Part part, Family family, Path sources, Path stage) throws IOException {
        Contents contents = new Contents(sources, stage);
        for (Line line : table.of(part, family)) {
            contents.add(line);
        }
        return contents;
    }

    SortedMap<String, Item> items() {
        return items;
    }

    /** The paths of what the administrator may edit. */
    List<String> configurationFiles() {
        return items.entrySet().stream()
                .filter(entry -> entry.getValue() instanceof Item.Copy copy && copy.configuration())
                .map(Map.Entry::getKey)
                .toList();
    }

    private void add(Line line) throws IOException {
        String path = line.path();
        switch (line.kind()) {
            case FILE, CONFIG -> put(path, new Item.Copy(line.mode(), source(line), line.kind() == Kind.CONFIG));
            case GZIP -> put(path + ".gz", new Item.Made(line.mode(), compressed(source(line))));
            case TREE -> addTree(path, line.mode(), source(line));
            case FOLDER -> put(path, new Item.Folder(line.mode()));
            case LINK -> put(path, new Item.Link(line.mode(), line.source()));
            case GHOST -> {}
        }
    }

    private Path source(Line line) {
        String name = line.source();
        return name.startsWith("stage:") ? stage.resolve(name.substring(6)) : sources.resolve(name);
    }

    private void addTree(String path, int mode, Path folder) throws IOException {
        List<Path> found;
        try (Stream<Path> walk = Files.walk(folder)) {
            found = walk.toList();
        }
        for (Path file : found) {
            String below = folder.relativize(file).toString();
            String target = below.isEmpty() ? path : path + "/" + below;
            if (Files.isSymbolicLink(file)) {
                throw new IOException(file + ": a link in a tree; which is meant, it or its target?");
            }
            if (Files.isDirectory(file)) {
                put(target, new Item.Folder(mode));
            } else {
                put(target, new Item.Copy(Files.isExecutable(file) ? PROGRAM_MODE : FILE_MODE, file, false));
            }
        }
    }

    private void put(String path, Item item) throws IOException {
        for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
            items.putIfAbsent(path.substring(0, slash), new Item.Folder(FOLDER_MODE));
        }
        Item other = items.put(path, item);
        if (other != null && !(other instanceof Item.Folder && item instanceof Item.Folder)) {
            throw new IOException(path + " is in the table twice");
        }
    }

    private static byte[] compressed(Path file) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        // Neither a name nor a time in the header, and the mark of the best compression, which the JDK's stream does
        // not set.
        GzipParameters parameters = new GzipParameters();
        parameters.setCompressionLevel(Deflater.BEST_COMPRESSION);
        try (GzipCompressorOutputStream out = new GzipCompressorOutputStream(bytes, parameters)) {
            Files.copy(file, out);
        }
        return bytes.toByteArray();
    }
}
