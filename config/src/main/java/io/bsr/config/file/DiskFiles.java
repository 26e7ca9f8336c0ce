package io.bsr.config.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Files of this machine. Relative paths are relative to the current directory of the process. */
public final class DiskFiles implements ConfigFiles {
    /** Matches of one pattern at most. */
    private static final int MATCH_LIMIT = 4096;

    @Override
    public byte[] read(String path) throws IOException {
        Path file = path(path);
        if (Files.isDirectory(file)) {
            throw new IOException("is a directory");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(FILE_LIMIT + 1);
            if (bytes.length > FILE_LIMIT) {
                throw new TooLargeException();
            }
            return bytes;
        } catch (NoSuchFileException missing) {
            throw new IOException("no such file", missing);
        }
    }

    @Override
    public String canonical(String path) throws IOException {
        return path(path).toRealPath().toString();
    }

    @Override
    public List<String> glob(String pattern) throws IOException {
        List<String> found = List.of(pattern.startsWith("/") ? "/" : "");
        for (String element : pattern.split("/", -1)) {
            if (!element.isEmpty()) {
                found = descend(found, element);
            }
        }
        // Only regular files: opening a pipe could wait forever.
        List<String> sorted = new ArrayList<>();
        for (String match : found) {
            if (Files.isRegularFile(path(match))) {
                sorted.add(match);
            }
        }
        Collections.sort(sorted);
        return sorted;
    }

    private static List<String> descend(List<String> directories, String element) throws IOException {
        List<String> found = new ArrayList<>();
        for (String directory : directories) {
            String prefix = directory.isEmpty() || directory.endsWith("/") ? directory : directory + "/";
            if (!Glob.hasWildcard(element)) {
                if (Files.exists(path(prefix + element))) {
                    found.add(prefix + element);
                }
            } else if (Files.isDirectory(path(directory.isEmpty() ? "." : directory))) {
                list(directory.isEmpty() ? "." : directory, prefix, element, found);
            }
        }
        return found;
    }

    private static void list(String directory, String prefix, String element, List<String> found) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path(directory))) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (Glob.matches(element, name)) {
                    if (found.size() == MATCH_LIMIT) {
                        throw new IOException("more than " + MATCH_LIMIT + " files match");
                    }
                    found.add(prefix + name);
                }
            }
        }
    }

    private static Path path(String text) throws IOException {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IOException("not a path: " + e.getReason(), e);
        }
    }
}
