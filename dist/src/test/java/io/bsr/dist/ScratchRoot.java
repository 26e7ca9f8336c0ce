package io.bsr.dist;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A small system of its own: a root folder with layers, and, once {@link #boot} was called, namespaces for processes, mounts,
 * host name and network. Nothing of it is visible in the host's.
 */
final class ScratchRoot implements AutoCloseable {
    private static final Path FOLDER = Host.BUILD.resolve("roots");
    private static final long PATIENCE_SECONDS = 60;
    private static final String ENVIRONMENT = "export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8; ";

    private final String name;
    private final Path folder;
    private final List<Path> lower;
    private final Process holder;
    private final long inside;

    private ScratchRoot(String name, Path folder, List<Path> lower, Process holder, long inside) {
        this.name = name;
        this.folder = folder;
        this.lower = lower;
        this.holder = holder;
        this.inside = inside;
    }

    /** The bare system, made once and kept: what debootstrap makes of the host's own suite, with the host's mirror. */
    static Path bare() throws IOException, InterruptedException {
        Host.need("debootstrap", "apt-get");
        String suite = Host.bash(". /etc/os-release && echo \"$VERSION_CODENAME\"")
                .must()
                .text()
                .strip();
        Path bare = FOLDER.resolve(suite);
        if (!Files.isDirectory(bare)) {
            String mirror = Host.bash("apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages'"
                            + " | awk -v suite=" + suite + " '$2 == suite { print $1; exit }'")
                    .must()
                    .text()
                    .strip();
            assumeTrue(!mirror.isEmpty(), "apt knows no mirror of " + suite);
            Path next = FOLDER.resolve(suite + ".next");
            Host.bash("rm -rf '" + next + "' && mkdir -p '" + FOLDER + "'").must();
            Host.Said said = Host.run(
                    List.of("debootstrap", "--variant=minbase", "--include=iproute2", suite, next.toString(), mirror));
            assumeTrue(said.code() == 0, "debootstrap cannot make a root of " + suite + ":\n" + said.text());
            Files.move(next, bare);
        }
        return bare;
    }

    /** A system whose files are those of the layers, the first one on top, and its own changes. */
    static ScratchRoot boot(String name, List<Path> lower) throws IOException, InterruptedException {
        Host.needRoot();
        Path folder = FOLDER.resolve("layers").resolve(name);
        Host.bash("rm -rf '" + folder + "' && mkdir -p '" + folder + "/upper' '" + folder + "/work' '" + folder
                        + "/root'")
                .must();
        Path root = folder.resolve("root");
        String layers = String.join(":", lower.stream().map(Path::toString).toList());
        // The first process has to wait for orphans, or their ends would be waited for in vain.
        String inside = String.join(
                "\n",
                "set -e",
                "mount --make-rprivate /",
                "mount -t overlay overlay -o 'lowerdir=" + layers + ",upperdir=" + folder + "/upper,workdir=" + folder
                        + "/work' '" + root + "'",
                "cd '" + root + "'",
                "mount -t proc proc proc",
                "mount -t tmpfs tmpfs run",
                "mount -t tmpfs tmpfs dev",
                "for node in null zero full random urandom; do touch dev/$node; mount --bind /dev/$node dev/$node; done",
                "hostname " + name,
                "ip link set lo up",
                "exec chroot . /bin/bash -c 'echo up; while true; do sleep 1000 & wait; done'");
        Process holder = new ProcessBuilder(
                        "unshare", "-m", "-p", "-f", "-n", "-u", "--kill-child", "bash", "-c", inside)
                .redirectErrorStream(true)
                .start();
        StringBuilder said = new StringBuilder();
        for (int c = holder.getInputStream().read();
                c >= 0;
                c = holder.getInputStream().read()) {
            said.append((char) c);
            if (said.toString().endsWith("up\n")) {
                long first = holder.children().findFirst().orElseThrow().pid();
                return new ScratchRoot(name, folder, lower, holder, first);
            }
        }
        throw new AssertionError("no root for " + name + ": " + said);
    }

    /** Its first process, as the host numbers it. */
    long pid() {
        return inside;
    }

    /** Its files, seen from the host while it runs. */
    Path root() {
        return Path.of("/proc/" + inside + "/root");
    }

    /** Its root folder, as its own processes would see it if it were not their root. */
    String hostPath() {
        return folder.resolve("root").toString();
    }

    /** Runs lines of bash in it. */
    Host.Said run(String lines) throws IOException, InterruptedException {
        return Host.run(List.of(
                "nsenter",
                "-t",
                Long.toString(inside),
                "-m",
                "-p",
                "-n",
                "-u",
                "-r",
                "-w",
                "/bin/bash",
                "-c",
                ENVIRONMENT + lines));
    }

    /** Runs lines that have to succeed; returns what they printed. */
    String must(String lines) throws IOException, InterruptedException {
        Host.Said said = run(lines);
        if (said.code() != 0) {
            throw new AssertionError(
                    name + ": " + lines + "\nended with " + said.code() + ":\n" + said.text() + "\n" + engineLog());
        }
        return said.text();
    }

    /** Repeats lines until they succeed. */
    void until(String lines) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        Host.Said said = run(lines);
        while (said.code() != 0) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError(name + " waited in vain for: " + lines + "\n" + said.text() + "\n"
                        + engineLog() + run("bsrsetup status --verbose").text());
            }
            TimeUnit.MILLISECONDS.sleep(100);
            said = run(lines);
        }
    }

    /** Puts files of the host into a folder of it. */
    void receive(String target, List<Path> files) throws IOException {
        Path to = root().resolve(target.substring(1));
        Files.createDirectories(to);
        for (Path file : files) {
            Files.copy(file, to.resolve(file.getFileName().toString()));
        }
    }

    void write(String path, String text) throws IOException {
        Path file = root().resolve(path.substring(1));
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    String read(String path) throws IOException {
        return Files.readString(root().resolve(path.substring(1)));
    }

    boolean has(String path) {
        return Files.exists(root().resolve(path.substring(1)), java.nio.file.LinkOption.NOFOLLOW_LINKS);
    }

    /** Lines of {@code find} about everything that is in it. */
    List<String> list(String format) throws IOException, InterruptedException {
        return must("find / -xdev -printf '" + format + "\\n'").lines().toList();
    }

    /** What its changes and all layers below it are, for others to be on top of. */
    List<Path> layers() {
        List<Path> layers = new ArrayList<>(List.of(folder.resolve("upper")));
        layers.addAll(lower);
        return layers;
    }

    /** Joins the networks of two by a cable. */
    static void join(ScratchRoot left, String leftAddress, ScratchRoot right, String rightAddress)
            throws IOException, InterruptedException {
        Host.need("ip");
        Host.run(List.of(
                        "nsenter",
                        "-t",
                        Long.toString(left.pid()),
                        "-n",
                        "ip",
                        "link",
                        "add",
                        "cable",
                        "type",
                        "veth",
                        "peer",
                        "name",
                        "cable",
                        "netns",
                        Long.toString(right.pid())))
                .must();
        left.must("ip addr add " + leftAddress + "/24 dev cable && ip link set cable up");
        right.must("ip addr add " + rightAddress + "/24 dev cable && ip link set cable up");
    }

    private String engineLog() throws IOException, InterruptedException {
        return run("tail -n 30 /var/log/bsr/bsr.log").text();
    }

    /** Everything in it ends; its files stay until the next one of its name. */
    @Override
    public void close() {
        holder.destroyForcibly().onExit().join();
        ProcessHandle.of(inside).ifPresent(process -> {
            process.destroyForcibly();
            process.onExit().join();
        });
    }
}
