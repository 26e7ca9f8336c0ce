package io.bsr.cli.bsrsupport;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The archive. A part that fails leaves a note in its place; only an archive that cannot be written is an error. */
final class Archive implements AutoCloseable {
    /** Bytes of a text; of a longer one the end is kept. */
    static final int MOST_TEXT = 8 << 20;

    private final String folder;
    private final ZipOutputStream out;

    /**
     * Begins an archive that does not exist yet.
     *
     * @param folder that everything in it is below
     */
    Archive(Path file, String folder) throws IOException {
        this.folder = folder;
        SeekableByteChannel channel = Files.newByteChannel(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        out = new ZipOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel)));
    }

    /** Adds a text without the secrets in it. */
    void text(String name, String text) throws IOException {
        begin(name);
        out.write(Redaction.of(text).getBytes(StandardCharsets.UTF_8));
        out.closeEntry();
    }

    /** Adds the end of a file that is a text. */
    void file(String name, Path file) throws IOException {
        text(name, end(file));
    }

    private static String end(Path file) {
        try (SeekableByteChannel channel = Files.newByteChannel(file);
                InputStream in = Channels.newInputStream(channel)) {
            long left = channel.size() - MOST_TEXT;
            if (left <= 0) {
                // Files of /proc say that they are empty.
                return new String(in.readNBytes(MOST_TEXT), StandardCharsets.UTF_8);
            }
            channel.position(left);
            String text = new String(in.readNBytes(MOST_TEXT), StandardCharsets.UTF_8);
            // Half a line could begin with a secret whose name is missing.
            return "[the first " + left + " bytes of this file, and the line after them, were left out]\n"
                    + text.substring(text.indexOf('\n') + 1);
        } catch (IOException e) {
            return "[" + file + " cannot be read: " + e + "]\n";
        }
    }

    /** Adds a file as it is, whatever its size. */
    void whole(String name, Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            begin(name);
            in.transferTo(out);
            out.closeEntry();
        }
    }

    private void begin(String name) throws IOException {
        out.putNextEntry(new ZipEntry(folder + "/" + name));
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
