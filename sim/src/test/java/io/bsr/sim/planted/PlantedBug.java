package io.bsr.sim.planted;

import io.bsr.core.option.PeerFamily;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A bug to be planted, as a file of the catalogue describes it: a header, then the lines that change, as in a unified
 * diff without line numbers.
 *
 * <pre>
 *   history:  what the bug was
 *   family:   bsr | drbd84          whose worlds it is looked for in
 *   variant:  name                  optional: a file beside it with more lines that change
 *   finds:    I1 I4                 invariants by which it may be found; "crash": by what the core's ports forbid
 *   seed:     17                    where it was found last, from 1 on
 *
 *   --- io/bsr/core/File.java
 *    a line that stays
 *   -a line that goes
 *   +a line that comes
 *   ...                             the same file, at another place
 * </pre>
 *
 * @param name of the file
 * @param finds invariants by which it may be found; empty for a variant that is no bug
 * @param seed the search of every build begins here
 */
record PlantedBug(
        String name, String history, PeerFamily family, Set<String> finds, long seed, List<SourcePatch> patches) {
    private static final Path CATALOGUE = Path.of("src", "test", "resources", "planted");

    /** All of them, by name. */
    static List<PlantedBug> catalogue() {
        try (Stream<Path> files = Files.list(CATALOGUE)) {
            return files.filter(file -> file.toString().endsWith(".bug"))
                    .sorted()
                    .map(PlantedBug::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("the catalogue of planted bugs", e);
        }
    }

    /** Lines that change without being a bug. */
    static PlantedBug variant(String name) {
        return read(CATALOGUE.resolve(name + ".variant"));
    }

    private static PlantedBug read(Path file) {
        String name = file.getFileName().toString().replaceFirst("\\.[a-z]+$", "");
        try {
            Reader reader = new Reader(name);
            Files.readAllLines(file).forEach(reader::take);
            return reader.bug();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes a file line by line. */
    private static final class Reader {
        private final String name;
        private final Map<String, String> header = new HashMap<>();
        private final List<SourcePatch> patches = new ArrayList<>();
        private final List<String> before = new ArrayList<>();
        private final List<String> after = new ArrayList<>();
        private @Nullable String file;
        private String key = "";

        Reader(String name) {
            this.name = name;
        }

        void take(String line) {
            if (line.startsWith("--- ")) {
                endOfPlace();
                file = line.substring(4).strip();
            } else if (file == null) {
                header(line);
            } else if (line.equals("...")) {
                endOfPlace();
            } else if (line.startsWith("-")) {
                before.add(line.substring(1));
            } else if (line.startsWith("+")) {
                after.add(line.substring(1));
            } else if (line.isEmpty() || line.startsWith(" ")) {
                String same = line.isEmpty() ? "" : line.substring(1);
                before.add(same);
                after.add(same);
            } else {
                throw new IllegalStateException("planted bug " + name + ": no such line in a patch: " + line);
            }
        }

        private void header(String line) {
            int colon = line.indexOf(':');
            if (line.startsWith(" ")) {
                header.merge(key, line.strip(), (former, more) -> former + " " + more);
            } else if (colon > 0) {
                key = line.substring(0, colon);
                header.put(key, line.substring(colon + 1).strip());
            } else if (!line.isBlank()) {
                throw new IllegalStateException("planted bug " + name + ": no such line in a header: " + line);
            }
        }

        private void endOfPlace() {
            if (file != null && before.isEmpty()) {
                throw new IllegalStateException("planted bug " + name + ": nothing to look for in " + file);
            }
            if (file != null) {
                patches.add(new SourcePatch(file, List.copyOf(before), List.copyOf(after)));
            }
            before.clear();
            after.clear();
        }

        private String field(String field) {
            return Objects.requireNonNull(header.get(field), () -> "planted bug " + name + " has no \"" + field + "\"");
        }

        PlantedBug bug() {
            endOfPlace();
            String variant = header.get("variant");
            if (variant != null) {
                patches.addAll(variant(variant).patches);
            }
            String finds = header.getOrDefault("finds", "");
            return new PlantedBug(
                    name,
                    field("history"),
                    field("family").equals("drbd84") ? PeerFamily.DRBD84 : PeerFamily.BSR,
                    finds.isEmpty() ? Set.of() : Set.of(finds.split(" +")),
                    Long.parseLong(header.getOrDefault("seed", "1")),
                    List.copyOf(patches));
        }
    }
}
