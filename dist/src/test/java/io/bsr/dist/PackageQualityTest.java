package io.bsr.dist;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What can be seen of packages and units without installing them. */
@Timeout(300)
class PackageQualityTest {
    @TempDir
    private Path folder = Path.of("/");

    @Test
    void the_same_sources_and_the_same_key_give_the_same_bytes() throws Exception {
        Product first = Product.first();
        Path stage = folder.resolve("stage");
        Product.stage(stage, first.version(), null);
        Build build = first.build();
        Build again = new Build(
                build.sources(), stage, build.version(), build.time(), build.machine(), build.effort(), build.key());

        List<Path> files = Main.write(again, List.of(Family.DEB, Family.EL), folder.resolve("again"));

        List<Path> earlier = new ArrayList<>(first.packages(Family.DEB));
        earlier.addAll(first.packages(Family.EL));
        assertEquals(names(earlier), names(files));
        for (Path file : files) {
            Path other = earlier.stream()
                    .filter(e -> e.getFileName().equals(file.getFileName()))
                    .findFirst()
                    .orElseThrow();
            assertEquals(-1, Files.mismatch(other, file), file.getFileName() + " differs");
        }
    }

    private static List<String> names(List<Path> files) {
        return files.stream()
                .map(file -> file.getFileName().toString())
                .sorted()
                .toList();
    }

    @Test
    void lintian_finds_nothing_that_is_not_meant() throws Exception {
        Host.need("lintian");
        List<String> words = new ArrayList<>(List.of("lintian", "--allow-root", "--fail-on", "error,warning"));
        Product.first().packages(Family.DEB).forEach(file -> words.add(file.toString()));

        Host.Said said = Host.run(words);

        assertEquals(
                List.of(),
                said.text().lines().filter(line -> line.matches("[EW]: .*")).toList());
        assertEquals(0, said.code(), said.text());
    }

    @Test
    void rpmlint_finds_nothing_that_is_not_meant() throws Exception {
        Host.need("rpmlint");
        List<String> words = new ArrayList<>(List.of(
                "rpmlint",
                "-c",
                Host.SOURCES.resolve("dist/src/test/rpmlint/bsr.toml").toString()));
        for (Family family : List.of(Family.EL, Family.SUSE)) {
            Product.first().packages(family).forEach(file -> words.add(file.toString()));
        }

        Host.Said said = Host.run(words);

        assertEquals(
                List.of(),
                said.text()
                        .lines()
                        .filter(line -> line.matches("\\S+: [EW]: .*"))
                        .toList());
        assertTrue(said.text().contains("0 errors"), said.text());
    }

    @Test
    void the_signature_of_a_deb_is_that_of_all_its_parts() throws Exception {
        Host.need("gpg", "ar");
        Product first = Product.first();
        for (Path deb : first.packages(Family.DEB)) {
            Host.Said said = Host.bash("set -e; export GNUPGHOME='" + folder + "/gpg'; mkdir -p -m 700 $GNUPGHOME; cd '"
                    + Files.createTempDirectory(folder, "deb") + "'; ar x '" + deb + "'; gpg --batch -q --import '"
                    + first.publicKey() + "'; cat debian-binary control.tar.gz data.tar.gz >all;"
                    + " gpg --batch --verify _gpgorigin all; ! { echo >>all; gpg --batch --verify _gpgorigin all; }");
            assertTrue(said.must().text().contains("Good signature"), said.text());
        }
    }

    @Test
    void a_key_from_a_file_signs_and_one_that_cannot_is_refused() throws IOException {
        SigningKey key = SigningKey.throwAway(Product.TIME);
        Path file = Files.write(folder.resolve("key"), key.exportSecret());

        SigningKey read = SigningKey.read(file, new char[0], Product.TIME);

        assertArrayEquals(key.sign(new byte[] {1, 2, 3}), read.sign(new byte[] {1, 2, 3}));
        assertArrayEquals(key.export(), read.export());
        Path publicOnly = Files.write(folder.resolve("public"), key.export());
        assertThrows(IOException.class, () -> SigningKey.read(publicOnly, new char[0], Product.TIME));
    }

    @Test
    void systemd_has_nothing_to_say_against_the_units() throws Exception {
        Host.need("systemd-analyze");
        List<String> words = new ArrayList<>(List.of("systemd-analyze", "verify", "--man=no"));
        try (Stream<Path> units = Files.list(Host.SOURCES.resolve("dist/src/package/service"))) {
            for (Path unit :
                    units.filter(file -> file.toString().endsWith(".service")).toList()) {
                // The programs are not installed on this machine.
                String text = Files.readString(unit).replaceAll("(?m)^(Exec\\w+=)/usr/\\S+", "$1/bin/true");
                words.add(Files.writeString(folder.resolve(unit.getFileName().toString()), text)
                        .toString());
            }
        }

        assertEquals("", Host.run(words).must().text());
    }

    @Test
    void a_table_with_a_wrong_line_is_refused_with_the_place() throws IOException {
        Path table = Files.writeString(folder.resolve("table"), "# good\nutils all file 0755 relative x\n");

        IOException refused = assertThrows(IOException.class, () -> FileTable.read(table));

        assertTrue(String.valueOf(refused.getMessage()).contains("table:2: relative"), refused.getMessage());
    }
}
