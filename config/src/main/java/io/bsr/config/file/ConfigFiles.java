package io.bsr.config.file;

import java.io.IOException;
import java.util.List;

/** Where configuration texts come from. Paths are texts as the user wrote them. */
public interface ConfigFiles {
    /** Bytes of one file at most; the largest real configurations have some 100 KiB. */
    int FILE_LIMIT = 4 << 20;

    /**
     * The content of a file, at most {@link #FILE_LIMIT} bytes.
     *
     * @throws TooLargeException if there is more
     * @throws IOException if it cannot be read; the message says why
     */
    byte[] read(String path) throws IOException;

    /**
     * The one name of a file, however it is reached: for recognising files that were read before.
     *
     * @throws IOException if there is no such file
     */
    String canonical(String path) throws IOException;

    /**
     * The files that match a pattern with {@code * ? [ ]}, sorted.
     *
     * @throws IOException if a directory cannot be read
     */
    List<String> glob(String pattern) throws IOException;

    /** Makes a path that a file mentions absolute, or relative to the same place as that file. */
    default String resolve(String mentionedIn, String path) {
        int slash = mentionedIn.lastIndexOf('/');
        return path.startsWith("/") || slash < 0 ? path : mentionedIn.substring(0, slash + 1) + path;
    }

    /** The file is larger than any configuration. */
    final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;

        public TooLargeException() {
            super("larger than " + (FILE_LIMIT >> 20) + " MiB");
        }
    }
}
