package io.bsr.dist;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Packages of what the reactor has built, in two versions. The second one differs as a real one would: in the classes, and
 * in a configuration file.
 */
final class Product {
    static final String FIRST = "0.1.0";
    static final String SECOND = "0.1.1";

    /** What the second version adds to a configuration file. */
    static final String NEW_COMMENT = "# As of the second version.\n";

    static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");

    private static final Path FOLDER = Host.BUILD.resolve("package-test");
    private static final Map<String, Product> MADE = new HashMap<>();

    private final Build build;
    private final Path folder;

    private Product(Build build, Path folder) {
        this.build = build;
        this.folder = folder;
    }

    static synchronized Product first() throws IOException, InterruptedException {
        Product made = MADE.get(FIRST);
        if (made == null) {
            made = make(FIRST, Host.SOURCES, null, SigningKey.throwAway(TIME));
            MADE.put(FIRST, made);
        }
        return made;
    }

    static synchronized Product second() throws IOException, InterruptedException {
        Product made = MADE.get(SECOND);
        if (made == null) {
            Product first = first();
            made = make(SECOND, changedSources(), changedJars(), first.build.key());
            MADE.put(SECOND, made);
        }
        return made;
    }

    private static Product make(String version, Path sources, @Nullable Path jars, SigningKey key)
            throws IOException, InterruptedException {
        assumeTrue(
                Files.exists(Host.SOURCES.resolve("engine/target/runtime-classpath"))
                        && Files.exists(Host.SOURCES.resolve("cli/target/runtime-classpath")),
                "the jars of engine and cli are not built: ./dev build");
        Path folder = FOLDER.resolve(version);
        Path stage = folder.resolve("stage");
        Host.bash("rm -rf '" + folder + "' && mkdir -p '" + stage + "'").must();
        if (!version.equals(FIRST)) {
            Host.bash("cp -al '" + FOLDER.resolve(FIRST) + "/stage/runtime' '" + stage + "/'")
                    .must();
        }
        stage(stage, version, jars);
        String machine = System.getProperty("os.arch", "").replace("amd64", "x86_64");
        Build build = new Build(sources, stage, version, TIME, machine, Build.Effort.QUICK, key);
        return new Product(build, folder);
    }

    /** As {@code ./dev package} does it. */
    static void stage(Path stage, String version, @Nullable Path jars) throws IOException, InterruptedException {
        String java = System.getProperty("java.home", "");
        Host.run(
                        List.of(
                                "bash",
                                "-c",
                                "for part in output jdk stage package; do . \"$ROOT/dev.d/$part.sh\" || exit; done;"
                                        + " cd \"$ROOT\" && stage_package \"$0\" \"$1\" \"$2\"",
                                stage.toString(),
                                version,
                                jars == null ? "" : jars.toString()),
                        Map.of("ROOT", Host.SOURCES.toString(), "BUILD", Host.BUILD.toString(), "JAVA_HOME", java))
                .must();
    }

    Build build() {
        return build;
    }

    String version() {
        return build.version();
    }

    /** The two packages of a family, made at the first call. */
    synchronized List<Path> packages(Family family) throws IOException {
        Path out = folder.resolve(family.label());
        if (!Files.isDirectory(out)) {
            Main.write(build, List.of(family), out);
        }
        try (var files = Files.list(out)) {
            return files.filter(file -> !file.endsWith(Main.PUBLIC_KEY))
                    .sorted()
                    .toList();
        }
    }

    /** The public key of all packages. */
    Path publicKey() throws IOException {
        Path file = folder.resolve(Main.PUBLIC_KEY);
        Files.write(file, build.key().export());
        return file;
    }

    private static Path changedSources() throws IOException, InterruptedException {
        Path changed = FOLDER.resolve("sources");
        Host.bash("rm -rf '" + changed + "' && mkdir -p '" + changed + "/dist/src' '" + changed + "/dev.d' && cd '"
                        + Host.SOURCES + "' && cp -a docs LICENSE '" + changed + "/' && cp -a dist/src/package '"
                        + changed
                        + "/dist/src/' && cp -a dev.d/rehearsal '" + changed + "/dev.d/'")
                .must();
        Path configuration = changed.resolve("dist/src/package/etc/bsr.conf");
        Files.writeString(configuration, NEW_COMMENT + Files.readString(configuration));
        return changed;
    }

    /** The engine's jar with another version in it, of which the engine tells. */
    private static Path changedJars() throws IOException, InterruptedException {
        Path jars = FOLDER.resolve("jars");
        Host.bash("rm -rf '" + jars + "' && mkdir -p '" + jars + "'").must();
        Path stage = first().build.stage();
        try (var files = Files.list(stage.resolve("lib/utils"))) {
            Path jar = files.filter(file -> file.getFileName().toString().startsWith("control-"))
                    .findFirst()
                    .orElseThrow();
            try (InputStream in = Files.newInputStream(jar);
                    OutputStream out = Files.newOutputStream(jars.resolve(jar.getFileName()))) {
                copyWithOtherVersion(in, out);
            }
        }
        return jars;
    }

    private static void copyWithOtherVersion(InputStream in, OutputStream out) throws IOException {
        try (ZipInputStream from = new ZipInputStream(in);
                ZipOutputStream to = new ZipOutputStream(out)) {
            for (ZipEntry entry = from.getNextEntry(); entry != null; entry = from.getNextEntry()) {
                byte[] bytes = from.readAllBytes();
                if (entry.getName().endsWith("build.properties")) {
                    bytes = new String(bytes, StandardCharsets.ISO_8859_1)
                            .replaceAll("(?m)^version *=.*$", "version=" + SECOND)
                            .getBytes(StandardCharsets.ISO_8859_1);
                }
                to.putNextEntry(new ZipEntry(entry.getName()));
                to.write(bytes);
                to.closeEntry();
            }
        }
    }
}
