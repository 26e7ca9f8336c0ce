package io.bsr.storage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds out who has a file or device open, for the message that refuses a second use. Looks through {@code /proc}, so it
 * sees only what the user may see; it is asked when opening has failed, not before.
 */
final class FileUsers {
    private static final int MOST_PROCESSES = 20_000;

    private FileUsers() {}

    /** The users of {@code path} in words: processes, a mount point, or that they are unknown. */
    static String of(Path path) {
        TreeSet<String> users = new TreeSet<>();
        mounts(path, users);
        long own = ProcessHandle.current().pid();
        int seen = 0;
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (++seen > MOST_PROCESSES) {
                    break;
                }
                if (opens(process, path)) {
                    String pid = process.getFileName().toString();
                    users.add(
                            pid.equals(Long.toString(own))
                                    ? "this process (" + pid + ")"
                                    : "process " + pid + " (" + name(process) + ")");
                }
            }
        } catch (IOException e) {
            return "another process";
        }
        return users.isEmpty() ? "another process or the kernel" : String.join(", ", users);
    }

    private static void mounts(Path path, Set<String> users) {
        List<String> lines;
        try {
            lines = Files.readAllLines(Path.of("/proc/self/mounts"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return;
        }
        for (String line : lines) {
            String[] fields = line.split(" ", 3);
            if (fields.length == 3 && fields[0].startsWith("/") && same(Path.of(fields[0]), path)) {
                users.add("the mount at " + fields[1]);
            }
        }
    }

    private static boolean opens(Path process, Path path) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                if (same(descriptor, path)) {
                    return true;
                }
            }
        } catch (IOException e) {
            // The process has ended, or belongs to someone else.
            return false;
        }
        return false;
    }

    private static boolean same(Path one, Path other) {
        try {
            return Files.isSameFile(one, other);
        } catch (IOException e) {
            return false;
        }
    }

    private static String name(Path process) {
        try {
            return Files.readString(process.resolve("comm")).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
