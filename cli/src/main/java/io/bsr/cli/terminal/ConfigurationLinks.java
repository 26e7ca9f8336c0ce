package io.bsr.cli.terminal;

import io.bsr.control.EngineFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * Symbolic links that say with which configuration file a resource or a minor was created; command-line reference, section
 * 2.3. {@code bsradm} makes them, {@code bsrsetup} removes them with what they stand for, and handlers and {@code sh-udev}
 * look there first: the file need not be the usual one.
 */
public final class ConfigurationLinks {
    private final Path folder;

    public ConfigurationLinks(EngineFiles files) {
        folder = files.runtimeFolder();
    }

    /** The link of a resource; empty for a name that would lead out of the folder. */
    public Optional<Path> ofResource(String name) {
        return name.isEmpty() || name.indexOf('/') >= 0 || name.indexOf('\0') >= 0
                ? Optional.empty()
                : Optional.of(folder.resolve("bsr-resource-" + name + ".conf"));
    }

    /** The link of a minor. */
    public Path ofMinor(int minor) {
        return folder.resolve("bsr-minor-" + minor + ".conf");
    }

    /** The file that a link leads to; empty if there is none any more. */
    public static Optional<Path> target(Path link) {
        try {
            return Files.isSymbolicLink(link) ? Optional.of(link.toRealPath()) : Optional.empty();
        } catch (IOException e) {
            // It leads to nothing, or must not be read: then the file is looked for where it usually is.
            return Optional.empty();
        }
    }

    /** Makes a link, or leads it elsewhere. Without an engine's folder there is no place for it. */
    public static void lead(Path link, Path file) throws IOException {
        Path folder = link.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            return;
        }
        // A handler may look at any moment, so the old link is there until the new one is.
        Path next = folder.resolve(
                link.getFileName() + "." + ProcessHandle.current().pid());
        Files.deleteIfExists(next);
        Files.createSymbolicLink(next, file.toAbsolutePath());
        Files.move(next, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Removes a link; what is no link stays. */
    public static void remove(Path link) throws IOException {
        if (Files.isSymbolicLink(link)) {
            Files.deleteIfExists(link);
        }
    }
}
