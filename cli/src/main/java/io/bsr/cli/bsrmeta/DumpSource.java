package io.bsr.cli.bsrmeta;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The text of a dump: a file, or standard input. It is read twice, so what comes from standard input or a pipe is kept in a
 * temporary file meanwhile.
 */
final class DumpSource implements AutoCloseable {
    private final Path file;
    private final boolean temporary;

    private DumpSource(Path file, boolean temporary) {
        this.file = file;
        this.temporary = temporary;
    }

    /**
     * Finds the text.
     *
     * @param name of the file; empty or {@code -} for standard input
     */
    static DumpSource of(String name, InputStream in) throws IOException, MetaExit {
        if (name.isEmpty() || name.equals("-")) {
            return kept(in);
        }
        Path file;
        try {
            file = Path.of(name);
        } catch (InvalidPathException e) {
            throw unreadable(name, e.getReason());
        }
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw unreadable(
                    name,
                    Files.isDirectory(file)
                            ? "it is a directory"
                            : Files.exists(file) ? "Permission denied" : "No such file or directory");
        }
        if (Files.isRegularFile(file)) {
            return new DumpSource(file, false);
        }
        try (InputStream pipe = Files.newInputStream(file)) {
            return kept(pipe);
        }
    }

    private static DumpSource kept(InputStream in) throws IOException {
        DumpSource source = new DumpSource(Files.createTempFile("bsrmeta", ".dump"), true);
        boolean complete = false;
        try {
            Files.copy(in, source.file, StandardCopyOption.REPLACE_EXISTING);
            complete = true;
            return source;
        } finally {
            if (!complete) {
                source.close();
            }
        }
    }

    Reader open() throws IOException {
        // Every byte is a character, so that bytes of no meaning get a message that names their line.
        return Files.newBufferedReader(file, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        if (temporary) {
            Files.deleteIfExists(file);
        }
    }

    private static MetaExit unreadable(String name, String why) {
        return new MetaExit(MetaExit.USAGE, "open(" + name + ") failed: " + why + ".\nName the text of a dump-md.");
    }
}
