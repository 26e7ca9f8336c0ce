package io.bsr.attach;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Who has a block device in use, in words. What this process may not see it does not name. */
final class Holders {
    /** How one that is a process begins. */
    static final String PROCESS = "process ";

    private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long SETTLE_MILLIS = 20;

    private Holders() {}

    /** The answer of a question that does not change any more: who looks at new devices for a moment (udev) is no user. */
    static List<String> settled(Supplier<List<String>> question) throws InterruptedException {
        long end = System.nanoTime() + SETTLE_NANOS;
        List<String> holders = question.get();
        while (!holders.isEmpty()
                && holders.stream().allMatch(holder -> holder.startsWith(PROCESS))
                && System.nanoTime() - end < 0) {
            Thread.sleep(SETTLE_MILLIS);
            holders = question.get();
        }
        return holders;
    }

    /** Of a device and of its partitions. */
    static List<String> ofAll(Path device) {
        Set<String> found =
                new LinkedHashSet<>(of(device, ProcessHandle.current().pid()));
        String name = String.valueOf(device.getFileName());
        for (Path partition : entries(Path.of("/sys/class/block", name), name + "p*")) {
            found.addAll(of(
                    device.resolveSibling(partition.getFileName()),
                    ProcessHandle.current().pid()));
        }
        return List.copyOf(found);
    }

    /**
     * Mounts of any mount namespace, swap, devices on top of it, and processes but this one.
     *
     * @param keeper another process that does not count
     */
    static List<String> of(Path device, long keeper) {
        Set<String> found = new LinkedHashSet<>();
        String number = contents(
                        Path.of("/sys/class/block", device.getFileName().toString(), "dev"))
                .strip();
        List<String> own = List.of(
                Long.toString(keeper), Long.toString(ProcessHandle.current().pid()));
        for (Path process : entries(Path.of("/proc"), "[0-9]*")) {
            mounts(process, number, device, found);
            if (!own.contains(process.getFileName().toString())) {
                openFiles(process, device, found);
            }
        }
        contents(Path.of("/proc/swaps"))
                .lines()
                .filter(line -> line.startsWith(device + " "))
                .forEach(line -> found.add("swap"));
        for (Path above :
                entries(Path.of("/sys/class/block", device.getFileName().toString(), "holders"), "*")) {
            found.add("device /dev/" + above.getFileName());
        }
        return List.copyOf(found);
    }

    /**
     * Lines of mountinfo, proc(5): identifier, parent, device number, root, mount point, … - type, source, … Some file
     * systems (btrfs) have numbers of their own.
     */
    private static void mounts(Path process, String number, Path device, Set<String> found) {
        String source = " " + device + " ";
        for (String line : contents(process.resolve("mountinfo")).lines().toList()) {
            String[] fields = line.split(" ", 6);
            if (fields.length == 6
                    && (fields[2].equals(number)
                            || fields[5]
                                    .substring(Math.max(0, fields[5].indexOf(" - ")))
                                    .contains(source))) {
                found.add("mount " + plain(fields[4]));
            }
        }
    }

    private static void openFiles(Path process, Path device, Set<String> found) {
        if (entries(process.resolve("fd"), "*").stream().anyMatch(file -> leadsTo(file, device))) {
            String name = contents(process.resolve("comm")).strip();
            found.add(PROCESS + process.getFileName() + (name.isEmpty() ? "" : " (" + name + ")"));
        }
    }

    private static boolean leadsTo(Path file, Path device) {
        try {
            return Files.readSymbolicLink(file).equals(device);
        } catch (IOException e) {
            // It was closed meanwhile, or the process has ended: nobody who holds anything.
            return false;
        }
    }

    /** Blanks and the like are written as octal numbers. */
    private static String plain(String field) {
        return field.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }

    private static List<Path> entries(Path folder, String glob) {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, glob)) {
            stream.forEach(entries::add);
        } catch (IOException | DirectoryIteratorException e) {
            // The process has ended, or is none of ours.
            return entries;
        }
        return entries;
    }

    private static String contents(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            // As above: what is not there holds nothing.
            return "";
        }
    }
}
