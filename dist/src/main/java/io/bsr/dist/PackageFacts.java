package io.bsr.dist;

import io.bsr.dist.FileTable.Part;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/** What the packages say of themselves: {@code packages.properties} and the scripts beside it. */
final class PackageFacts {
    private static final String FOLDER = "dist/src/package";

    private final Path folder;
    private final Properties properties;
    private final Part part;
    private final Family family;
    private final String version;

    private PackageFacts(Path folder, Properties properties, Part part, Family family, String version) {
        this.folder = folder;
        this.properties = properties;
        this.part = part;
        this.family = family;
        this.version = version;
    }

    /** Reads the facts of a package. */
    static PackageFacts read(Path sources, Part part, Family family, String version) throws IOException {
        Path folder = sources.resolve(FOLDER);
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(folder.resolve("packages.properties"))) {
            properties.load(reader);
        }
        return new PackageFacts(folder, properties, part, family, version);
    }

    String name() {
        return get(label() + ".name");
    }

    String version() {
        return version;
    }

    Family family() {
        return family;
    }

    String maintainer() {
        return System.getProperty("bsr.package.maintainer", get("maintainer"));
    }

    String license() {
        return get("license");
    }

    String summary() {
        return get(label() + ".summary");
    }

    /** Sentences; each becomes a line. */
    List<String> description() {
        return Arrays.asList(get(label() + ".description").split("\\|", -1));
    }

    /** Relations to other packages: {@code depends}, {@code conflicts}; empty if there are none. */
    List<String> relations(String relation) {
        String own = properties.getProperty(label() + "." + family.label() + "." + relation, "");
        String full = family.isDeb() ? version : version + "-" + family.release();
        return Arrays.stream(own.replace("@VERSION@", full).split(",", -1))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .toList();
    }

    /** A script of the package manager, or an empty text. */
    String script(String moment) throws IOException {
        Path file = folder.resolve(family.isDeb() ? "deb" : "rpm").resolve(label() + "." + moment);
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private String label() {
        return part.name().toLowerCase(Locale.ROOT);
    }

    private String get(String key) {
        String value = properties.getProperty(key);
        if (value == null) {
            throw new IllegalStateException("packages.properties has no " + key);
        }
        return value;
    }
}
