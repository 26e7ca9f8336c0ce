package io.bsr.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.packager.rpm.RpmVersion;
import org.eclipse.packager.rpm.build.BuilderOptions;
import org.eclipse.packager.rpm.build.RpmBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The rpms in a small system that has nothing of rpm but its database: the host's rpm installs into it. */
@Timeout(300)
class RpmInstallTest {
    @TempDir
    private Path folder = Path.of("/");

    @Test
    void packages_of_both_families_are_signed_by_our_key() throws Exception {
        Host.need("rpm");
        Path database = folder.resolve("database");
        Host.run(List.of("rpm", "--dbpath", database.toString(), "--initdb")).must();
        for (Family family : List.of(Family.EL, Family.SUSE)) {
            for (Path rpm : Product.first().packages(family)) {
                Host.Said unknown = Host.run(List.of("rpm", "--dbpath", database.toString(), "-K", rpm.toString()));
                assertNotEquals(0, unknown.code(), unknown.text());
            }
        }

        Host.run(List.of(
                        "rpm",
                        "--dbpath",
                        database.toString(),
                        "--import",
                        Product.first().publicKey().toString()))
                .must();

        for (Family family : List.of(Family.EL, Family.SUSE)) {
            for (Path rpm : Product.first().packages(family)) {
                Host.Said said = Host.run(List.of("rpm", "--dbpath", database.toString(), "-K", rpm.toString()));
                assertTrue(said.must().text().contains("digests signatures OK"), said.text());
            }
        }
    }

    @Test
    void packages_are_installed_as_the_table_says_upgraded_and_erased_in_order() throws Exception {
        Host.need("rpm");
        try (ScratchRoot root = ScratchRoot.boot("rpm", List.of(ScratchRoot.bare()))) {
            root.must("find / -xdev | sort >/before");
            prepare(root);
            rpm(root, "-ivh", Product.first().packages(Family.EL)).must();

            assertEquals(
                    "",
                    rpm(root, List.of("-V", "bsr-utils", "bsr-engine")).must().text());
            InstalledFiles.assertAgree(
                    Product.first(), Family.EL, root.read("/before").lines().toList(), root.list("%p %m %u:%g %y %l"));
            assertEquals(4, root.must("ls /var/cache/bsr/*.aot").lines().count());
            root.write("/etc/bsr.d/mine.res", "# mine\n");
            root.write("/etc/bsr.conf", root.read("/etc/bsr.conf") + "# edited\n");
            root.must("/usr/lib/bsr/bsr start && bsrd --info");
            String engine = root.read("/run/bsr/bsrd.lock");

            // The scripts of the first version run after those of the second one.
            rpm(root, "-Uvh", Product.second().packages(Family.EL)).must();

            assertEquals(engine, root.read("/run/bsr/bsrd.lock"));
            root.must("/usr/lib/bsr/bsr status");
            assertTrue(root.must("bsrd --info").contains("version: " + Product.SECOND));
            assertEquals(4, root.must("ls /var/cache/bsr/*.aot").lines().count());
            assertTrue(root.read("/etc/bsr.conf").contains("# edited"));
            assertTrue(root.read("/etc/bsr.conf.rpmnew").contains(Product.NEW_COMMENT.strip()));

            rpm(root, List.of("-e", "bsr-engine")).must();
            assertEquals(3, root.run("/usr/lib/bsr/bsr status").code(), "the engine was stopped");
            rpm(root, List.of("-e", "bsr-utils")).must();

            assertTrue(root.read("/etc/bsr.conf.rpmsave").contains("# edited"));
            assertTrue(root.has("/etc/bsr.d/mine.res") && root.has("/var/log/bsr/bsr.log"));
            root.must("! ls -d /usr/lib/bsr /usr/sbin/bsr* /run/bsr /var/cache/bsr 2>/dev/null");
        }
    }

    @Test
    void an_engine_without_its_tools_and_what_claims_the_same_devices_are_refused() throws Exception {
        Host.need("rpm");
        Path other = dummy("drbd-utils", "9.22.0", List.of());
        try (ScratchRoot root = ScratchRoot.boot("rpm-conflict", List.of(ScratchRoot.bare()))) {
            prepare(root);
            // Where tools cannot be trained, they are installed without their caches.
            root.must("mount -t tmpfs -o ro tmpfs /tmp");
            List<Path> ours = Product.first().packages(Family.SUSE);
            Path engine = ours.getFirst();
            Host.Said alone = rpm(root, "-ivh", List.of(engine));
            assertNotEquals(0, alone.code());
            assertTrue(alone.text().contains("bsr-utils = "), alone.text());

            rpm(root, "-ivh", List.of(other)).must();
            Host.Said beside = rpm(root, "-ivh", ours);
            assertNotEquals(0, beside.code());
            assertTrue(beside.text().contains("conflicts with"), beside.text());

            rpm(root, List.of("-e", "drbd-utils")).must();
            rpm(root, "-ivh", ours).must();
            assertEquals(
                    "",
                    rpm(root, List.of("-V", "bsr-utils", "bsr-engine")).must().text());
            assertTrue(root.has("/usr/sbin/rcbsr"));
            assertNotEquals(0, rpm(root, "-ivh", List.of(other)).code());
        }
    }

    /** A database, our key, and a package that stands for the rest of a distribution. */
    private void prepare(ScratchRoot root) throws IOException, InterruptedException {
        rpm(root, List.of("--initdb")).must();
        rpm(root, List.of("--import", Product.first().publicKey().toString())).must();
        rpm(root, "-i", List.of(dummy("distribution", "1", List.of("/bin/sh")))).must();
    }

    private static Host.Said rpm(ScratchRoot root, String option, List<Path> files)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(option));
        files.forEach(file -> words.add(file.toAbsolutePath().toString()));
        return rpm(root, words);
    }

    /** The host's program, with the root and among the processes of the small system. */
    private static Host.Said rpm(ScratchRoot root, List<String> words) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(
                "nsenter", "-t", Long.toString(root.pid()), "-m", "-p", "-n", "-u", "rpm", "--root", root.hostPath()));
        all.addAll(words);
        return Host.run(all);
    }

    private Path dummy(String name, String version, List<String> provides) throws IOException {
        Path file = folder.resolve(name + ".rpm");
        Files.deleteIfExists(file);
        try (RpmBuilder builder =
                new RpmBuilder(name, new RpmVersion(version, "1"), "noarch", file, new BuilderOptions())) {
            provides.forEach(what -> builder.addProvides(what, ""));
            builder.newContext().addDirectory("/usr/share/" + name);
            builder.build();
        }
        return file;
    }
}
