package io.bsr.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What {@link KernelDeviceTest} has a virtual machine do, whose kernel has an NBD client: two engines, a file system on the
 * device of the one, and ends of that engine. Prints each step; ends with an exception if one fails.
 */
final class KernelDeviceScenario {
    private static final long DISK_BYTES = 32L << 20;
    private static final long FIO_SECONDS = 180;

    private final Path folder;
    private final Path mount;
    private final long began = System.nanoTime();

    private KernelDeviceScenario(Path folder) throws IOException {
        this.folder = folder;
        mount = Files.createDirectories(folder.resolve("mnt"));
    }

    /** The argument is an empty folder, where disks may be. */
    public static void main(String[] arguments) throws Exception {
        new KernelDeviceScenario(Path.of(arguments[0])).run();
        System.exit(0);
    }

    private void step(String text) {
        System.out.printf("%3d s  %s%n", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began), text);
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    private Node.Said run(String... words) throws IOException, InterruptedException {
        return Tools.run(folder, List.of(words));
    }

    private void must(String... words) throws IOException, InterruptedException {
        Node.Said said = run(words);
        require(said.code() == 0, String.join(" ", words) + " ended with " + said.code() + ":\n" + said.text());
    }

    private static String device(Node node) {
        return node.root().resolve("dev/bsr0").toString();
    }

    private void run() throws Exception {
        try (Pair pair = new Pair(folder, DISK_BYTES)) {
            Node alpha = pair.alpha();
            Node beta = pair.beta();
            for (Node node : List.of(alpha, beta)) {
                Path file = node.root().resolve("etc/bsr.conf");
                node.configure(Files.readString(file)
                        .replaceFirst("resource r0 \\{", "resource r0 { options { attach nbd; }"));
            }
            try {
                Pair.bringUp(alpha);
                Pair.bringUp(beta);
                alpha.await("connected", State::isConnected);
                alpha.must("primary", "--force", Pair.RESOURCE);
                step("a device: " + Path.of(device(alpha)).toRealPath());
                killedUnderLoad(pair);
                terminatedInUse(pair);
                writtenElsewhere(pair);
            } catch (AssertionError | Exception e) {
                System.out.println("alpha:\n" + alpha.log() + "beta:\n" + beta.log());
                throw e;
            }
        }
        step("done");
    }

    private void killedUnderLoad(Pair pair) throws Exception {
        Node alpha = pair.alpha();
        must("mkfs.ext4", "-q", "-F", device(alpha));
        mount(alpha);
        Path output = folder.resolve("fio.out");
        Process fio = new ProcessBuilder(
                        "fio",
                        "--name=v",
                        "--directory=" + mount,
                        "--size=4M",
                        "--rw=randwrite",
                        "--bs=4k",
                        "--direct=1",
                        "--ioengine=libaio",
                        "--iodepth=16",
                        "--loops=3",
                        "--rate=1m",
                        "--verify=crc32c",
                        "--verify_fatal=1",
                        "--do_verify=1")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        long before = written(alpha);
        alpha.until("fio to write", () -> written(alpha) > before + 1024);
        alpha.kill();
        step("the engine was killed under fio");
        require(fio.isAlive(), "fio has ended:\n" + Files.readString(output));
        comeBack(alpha);
        require(fio.waitFor(FIO_SECONDS, TimeUnit.SECONDS), "fio hangs:\n" + Files.readString(output));
        require(fio.exitValue() == 0, "fio failed:\n" + Files.readString(output));
        require(alpha.logged("which waited") != null, "the device is another one");
        step("fio has ended, its data are right");
        must("umount", mount.toString());
        must("e2fsck", "-fn", device(alpha));
    }

    private static long written(Node node) {
        return node.now().volume().written();
    }

    private void comeBack(Node alpha) throws Exception {
        alpha.start();
        alpha.must("up", Pair.RESOURCE);
        alpha.must("primary", Pair.RESOURCE);
        step("the engine is back, the node Primary");
    }

    private void terminatedInUse(Pair pair) throws Exception {
        Node alpha = pair.alpha();
        mount(alpha);
        Node.Said demotion = alpha.adm("secondary", Pair.RESOURCE);
        require(
                demotion.code() != 0 && demotion.text().contains(mount.toString()),
                "a demotion under a mount does not name it: " + demotion);
        resized(pair);
        require(alpha.terminate() == 0, "SIGTERM:\n" + alpha.log());
        require(alpha.logged("requests wait") != null, "the device did not stay:\n" + alpha.log());
        Process writer = new ProcessBuilder(
                        "dd", "if=/dev/zero", "of=" + mount.resolve("later"), "bs=4k", "count=4", "conv=fsync")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("dd.out").toFile())
                .start();
        comeBack(alpha);
        require(writer.waitFor(60, TimeUnit.SECONDS) && writer.exitValue() == 0, "a write during a restart failed");
        must("umount", mount.toString());
        must("e2fsck", "-fn", device(alpha));
        alpha.must("secondary", Pair.RESOURCE);
        require(!Files.exists(Path.of(device(alpha))), "the device is still there");
        alpha.must("primary", Pair.RESOURCE);
        step("a restart in use, a demotion without users");
    }

    /** Both disks are files, and become longer. */
    private void resized(Pair pair) throws Exception {
        pair.awaitInSync();
        long before = deviceSectors(pair.alpha());
        pair.alpha().makeDisk(2 * DISK_BYTES);
        pair.beta().makeDisk(2 * DISK_BYTES);
        pair.alpha().must("resize", Pair.RESOURCE);
        pair.alpha().until("the device to grow", () -> deviceSectors(pair.alpha()) > before);
        step("a larger device, in use");
    }

    private static long deviceSectors(Node node) {
        try {
            String name = Path.of(device(node)).toRealPath().getFileName().toString();
            return Long.parseLong(
                    Files.readString(Path.of("/sys/class/block", name, "size")).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void writtenElsewhere(Pair pair) throws Exception {
        Node alpha = pair.alpha();
        Node beta = pair.beta();
        pair.awaitInSync();
        mount(alpha);
        alpha.kill();
        beta.until("beta to see that", () -> !beta.now().isConnected());
        beta.must("primary", "--force", Pair.RESOURCE);
        must("dd", "if=/dev/zero", "of=" + device(beta), "bs=4k", "count=1", "seek=2000", "conv=fsync");
        beta.must("secondary", Pair.RESOURCE);
        alpha.start();
        alpha.must("up", Pair.RESOURCE);
        pair.awaitInSync();
        alpha.must("primary", Pair.RESOURCE);
        require(alpha.logged("is not taken over") != null, "the device was taken over:\n" + alpha.log());
        step(String.valueOf(alpha.logged("is not taken over")));
        Node.Said write = run("dd", "if=/dev/zero", "of=" + mount.resolve("no"), "bs=4k", "count=4", "conv=fsync");
        require(write.code() != 0, "a write to the old device was no error");
        run("umount", mount.toString());
        must("e2fsck", "-fy", device(alpha));
        step("written elsewhere: users had errors, the new device is sound");
    }

    private void mount(Node node) throws Exception {
        must("mount", "-t", "ext4", device(node), mount.toString());
    }
}
